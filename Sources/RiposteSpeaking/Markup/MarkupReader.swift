import RiposteCore

/// Reads XML as far as speech markup needs it, with the place of everything that is wrong.
///
/// There are no document types and no entities but the five of XML and numbers, so nothing expands; depth, length and
/// the number of elements are bounded.
struct MarkupReader {
    /// A place in the text, both counted from 1.
    struct Place: Sendable, Equatable {
        var line = 1
        var column = 1
    }

    enum Event {
        case start(name: String, attributes: [String: String], Place)
        case end(name: String, Place)
        case text(String, Place)
    }

    static let byteLimit = 1_000_000
    static let depthLimit = 64
    private static let elementLimit = 50_000
    private static let attributeLimit = 32

    private let scalars: [Unicode.Scalar]
    private var index = 0
    private var place = Place()
    private var open: [(name: String, place: Place)] = []
    private var elements = 0
    /// The end of an element that ended where it began.
    private var pendingEnd: Event?
    private var hasRoot = false

    /// - Throws: `badInput` if the text is too long.
    init(_ text: String) throws {
        guard text.utf8.count <= Self.byteLimit else {
            throw RiposteError(
                .badInput, .synthesis, "Speech markup may have 1 MB at most; this has \(text.utf8.count) bytes.")
        }
        scalars = Array(text.unicodeScalars)
        if scalars.first == "\u{FEFF}" { index = 1 }
    }

    static func error(_ place: Place, _ what: String) -> RiposteError {
        RiposteError(.badInput, .synthesis, "SSML, line \(place.line), column \(place.column): \(what)")
    }

    /// The next event; nil at the end.
    mutating func next() throws -> Event? {
        if let event = pendingEnd {
            pendingEnd = nil
            return event
        }
        while index < scalars.count {
            guard scalars[index] == "<" else {
                let start = place
                let text = try readText()
                if !open.isEmpty { return .text(text, start) }
                guard text.allSatisfy(\.isWhitespace) else {
                    throw Self.error(start, "there is text outside of <speak>.")
                }
                continue
            }
            if let event = try readMarkup() { return event }
        }
        if let last = open.last {
            throw Self.error(place, "<\(last.name)> of line \(last.place.line) is not closed.")
        }
        guard hasRoot else { throw Self.error(place, "there is no <speak> element.") }
        return nil
    }

    // MARK: Markup

    private mutating func readMarkup() throws -> Event? {
        let start = place
        if take("<!--") {
            guard skip(past: "-->") else { throw Self.error(start, "the comment is not closed.") }
            return nil
        }
        if take("<![CDATA[") {
            let from = index
            guard skip(past: "]]>") else { throw Self.error(start, "the CDATA section is not closed.") }
            guard !open.isEmpty else { throw Self.error(start, "there is text outside of <speak>.") }
            return .text(String(scalars[from..<(index - 3)]), start)
        }
        if take("<!") {
            throw Self.error(start, "document types and entity declarations are not allowed.")
        }
        if take("<?") {
            guard skip(past: "?>") else { throw Self.error(start, "the processing instruction is not closed.") }
            return nil
        }
        if take("</") { return try readEnd(start) }
        _ = take("<")
        return try readStart(start)
    }

    private mutating func readEnd(_ start: Place) throws -> Event {
        let name = try readName("an element's name")
        skipSpace()
        guard take(">") else { throw Self.error(place, "</\(name) lacks its >.") }
        guard let last = open.popLast() else { throw Self.error(start, "</\(name)> closes nothing.") }
        guard last.name == name else {
            throw Self.error(start, "</\(name)> closes <\(last.name)> of line \(last.place.line).")
        }
        return .end(name: name, start)
    }

    private mutating func readStart(_ start: Place) throws -> Event {
        let name = try readName("an element's name")
        if open.isEmpty {
            guard !hasRoot else { throw Self.error(start, "there is a second element beside <speak>.") }
            hasRoot = true
        }
        elements += 1
        guard elements <= Self.elementLimit else { throw Self.error(start, "there are too many elements.") }
        guard open.count < Self.depthLimit else {
            throw Self.error(start, "elements are nested deeper than \(Self.depthLimit).")
        }
        let attributes = try readAttributes(of: name)
        if take("/>") {
            pendingEnd = .end(name: name, start)
        } else if take(">") {
            open.append((name, start))
        } else {
            throw Self.error(place, "<\(name) lacks its >.")
        }
        return .start(name: name, attributes: attributes, start)
    }

