/// Reads JSON from the network (RFC 8259), with bounds: a message cannot cost more than its length is worth, whatever is in
/// it.
struct JSONReader {
    /// What is no JSON, or goes beyond the bounds.
    struct Fault: Error, Equatable {
        /// In bytes from the start.
        var position: Int
    }

    /// Arrays and objects in each other. Default 64.
    var deepest = 64
    /// Values in all. Default 20 000.
    var mostValues = 20_000

    private var bytes: [UInt8] = []
    private var position = 0
    private var values = 0

    init() {}

    /// - Throws: `Fault`.
    static func value(_ bytes: [UInt8]) throws(Fault) -> JSONValue {
        var reader = JSONReader()
        return try reader.read(bytes)
    }

    /// - Throws: `Fault`.
    mutating func read(_ bytes: [UInt8]) throws(Fault) -> JSONValue {
        (self.bytes, position, values) = (bytes, 0, 0)
        let whole = try value(depth: 0)
        skipSpace()
        guard position == bytes.count else { throw fault }
        return whole
    }

    private var fault: Fault { Fault(position: position) }

    private var next: UInt8? { position < bytes.count ? bytes[position] : nil }

    private mutating func skipSpace() {
        while let byte = next, byte == 0x20 || byte == 0x0A || byte == 0x0D || byte == 0x09 { position += 1 }
    }

    private mutating func take(_ byte: UInt8) -> Bool {
        guard next == byte else { return false }
        position += 1
        return true
    }

    private mutating func value(depth: Int) throws(Fault) -> JSONValue {
        skipSpace()
        values += 1
        guard values <= mostValues, let byte = next else { throw fault }
        if byte == UInt8(ascii: "{") || byte == UInt8(ascii: "["), depth >= deepest { throw fault }
        switch byte {
        case UInt8(ascii: "{"): return try object(depth: depth)
        case UInt8(ascii: "["): return try array(depth: depth)
        case UInt8(ascii: "\""): return .string(try string())
        case UInt8(ascii: "t"): return try word("true", .bool(true))
        case UInt8(ascii: "f"): return try word("false", .bool(false))
        case UInt8(ascii: "n"): return try word("null", .null)
        default: return .number(try number())
        }
    }

    private mutating func word(_ word: StaticString, _ value: JSONValue) throws(Fault) -> JSONValue {
        let count = word.utf8CodeUnitCount
        let letters = UnsafeBufferPointer(start: word.utf8Start, count: count)
        guard position + count <= bytes.count, bytes[position..<position + count].elementsEqual(letters) else {
            throw fault
        }
        position += count
        return value
    }

    private mutating func object(depth: Int) throws(Fault) -> JSONValue {
        position += 1
        var members: [String: JSONValue] = [:]
        skipSpace()
        if take(UInt8(ascii: "}")) { return .object(members) }
        while true {
            skipSpace()
            guard next == UInt8(ascii: "\"") else { throw fault }
            let key = try string()
            skipSpace()
            guard take(UInt8(ascii: ":")) else { throw fault }
            // Which of two is meant nobody can know.
            guard members.updateValue(try value(depth: depth + 1), forKey: key) == nil else { throw fault }
            skipSpace()
            if take(UInt8(ascii: "}")) { return .object(members) }
            guard take(UInt8(ascii: ",")) else { throw fault }
        }
    }

    private mutating func array(depth: Int) throws(Fault) -> JSONValue {
        position += 1
        var elements: [JSONValue] = []
        skipSpace()
        if take(UInt8(ascii: "]")) { return .array(elements) }
        while true {
            elements.append(try value(depth: depth + 1))
            skipSpace()
            if take(UInt8(ascii: "]")) { return .array(elements) }
            guard take(UInt8(ascii: ",")) else { throw fault }
        }
    }

    private mutating func number() throws(Fault) -> Double {
        let start = position
        _ = take(UInt8(ascii: "-"))
        guard let first = next, Self.isDigit(first) else { throw fault }
        position += 1
        // No digit follows a leading zero.
        if first != UInt8(ascii: "0") { skipDigits() }
        if take(UInt8(ascii: ".")) { try digits() }
        if take(UInt8(ascii: "e")) || take(UInt8(ascii: "E")) {
            if !take(UInt8(ascii: "+")) { _ = take(UInt8(ascii: "-")) }
            try digits()
        }
        // Longer than any number needs to be.
        guard position - start <= 64, let value = Double(String(decoding: bytes[start..<position], as: UTF8.self)),
            value.isFinite
        else { throw fault }
        return value
    }

    private static func isDigit(_ byte: UInt8) -> Bool { (0x30...0x39).contains(byte) }

    private mutating func skipDigits() {
        while let byte = next, Self.isDigit(byte) { position += 1 }
    }

    private mutating func digits() throws(Fault) {
        guard let byte = next, Self.isDigit(byte) else { throw fault }
        skipDigits()
    }

    private mutating func string() throws(Fault) -> String {
        position += 1
        let start = position
        while let byte = next, byte >= 0x20, byte != UInt8(ascii: "\""), byte != UInt8(ascii: "\\") { position += 1 }
        if take(UInt8(ascii: "\"")) { return try text(bytes[start..<position - 1]) }
        var unescaped = Array(bytes[start..<position])
        while let byte = next, byte >= 0x20 {
            position += 1
            switch byte {
            case UInt8(ascii: "\""): return try text(unescaped[...])
            case UInt8(ascii: "\\"): try escape(into: &unescaped)
            default: unescaped.append(byte)
            }
        }
        throw fault
    }

    private func text(_ bytes: ArraySlice<UInt8>) throws(Fault) -> String {
        guard let text = String(validating: bytes, as: UTF8.self) else { throw fault }
        return text
    }

    private mutating func escape(into text: inout [UInt8]) throws(Fault) {
        guard let byte = next else { throw fault }
        position += 1
        switch byte {
        case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): text.append(byte)
        case UInt8(ascii: "b"): text.append(0x08)
        case UInt8(ascii: "f"): text.append(0x0C)
        case UInt8(ascii: "n"): text.append(0x0A)
        case UInt8(ascii: "r"): text.append(0x0D)
        case UInt8(ascii: "t"): text.append(0x09)
        case UInt8(ascii: "u"):
            var code = UInt32(try hexadecimal())
            if (0xD800..<0xDC00).contains(code) {
                guard take(UInt8(ascii: "\\")), take(UInt8(ascii: "u")) else { throw fault }
                let low = UInt32(try hexadecimal())
                guard (0xDC00..<0xE000).contains(low) else { throw fault }
                code = 0x10000 + (code - 0xD800) << 10 + (low - 0xDC00)
            }
            guard let scalar = Unicode.Scalar(code) else { throw fault }
            text += Array(String(Character(scalar)).utf8)
        default: throw fault
        }
    }

    private mutating func hexadecimal() throws(Fault) -> UInt16 {
        guard position + 4 <= bytes.count else { throw fault }
        var code: UInt16 = 0
        for byte in bytes[position..<position + 4] {
            switch byte {
            case 0x30...0x39: code = code << 4 | UInt16(byte - 0x30)
            case 0x41...0x46: code = code << 4 | UInt16(byte - 0x41 + 10)
            case 0x61...0x66: code = code << 4 | UInt16(byte - 0x61 + 10)
            default: throw fault
            }
        }
        position += 4
        return code
    }
}
