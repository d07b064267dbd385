/// Cuts the phonemes of a very long sentence into parts a network can speak in one go.
enum PhonemeParts {
    /// - Parameter limit: phonemes a part, at most.
    /// - Returns: the parts in order, cut behind a clause's mark where possible, else between words, else anywhere.
    static func split(_ phonemes: String, limit: Int) -> [String] {
        var parts: [String] = []
        var rest = Array(phonemes.unicodeScalars)[...]
        while rest.count > limit {
            let window = rest.prefix(limit)
            // A mark in the first quarter would leave a stub.
            let late = window.suffix(window.count - window.count / 4)
            let cut =
                late.lastIndex { [",", ";", ":", "—", ".", "!", "?"].contains($0) }.map { $0 + 1 }
                ?? window.lastIndex(of: " ") ?? window.endIndex
            parts.append(string(rest[..<cut]))
            rest = rest[cut...].drop { $0 == " " }
        }
        parts.append(string(rest))
        return parts.filter { !$0.isEmpty }
    }

    private static func string(_ scalars: ArraySlice<Unicode.Scalar>) -> String {
        var view = String.UnicodeScalarView()
        view.append(contentsOf: scalars)
        return String(view)
    }
}
