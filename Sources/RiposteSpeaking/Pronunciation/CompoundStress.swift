/// Puts the parts of a word together and evens out their stress: two full stresses within one word sound like two.
enum CompoundStress {
    /// The phonemes of a word from those of its parts.
    static func join(_ given: [WordToken]) -> String {
        var parts = given
        let isSetOff = needsSpaces(parts)
        for index in parts.indices.dropFirst() { parts[index].isSetOff = isSetOff }
        if !isSetOff { reduce(&parts) }
        var result = ""
        for part in parts {
            guard let phonemes = part.phonemes, !phonemes.isEmpty else { continue }
            if part.isSetOff, !result.isEmpty { result += " " }
            result += phonemes
        }
        return result
    }

    /// Letters beside figures, or things on both sides of a slash, are separate words to the ear.
    private static func needsSpaces(_ parts: [WordToken]) -> Bool {
        var kinds: Set<Int> = []
        for part in parts {
            for scalar in part.text.unicodeScalars {
                if scalar == "/" || scalar == " " { return true }
                if Pronouncer.silentWithin.contains(scalar) { continue }
                kinds.insert(scalar.isLetter ? 0 : scalar.isASCIIDigit ? 1 : 2)
            }
        }
        return kinds.count > 1
    }

    private static func reduce(_ parts: inout [WordToken]) {
        let sounding = parts.indices.filter { !(parts[$0].phonemes ?? "").isEmpty }
        func weaken(_ index: Int) { parts[index].phonemes = parts[index].phonemes.map(StressChange.weaken.applied) }
        if sounding.count == 2, parts[sounding[0]].text.unicodeScalars.count == 1 {
            weaken(sounding[1])
            return
        }
        func isStressed(_ index: Int) -> Bool { PhonemeAlphabet.hasPrimaryStress(parts[index].phonemes ?? "") }
        guard sounding.count > 1, sounding.count(where: isStressed) > (sounding.count + 1) / 2 else { return }
        // The unstressed, then the lightest half gives way.
        let order = sounding.sorted {
            let left = (isStressed($0) ? 1 : 0, PhonemeAlphabet.weight(parts[$0].phonemes ?? ""), $0)
            let right = (isStressed($1) ? 1 : 0, PhonemeAlphabet.weight(parts[$1].phonemes ?? ""), $1)
            return left < right
        }
        order.prefix(sounding.count / 2).forEach(weaken)
    }
}
