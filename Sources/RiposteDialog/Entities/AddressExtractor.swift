/// Finds addresses of the Internet, written and as they are said: "jo.smith@example.com", "jo dot smith at example dot
/// com", "www.example.org/help", "example dot co dot uk".
public struct AddressExtractor: EntityExtractor {
    /// What is looked for.
    public enum Kind: Sendable {
        case email, url
    }

    private let kind: Kind

    public init(_ kind: Kind) { self.kind = kind }

    public func extract(from utterance: Utterance, at index: Int) -> Entity<String>? {
        switch kind {
        case .email: email(utterance, index)
        case .url: url(utterance, index)
        }
    }

    private func email(_ utterance: Utterance, _ index: Int) -> Entity<String>? {
        var name = ""
        var end = index
        // The name of a mailbox: words joined by a sign, and a number behind.
        while let piece = piece(utterance, end), name.count < 64 {
            name += piece
            end += 1
            if separates(utterance, end, "@", "at") {
                let at = end + (isWord(utterance, end, "at") ? 1 : 0)
                guard let host = host(utterance, at) else { return nil }
                return Entity(name + "@" + host.value, index..<host.range.upperBound)
            }
            if let joint = joint(utterance, end) {
                name += joint.sign
                end = joint.end
            } else if !(piece.allSatisfy(\.isNumber) || isNumber(utterance, end)) {
                return nil
            }
        }
        return nil
    }

    private func url(_ utterance: Utterance, _ index: Int) -> Entity<String>? {
        // Behind an "at" it is the end of a mail address.
        guard index == 0 || !isWord(utterance, index - 1, "at"), !written(utterance, before: index).hasSuffix("@"),
            !written(utterance, before: index).hasSuffix("."), utterance.word(index - 1) != "/"
        else { return nil }
        let hasScheme = utterance.word(index).map { ["http", "https"].contains($0) } ?? false
        let start = hasScheme && utterance.has(["/", "/"], at: index + 1) ? index + 3 : index
        guard let host = host(utterance, start) else { return nil }
        var value = host.value
        var end = host.range.upperBound
        while utterance.word(end) == "/" || isWord(utterance, end, "slash"), let path = piece(utterance, end + 1) {
            value += "/" + path
            end += 2
        }
        return Entity((start > index ? (utterance.word(index) ?? "") + "://" : "") + value, index..<end)
    }

    /// "example.com", "example dot co dot uk".
    private func host(_ utterance: Utterance, _ index: Int) -> Entity<String>? {
        guard var value = piece(utterance, index) else { return nil }
        var end = index + 1
        var last = value
        var joints = 0
        while separates(utterance, end, ".", "dot") || separates(utterance, end, "-", "dash") {
            let isDot = separates(utterance, end, ".", "dot")
            let next = end + (isWord(utterance, end, isDot ? "dot" : "dash") ? 1 : 0)
            guard let piece = piece(utterance, next) else { break }
            value += (isDot ? "." : "-") + piece
            (last, end) = (piece, next + 1)
            joints += isDot ? 1 : 0
        }
        return joints > 0 && Self.domains.contains(last) ? Entity(value, index..<end) : nil
    }

    private func piece(_ utterance: Utterance, _ index: Int) -> String? {
        guard let token = utterance.token(index) else { return nil }
        if token.kind == .word { return token.word }
        if case .number = token.kind, token.word.allSatisfy(\.isNumber) { return token.word }
        return nil
    }

    private func isNumber(_ utterance: Utterance, _ index: Int) -> Bool { utterance.token(index)?.number != nil }

    /// A sign inside the name of a mailbox.
    private func joint(_ utterance: Utterance, _ index: Int) -> (sign: String, end: Int)? {
        for (sign, word) in [(".", "dot"), ("_", "underscore"), ("-", "dash"), ("-", "hyphen"), ("-", "minus")] {
            if isWord(utterance, index, word) { return (sign, index + 1) }
            if written(utterance, before: index) == sign { return (sign, index) }
        }
        return isWord(utterance, index, "plus") ? ("+", index + 1) : nil
    }

    private func separates(_ utterance: Utterance, _ index: Int, _ sign: String, _ word: String) -> Bool {
        isWord(utterance, index, word) || (utterance.token(index) != nil && written(utterance, before: index) == sign)
    }

    private func isWord(_ utterance: Utterance, _ index: Int, _ word: String) -> Bool { utterance.word(index) == word }

    /// What is written between a token and the one before it.
    private func written(_ utterance: Utterance, before index: Int) -> String {
        guard index > 0, let token = utterance.token(index), let last = utterance.token(index - 1),
            last.range.upperBound <= token.range.lowerBound
        else { return "" }
        return String(utterance.text[last.range.upperBound..<token.range.lowerBound])
    }

    private static let domains: Set<String> = [
        "com", "org", "net", "edu", "gov", "io", "co", "uk", "us", "de", "fr", "es", "it", "nl", "ch", "at", "se", "no",
        "dk", "fi", "pl", "eu", "info", "biz", "dev", "app", "me", "tv", "ai", "ca", "au", "nz", "ie", "in", "jp", "br",
    ]
}
