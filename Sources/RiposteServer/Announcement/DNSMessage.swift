import RiposteCore

/// A message of the domain name system, as far as multicast DNS needs it (RFC 1035, RFC 6762).
struct DNSMessage: Equatable, Sendable {
    enum Kind: UInt16, Sendable {
        case a = 1
        case ptr = 12
        case txt = 16
        case aaaa = 28
        case srv = 33
        case any = 255
    }

    struct Question: Equatable, Sendable {
        var name: DNSName
        var kind: UInt16
        /// Whether an answer to the asker alone will do.
        var wantsUnicast = false
    }

    struct Record: Equatable, Sendable {
        enum Content: Equatable, Sendable {
            case pointer(DNSName)
            case service(port: UInt16, host: DNSName)
            case text([String])
            case address([UInt8])
            case other(kind: UInt16, [UInt8])
        }

        var name: DNSName
        var content: Content
        /// Seconds it holds good; 0 takes it back.
        var lifetime: UInt32
        /// Whether nobody else has a record of this name and kind.
        var isUnique = false

        var kind: UInt16 {
            switch content {
            case .pointer: Kind.ptr.rawValue
            case .service: Kind.srv.rawValue
            case .text: Kind.txt.rawValue
            case .address(let bytes): bytes.count == 4 ? Kind.a.rawValue : Kind.aaaa.rawValue
            case .other(let kind, _): kind
            }
        }
    }

    var id: UInt16 = 0
    var isResponse = false
    var questions: [Question] = []
    var answers: [Record] = []
    var authorities: [Record] = []
    var additionals: [Record] = []

    // MARK: Writing

    var bytes: [UInt8] {
        var bytes: [UInt8] = []
        // Responses are authoritative.
        for value in [id, isResponse ? 0x8400 : 0] { bytes.append(sixteen: value) }
        for count in [questions.count, answers.count, authorities.count, additionals.count] {
            bytes.append(sixteen: UInt16(clamping: count))
        }
        for question in questions {
            bytes += question.name.bytes
            bytes.append(sixteen: question.kind)
            bytes.append(sixteen: question.wantsUnicast ? 0x8001 : 1)
        }
        for record in answers + authorities + additionals {
            bytes += record.name.bytes
            bytes.append(sixteen: record.kind)
            bytes.append(sixteen: record.isUnique ? 0x8001 : 1)
            bytes.append(sixteen: UInt16(record.lifetime >> 16))
            bytes.append(sixteen: UInt16(truncatingIfNeeded: record.lifetime))
            let content = record.content.bytes
            bytes.append(sixteen: UInt16(clamping: content.count))
            bytes += content
        }
        return bytes
    }

    // MARK: Reading

    init(
        id: UInt16 = 0, isResponse: Bool = false, questions: [Question] = [], answers: [Record] = [],
        authorities: [Record] = [], additionals: [Record] = []
    ) {
        self.id = id
        self.isResponse = isResponse
        self.questions = questions
        self.answers = answers
        self.authorities = authorities
        self.additionals = additionals
    }

    /// - Throws: `.badInput` for what is no message.
    init(parsing bytes: [UInt8]) throws {
        var reader = DNSReader(bytes)
        id = try reader.sixteen()
        isResponse = try reader.sixteen() & 0x8000 != 0
        var counts: [Int] = []
        for _ in 0..<4 { counts.append(Int(try reader.sixteen())) }
        for _ in 0..<counts[0] {
            let (name, kind, group) = (try reader.name(), try reader.sixteen(), try reader.sixteen())
            questions.append(Question(name: name, kind: kind, wantsUnicast: group & 0x8000 != 0))
        }
        for _ in 0..<counts[1] { answers.append(try reader.record()) }
        for _ in 0..<counts[2] { authorities.append(try reader.record()) }
        for _ in 0..<counts[3] { additionals.append(try reader.record()) }
    }
}

