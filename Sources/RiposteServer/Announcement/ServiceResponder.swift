import RiposteCore

/// What a service says of itself on the local network, and to whom: multicast DNS (RFC 6762) and service discovery
/// (RFC 6763) without clock and network.
///
///     probe ×3 ─ nobody has the name ─▶ announce ×2 ─▶ answer who asks ─▶ goodbye
///        ▲                                                 │
///        └────────── the next name ◀── somebody has it ────┘
struct ServiceResponder: Sendable {
    /// What is announced.
    struct Service: Sendable, Equatable {
        /// What people see ("Riposte").
        var name: String
        /// "_wyoming._tcp".
        var type: String
        var port: UInt16
        /// The host's own name; nobody else may have it.
        var host: String
        /// Of 4 or 16 bytes.
        var addresses: [[UInt8]]
    }

    /// What is to be sent because of a message that came.
    struct Answer: Equatable, Sendable {
        /// To everybody.
        var multicast: DNSMessage?
        /// To the asker alone.
        var unicast: DNSMessage?
    }

    private let service: Service
    /// How often the name was taken already.
    private(set) var attempt = 1
    /// Whether the name is known to be ours, so that questions are answered.
    private(set) var isEstablished = false
    /// Whether somebody else has turned out to have the name.
    private(set) var isContested = false

    /// Seconds that records hold good which name a host, and all others: as RFC 6762, section 10.
    private static let hostLifetime: UInt32 = 120
    private static let otherLifetime: UInt32 = 4_500
    /// What askers who speak plain DNS may keep it for.
    private static let legacyLifetime: UInt32 = 10

    init(_ service: Service) { self.service = service }

    // MARK: Names and records

    /// The name that is announced, with a number if others were there before.
    var name: String { attempt == 1 ? service.name : "\(service.name) \(attempt)" }

    private var typeName: DNSName { DNSName(service.type + ".local") }
    private var instance: DNSName { DNSName([name] + typeName.labels) }
    private var host: DNSName { DNSName(service.host + ".local") }
    private static let allTypes = DNSName("_services._dns-sd._udp.local")

    private var pointer: DNSMessage.Record {
        .init(name: typeName, content: .pointer(instance), lifetime: Self.otherLifetime)
    }

    private var typePointer: DNSMessage.Record {
        .init(name: Self.allTypes, content: .pointer(typeName), lifetime: Self.otherLifetime)
    }

    /// Those that nobody else may have.
    private var unique: [DNSMessage.Record] {
        [
            .init(
                name: instance, content: .service(port: service.port, host: host), lifetime: Self.hostLifetime,
                isUnique: true),
            .init(name: instance, content: .text([]), lifetime: Self.otherLifetime, isUnique: true),
        ] + addresses
    }

    private var addresses: [DNSMessage.Record] {
        service.addresses.map {
            .init(name: host, content: .address($0), lifetime: Self.hostLifetime, isUnique: true)
        }
    }

    // MARK: Telling

    /// Asks whether somebody has the names.
    var probe: DNSMessage {
        let names = [instance, host].map { DNSMessage.Question(name: $0, kind: DNSMessage.Kind.any.rawValue) }
        let claims = unique.map { record in
            var record = record
            record.isUnique = false
            return record
        }
        return DNSMessage(questions: names, authorities: claims)
    }

    /// Nobody had the names: they are ours.
    mutating func establish() { isEstablished = true }

    var announcement: DNSMessage { DNSMessage(isResponse: true, answers: [pointer, typePointer] + unique) }

    /// Takes everything back.
    var goodbye: DNSMessage {
        let records = ([pointer] + unique).map { record in
            var record = record
            record.lifetime = 0
            return record
        }
        return DNSMessage(isResponse: true, answers: records)
    }

    /// Takes the next name, which has to be asked about anew.
    mutating func rename() {
        attempt += 1
        isEstablished = false
        isContested = false
    }

    // MARK: Hearing

    /// - Parameter isLegacy: whether the asker speaks plain DNS, as its port shows: then it is answered itself, with its
    ///   question.
    mutating func hear(_ message: DNSMessage, isLegacy: Bool = false) -> Answer {
        if message.isResponse {
            if isConflict(message.answers + message.additionals) { isContested = true }
            return Answer()
        }
        if !isEstablished, losesAgainst(message) { isContested = true }
        guard isEstablished, !isContested else { return Answer() }
        var answers: [DNSMessage.Record] = []
        for question in message.questions {
            answers += records(for: question).filter { !answers.contains($0) && !isKnown($0, in: message) }
        }
        guard !answers.isEmpty else { return Answer() }
        var response = DNSMessage(isResponse: true, answers: answers)
        if answers.contains(where: { $0.name == typeName }) {
            response.additionals = unique.filter { !answers.contains($0) }
        } else if answers.contains(where: { $0.name == instance }) {
            response.additionals = addresses.filter { !answers.contains($0) }
        }
        if isLegacy {
            response.id = message.id
            response.questions = message.questions.map { .init(name: $0.name, kind: $0.kind) }
            response.answers = response.answers.map(Self.legacy)
            response.additionals = response.additionals.map(Self.legacy)
            return Answer(unicast: response)
        }
        return message.questions.allSatisfy(\.wantsUnicast) ? Answer(unicast: response) : Answer(multicast: response)
    }

    private static func legacy(_ record: DNSMessage.Record) -> DNSMessage.Record {
        var record = record
        record.isUnique = false
        record.lifetime = min(record.lifetime, legacyLifetime)
        return record
    }

    private func records(for question: DNSMessage.Question) -> [DNSMessage.Record] {
        ([pointer, typePointer] + unique).filter { record in
            record.name == question.name
                && (question.kind == record.kind || question.kind == DNSMessage.Kind.any.rawValue)
        }
    }

    /// Whether the asker knows it already, and for long enough.
    private func isKnown(_ record: DNSMessage.Record, in message: DNSMessage) -> Bool {
        message.answers.contains {
            $0.name == record.name && $0.content == record.content && $0.lifetime >= record.lifetime / 2
        }
    }

    /// Whether somebody tells something else under a name of ours.
    private func isConflict(_ records: [DNSMessage.Record]) -> Bool {
        records.contains { record in
            guard record.lifetime > 0, record.name == instance || record.name == host else { return false }
            let ours = unique.filter { $0.name == record.name && $0.kind == record.kind }
            return !ours.isEmpty && !ours.contains { $0.content == record.content }
        }
    }

    /// Whether somebody asks for a name of ours at the same time, and theirs comes after ours in order: then it is theirs.
    private func losesAgainst(_ probe: DNSMessage) -> Bool {
        for name in [instance, host] {
            let theirs = probe.authorities.filter { $0.name == name }.map(Self.order)
            let ours = unique.filter { $0.name == name }.map(Self.order)
            guard !theirs.isEmpty else { continue }
            let sorted = (
                theirs.sorted { $0.lexicographicallyPrecedes($1) }, ours.sorted { $0.lexicographicallyPrecedes($1) }
            )
            for (their, our) in zip(sorted.0, sorted.1) where their != our {
                return our.lexicographicallyPrecedes(their)
            }
            if theirs.count != ours.count { return theirs.count > ours.count }
        }
        return false
    }

    private static func order(_ record: DNSMessage.Record) -> [UInt8] {
        [0, 1, UInt8(record.kind >> 8), UInt8(truncatingIfNeeded: record.kind)] + record.content.bytes
    }
}