    private mutating func readAttributes(of element: String) throws -> [String: String] {
        var attributes: [String: String] = [:]
        while true {
            let hadSpace = skipSpace()
            guard index < scalars.count, scalars[index] != ">", scalars[index] != "/" else { return attributes }
            let start = place
            guard hadSpace else { throw Self.error(start, "a space is missing in <\(element)>.") }
            let name = try readName("an attribute's name")
            skipSpace()
            guard take("=") else { throw Self.error(place, "the attribute \(name) has no value.") }
            skipSpace()
            guard let quote = index < scalars.count ? scalars[index] : nil, quote == "\"" || quote == "'" else {
                throw Self.error(place, "the value of \(name) is not in quotation marks.")
            }
            step()
            var value = ""
            while index < scalars.count, scalars[index] != quote {
                guard scalars[index] != "<" else { throw Self.error(place, "< stands in the value of \(name).") }
                value.unicodeScalars.append(try readScalar())
            }
            guard index < scalars.count else { throw Self.error(start, "the value of \(name) does not end.") }
            step()
            guard attributes.updateValue(value, forKey: name) == nil else {
                throw Self.error(start, "the attribute \(name) is there twice.")
            }
            guard attributes.count <= Self.attributeLimit else {
                throw Self.error(start, "<\(element)> has too many attributes.")
            }
        }
    }

    private mutating func readName(_ what: String) throws -> String {
        let start = index
        while index < scalars.count, Self.isNameCharacter(scalars[index]) { step() }
        let name = String(scalars[start..<index])
        guard let first = name.unicodeScalars.first, first.isLetter || first == "_", name.utf8.count <= 128 else {
            throw Self.error(place, "\(what) is expected here.")
        }
        return name
    }

    private static func isNameCharacter(_ scalar: Unicode.Scalar) -> Bool {
        scalar.isWordCharacter || scalar == "-" || scalar == "." || scalar == ":"
    }

    // MARK: Text

    private mutating func readText() throws -> String {
        var text = String.UnicodeScalarView()
        while index < scalars.count, scalars[index] != "<" { text.append(try readScalar()) }
        return String(text)
    }

    private static let entities: [String: Unicode.Scalar] = [
        "amp": "&", "lt": "<", "gt": ">", "quot": "\"", "apos": "'",
    ]

    /// One character, or what stands for it.
    private mutating func readScalar() throws -> Unicode.Scalar {
        let scalar = scalars[index]
        guard scalar == "&" else {
            step()
            return scalar
        }
        let start = place
        step()
        guard let end = scalars[index...].prefix(12).firstIndex(of: ";") else {
            throw Self.error(start, "& begins an entity that does not end; the sign itself is written &amp;.")
        }
        let name = String(scalars[index..<end])
        while index <= end { step() }
        if let sign = Self.entities[name] { return sign }
        let isHex = name.hasPrefix("#x")
        if name.hasPrefix("#"), let value = UInt32(name.dropFirst(isHex ? 2 : 1), radix: isHex ? 16 : 10),
            value != 0, let sign = Unicode.Scalar(value)
        {
            return sign
        }
        throw Self.error(start, "the entity &\(name); is not known.")
    }

    // MARK: Steps

    private mutating func step() {
        if scalars[index] == "\n" {
            place.line += 1
            place.column = 1
        } else {
            place.column += 1
        }
        index += 1
    }

    private mutating func take(_ text: String) -> Bool {
        guard scalars[index...].starts(with: text.unicodeScalars) else { return false }
        for _ in text.unicodeScalars { step() }
        return true
    }

    private mutating func skip(past text: String) -> Bool {
        while index < scalars.count {
            if take(text) { return true }
            step()
        }
        return false
    }

    @discardableResult
    private mutating func skipSpace() -> Bool {
        let start = index
        while index < scalars.count, scalars[index].isSpace { step() }
        return index > start
    }
}
