import RiposteCore

/// What spoken words stand for, where a slot wants something else than words.
enum SpokenValue {
    /// "yes", "no thanks", "true".
    static func bool(_ text: String) -> Bool? {
        switch text.lowercased() {
        case "true": return true
        case "false": return false
        default: break
        }
        switch Confirmation(text) {
        case .yes: return true
        case .no, .correction: return false
        case .unclear: return nil
        }
    }

    /// "three", "2.5", "a dozen"; the first number of the text.
    static func number(_ value: SlotValue) -> Double? {
        switch value {
        case .number(let number): return number
        case .text(let text):
            if let number = Double(text) { return number.isFinite ? number : nil }
            let utterance = Utterance(text)
            let numbers = NumberExtractor()
            for index in utterance.tokens.indices {
                if let number = numbers.extract(from: utterance, at: index) {
                    return number.value.isFinite ? number.value : nil
                }
            }
            return nil
        default: return nil
        }
    }
}
