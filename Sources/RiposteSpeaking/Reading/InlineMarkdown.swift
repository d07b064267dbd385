/// The marks of Markdown within a line.
enum InlineMarkdown {
    /// The line's words without its marks.
    static func spoken(_ line: [Unicode.Scalar]) -> String {
        var reader = Reader(line)
        return reader.spoken()
    }

    private struct Reader {
        let line: [Unicode.Scalar]
        var index = 0
        var result: [Unicode.Scalar] = []
        /// Brackets within brackets are followed so far.
        private static let depthLimit = 8

        init(_ line: [Unicode.Scalar]) { self.line = line }

        mutating func spoken() -> String {
            while index < line.count {
                switch line[index] {
                case "`": code()
                case "[": link(isImage: false)
                case "!" where peek(1) == "[": link(isImage: true)
                case "*", "_", "~", "=": emphasis(line[index])
                case "<": tag()
                case "&": entity()
                case "\\": escape()
                case "$" where peek(1) == "$": index += 2
                default: take()
                }
            }
            return String(result)
        }

        private func peek(_ offset: Int) -> Unicode.Scalar? {
            line.indices.contains(index + offset) ? line[index + offset] : nil
        }

        private mutating func take() {
            result.append(line[index])
            index += 1
        }

        private mutating func code() {
            let marks = line[index...].prefix { $0 == "`" }.count
            let start = index + marks
            var end = start
            while end < line.count {
                let run = line[end...].prefix { $0 == "`" }.count
                if run == marks { break }
                end += max(run, 1)
            }
            guard end < line.count else {
                // A mark that stands alone is not said.
                index = start
                return
            }
            result += Array(CodeWords.spoken(String(line[start..<end])).unicodeScalars)
            index = end + marks
        }

        /// "[text](address)", "[text][reference]", "![picture](address)" → the text; "[^1]" and "[12]" are left out.
        private mutating func link(isImage: Bool) {
            let open = index + (isImage ? 1 : 0)
            guard let close = matching("]", from: open) else { return take() }
            let text = Array(line[(open + 1)..<close])
            let next = line.indices.contains(close + 1) ? line[close + 1] : nil
            if next == "(", let end = matching(")", from: close + 1) {
                let target = line[(close + 2)..<end]
                if target.first == "/", target.last == "/", target.count > 2, !isImage {
                    // A pronunciation.
                    result += Array(line[index...end])
                } else {
                    result += Array(InlineMarkdown.spoken(text).unicodeScalars)
                }
                index = end + 1
            } else if next == "[", let end = matching("]", from: close + 1) {
                result += Array(InlineMarkdown.spoken(text).unicodeScalars)
                index = end + 1
            } else if text.first == "^" || (!text.isEmpty && text.count < 4 && text.allSatisfy(\.isASCIIDigit)) {
                while result.last == " " { result.removeLast() }
                index = close + 1
            } else {
                take()
            }
        }

        private func matching(_ close: Unicode.Scalar, from start: Int) -> Int? {
            let open = line[start]
            var depth = 0
            for position in start..<line.count {
                if line[position] == open { depth += 1 }
                if line[position] == close {
                    depth -= 1
                    if depth == 0 { return position }
                }
                if depth > Self.depthLimit { return nil }
            }
            return nil
        }

        /// Marks at the edge of words go; "5 * 3", "snake_case" and "a = b" keep theirs.
        private mutating func emphasis(_ mark: Unicode.Scalar) {
            let count = line[index...].prefix { $0 == mark }.count
            let before = index > 0 ? line[index - 1] : " "
            let after = peek(count) ?? " "
            let isMark: Bool
            switch mark {
            case "*": isMark = count > 1 || !(before.isSpace && after.isSpace)
            case "_": isMark = !(before.isWordCharacter && after.isWordCharacter)
            default: isMark = count == 2 && before.isSpace != after.isSpace
            }
            // "2*3" and "2 * 3" are products; "5 *2*" has a stressed figure.
            let isProduct =
                mark == "*" && count == 1 && before.isSpace == after.isSpace
                && line[..<index].last { !$0.isSpace }?.isASCIIDigit ?? false
                && line[(index + 1)...].first { !$0.isSpace }?.isASCIIDigit ?? false
            if isProduct {
                result += Array(" times ".unicodeScalars)
            } else if !isMark {
                // "a == b" is said as "a = b" is.
                result += Array(line[index..<(index + (mark == "=" ? 1 : count))])
            }
            index += count
        }

        /// "<br>", "</b>", "<https://…>".
        private mutating func tag() {
            guard let first = peek(1), first.isASCIILetter || first == "/" || first == "!",
                let close = line[index...].prefix(200).firstIndex(of: ">")
            else { return take() }
            let inner = String(line[(index + 1)..<close])
            if inner.contains("://") || inner.contains("@") {
                result += Array(inner.unicodeScalars)
            } else {
                result.append(" ")
            }
            index = close + 1
        }

        private static let entities = [
            "amp": "&", "lt": "<", "gt": ">", "quot": "\"", "apos": "'", "nbsp": " ", "mdash": "—", "ndash": "–",
            "hellip": "…", "deg": "°", "times": "×", "euro": "€", "pound": "£", "copy": "©", "rsquo": "’", "lsquo": "‘",
        ]

        private mutating func entity() {
            guard let end = line[index...].prefix(12).firstIndex(of: ";") else { return take() }
            let name = String(line[(index + 1)..<end])
            if let sign = Self.entities[name] {
                result += Array(sign.unicodeScalars)
            } else if let sign = Self.numbered(name) {
                // What nobody says has been taken out of the text before; it does not come back like this.
                result += Array(UnspokenCharacters.removed(from: String(Character(sign))).unicodeScalars)
            } else {
                return take()
            }
            index = end + 1
        }

        /// "#39" and "#x27". A number that no character has becomes a space.
        private static func numbered(_ name: String) -> Unicode.Scalar? {
            guard name.first == "#" else { return nil }
            let isHex = name.dropFirst().first.map { $0 == "x" || $0 == "X" } ?? false
            let digits = name.dropFirst(isHex ? 2 : 1)
            guard !digits.isEmpty, digits.allSatisfy(\.isHexDigit) else { return nil }
            return UInt32(digits, radix: isHex ? 16 : 10).map { Unicode.Scalar($0) ?? " " }
        }

        /// Words of formulas.
        private static let commands = [
            "times": "times", "cdot": "times", "div": "divided by", "pm": "plus or minus", "approx": "is about",
            "leq": "is at most", "le": "is at most", "geq": "is at least", "ge": "is at least",
            "neq": "is not equal to", "infty": "infinity", "sqrt": "the square root of", "to": "to", "rightarrow": "to",
            "degree": "degrees", "circ": "degrees", "pi": "pi", "text": "", "mathrm": "", "left": "", "right": "",
        ]

        /// "\*" is a star that is not said; "\times" is.
        private mutating func escape() {
            var end = index + 1
            while end < line.count, line[end].isASCIILetter { end += 1 }
            if end > index + 1 {
                let name = String(line[(index + 1)..<end])
                result += Array(" \(Self.commands[name] ?? name) ".unicodeScalars)
                index = end
            } else {
                let mark = peek(1)
                // "\(" and "\[" are the ends of a formula.
                let isSaid = mark.map { !"()[]{}*_`#~\\".unicodeScalars.contains($0) } ?? false
                if isSaid, let mark { result.append(mark) }
                index += 2
            }
        }
    }
}