extension DNSMessage.Record.Content {
    var bytes: [UInt8] {
        switch self {
        case .pointer(let name): return name.bytes
        case .service(let port, let host):
            var bytes: [UInt8] = [0, 0, 0, 0]
            bytes.append(sixteen: port)
            return bytes + host.bytes
        case .text(let texts):
            // No text at all is one that is empty.
            return texts.isEmpty
                ? [0]
                : texts.flatMap { text in
                    let bytes = text.utf8.prefix(255)
                    return [UInt8(bytes.count)] + bytes
                }
        case .address(let bytes), .other(_, let bytes): return bytes
        }
    }
}

extension [UInt8] {
    fileprivate mutating func append(sixteen value: UInt16) {
        append(UInt8(value >> 8))
        append(UInt8(truncatingIfNeeded: value))
    }
}

/// Reads a message from its start on.
private struct DNSReader {
    private let bytes: [UInt8]
    private var position = 0

    init(_ bytes: [UInt8]) { self.bytes = bytes }

    private static let fault = RiposteError(.badInput, .configuration, "A packet is no DNS message.")

    private mutating func byte() throws -> UInt8 {
        guard position < bytes.count else { throw Self.fault }
        defer { position += 1 }
        return bytes[position]
    }

    mutating func sixteen() throws -> UInt16 { UInt16(try byte()) << 8 | UInt16(try byte()) }

    mutating func name() throws -> DNSName {
        let (name, end) = try name(at: position)
        position = end
        return name
    }

    /// A name and where what follows it begins. It may go on at an earlier place, never at a later one.
    private func name(at start: Int) throws -> (DNSName, end: Int) {
        var labels: [String] = []
        var (place, end, length) = (start, Int?.none, 0)
        var earliest = start
        while true {
            guard place < bytes.count else { throw Self.fault }
            let head = Int(bytes[place])
            switch head >> 6 {
            case 0 where head == 0:
                return (DNSName(labels), end ?? place + 1)
            case 0:
                guard place + head < bytes.count else { throw Self.fault }
                length += head + 1
                guard length <= 254 else { throw Self.fault }
                labels.append(String(decoding: bytes[(place + 1)...(place + head)], as: UTF8.self))
                place += head + 1
            case 3:
                guard place + 1 < bytes.count else { throw Self.fault }
                let target = (head & 0x3F) << 8 | Int(bytes[place + 1])
                guard target < earliest else { throw Self.fault }
                end = end ?? place + 2
                (place, earliest) = (target, target)
            default:
                throw Self.fault
            }
        }
    }

    mutating func record() throws -> DNSMessage.Record {
        let (name, kind, group) = (try name(), try sixteen(), try sixteen())
        let lifetime = UInt32(try sixteen()) << 16 | UInt32(try sixteen())
        let length = Int(try sixteen())
        let (start, end) = (position, position + length)
        guard end <= bytes.count else { throw Self.fault }
        let content: DNSMessage.Record.Content
        switch DNSMessage.Kind(rawValue: kind) {
        case .ptr:
            content = .pointer(try self.name())
        case .srv where length >= 7:
            position += 4
            content = .service(port: try sixteen(), host: try self.name())
        case .txt:
            content = .text(try texts(until: end))
        case .a where length == 4, .aaaa where length == 16:
            content = .address(Array(bytes[start..<end]))
        default:
            content = .other(kind: kind, Array(bytes[start..<end]))
        }
        // A name in it may have ended early or late: what counts is the length that was told.
        guard position <= end else { throw Self.fault }
        position = end
        return .init(name: name, content: content, lifetime: lifetime, isUnique: group & 0x8000 != 0)
    }

    private mutating func texts(until end: Int) throws -> [String] {
        var texts: [String] = []
        while position < end {
            let length = Int(try byte())
            guard position + length <= end else { throw Self.fault }
            if length > 0 { texts.append(String(decoding: bytes[position..<(position + length)], as: UTF8.self)) }
            position += length
        }
        return texts
    }
}
