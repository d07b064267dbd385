/// Electronic mail and web addresses, as one says them to another person.
extension TextNormalizer {
    /// Top-level domains by which a name without "www." is known to be an address.
    private static let domains: Set<String> = [
        "com", "org", "net", "edu", "gov", "io", "co", "uk", "de", "fr", "info", "biz", "us", "ca", "au", "tv", "me",
        "ly", "ai", "dev", "app",
    ]

    /// "bob.smith@example.com" → "bob dot smith at example dot com";
    /// "https://www.example.com/help" → "example dot com slash help".
    func address(_ cursor: inout TextCursor) -> String? {
        if let previous = cursor.previous, !previous.isSpace, !"([<\"'“‘".unicodeScalars.contains(previous) {
            return nil
        }
        let start = cursor.index
        var end = start
        while end < cursor.scalars.count, !cursor.scalars[end].isSpace { end += 1 }
        while end > start, ".,;:!?)]>\"'”’/".unicodeScalars.contains(cursor.scalars[end - 1]) { end -= 1 }
        var chunk = String(cursor.scalars[start..<end])
        guard isAddress(chunk) else { return nil }
        cursor.index = end
        for prefix in ["https://", "http://", "ftp://", "mailto:", "www."] where chunk.lowercased().hasPrefix(prefix) {
            chunk = String(chunk.dropFirst(prefix.count))
        }
        return spoken(chunk)
    }

    /// ".NET", ".txt" → "dot NET". A capital with small letters begins a sentence that lacks its space.
    func leadingDot(_ cursor: inout TextCursor) -> String? {
        guard cursor.previous == nil || cursor.previous == " ", cursor.take("."), let first = cursor.current,
            first.isASCIILetter
        else { return nil }
        return first.isLatinUppercase && cursor.peek(1)?.isLatinLowercase ?? true ? nil : "dot "
    }

    private func isAddress(_ chunk: String) -> Bool {
        guard chunk.contains(".") else { return false }
        let lower = chunk.lowercased()
        if ["http://", "https://", "ftp://", "www."].contains(where: { lower.hasPrefix($0) && lower != $0 }) {
            return true
        }
        let mail = lower.split(separator: "@", omittingEmptySubsequences: false)
        if mail.count == 2 {
            return !mail[0].isEmpty && mail[0].allSatisfy(Self.isAddressCharacter) && isHost(mail[1], anyDomain: true)
        }
        guard mail.count == 1 else { return false }
        let host = lower.prefix { $0 != "/" && $0 != "?" }
        return isHost(host, anyDomain: false)
    }

    private func isHost(_ host: Substring, anyDomain: Bool) -> Bool {
        let labels = host.split(separator: ".", omittingEmptySubsequences: false)
        guard labels.count > 1, let last = labels.last, anyDomain || Self.domains.contains(String(last)) else {
            return false
        }
        // "a.me" may be, "I.me" or "e.g.us" are rather typing errors: some label must look like a name.
        return labels.allSatisfy { !$0.isEmpty && $0.allSatisfy { $0.isLetter || $0.isNumber || $0 == "-" } }
            && labels.contains { $0.count > 1 && $0 != last }
    }

    private static func isAddressCharacter(_ character: Character) -> Bool {
        character.isLetter || character.isNumber || "._+-".contains(character)
    }

    private func spoken(_ address: String) -> String {
        let words: [Character: String] = [
            ".": "dot", "@": "at", "/": "slash", "-": "dash", "_": "underscore", "?": "question mark", "=": "equals",
            "&": "and", "+": "plus", "#": "hash", "%": "percent", ":": "colon", "~": "tilde",
        ]
        var text = ""
        var wasDigit = false
        for character in address {
            if let word = words[character] {
                text += " \(word) "
            } else {
                if character.isNumber != wasDigit, text.last?.isWhitespace == false { text += " " }
                text.append(character)
            }
            wasDigit = character.isNumber
        }
        return text.split(separator: " ").joined(separator: " ")
    }
}
