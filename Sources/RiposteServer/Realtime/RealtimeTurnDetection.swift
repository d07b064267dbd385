import RiposteConversation
import RiposteCore
import RiposteListening

/// How a Realtime client wants it told that somebody is done speaking, and what is to follow from it.
struct RealtimeTurnDetection: Sendable, Equatable {
    enum Kind: String, Sendable {
        /// By silence.
        case server = "server_vad"
        /// By what is said, and how.
        case semantic = "semantic_vad"
    }

    enum Eagerness: String, Sendable {
        case low, medium, high, auto
    }

    var kind = Kind.semantic
    /// Seconds of silence that end a turn; nil leaves it to the server. Only with `server`.
    var silence: Double?
    /// From which probability on it is speech, 0 … 1; nil leaves it to the server. Only with `server`.
    var threshold: Double?
    /// How soon a turn is taken for over. Only with `semantic`.
    var eagerness = Eagerness.auto
    /// Whether a turn is answered without being asked to.
    var createsResponse = true
    /// Whether the user's voice ends an answer.
    var interruptsResponse = true
    /// Seconds of quiet after an answer until the server asks whether somebody is there; nil: never.
    var idleTimeout: Double?

    init() {}

    /// - Throws: `.badInput` for what is not what it should be.
    init(_ asked: JSONValue) throws {
        guard let kind = asked["type"]?.string.flatMap(Kind.init(rawValue:)) else {
            throw RiposteError(
                .badInput, .configuration,
                "'session.audio.input.turn_detection' takes server_vad, semantic_vad or null.")
        }
        self.kind = kind
        silence = try Self.number("silence_duration_ms", in: asked, 100...10_000).map { $0 / 1000 }
        threshold = try Self.number("threshold", in: asked, 0.05...0.95)
        idleTimeout = try Self.number("idle_timeout_ms", in: asked, 1_000...600_000).map { $0 / 1000 }
        _ = try Self.number("prefix_padding_ms", in: asked, 0...10_000)
        createsResponse = try Self.flag("create_response", in: asked) ?? true
        interruptsResponse = try Self.flag("interrupt_response", in: asked) ?? true
        if let wish = asked["eagerness"], wish != .null {
            guard let eagerness = wish.string.flatMap(Eagerness.init(rawValue:)) else {
                throw Self.fault("eagerness", "low, medium, high or auto")
            }
            self.eagerness = eagerness
        }
    }

    private static func number(_ name: String, in asked: JSONValue, _ range: ClosedRange<Double>) throws -> Double? {
        guard let value = asked[name], value != .null else { return nil }
        guard let number = value.number, range.contains(number) else {
            throw fault(name, "\(range.lowerBound) to \(range.upperBound)")
        }
        return number
    }

    private static func flag(_ name: String, in asked: JSONValue) throws -> Bool? {
        guard let value = asked[name], value != .null else { return nil }
        guard case .bool(let flag) = value else { throw fault(name, "true or false") }
        return flag
    }

    private static func fault(_ name: String, _ form: String) -> RiposteError {
        RiposteError(.badInput, .configuration, "'session.audio.input.turn_detection.\(name)' takes \(form).")
    }

    var described: JSONValue {
        var members: [String: JSONValue] = [
            "type": .string(kind.rawValue), "create_response": .bool(createsResponse),
            "interrupt_response": .bool(interruptsResponse),
        ]
        switch kind {
        case .semantic: members["eagerness"] = .string(eagerness.rawValue)
        case .server:
            if let silence { members["silence_duration_ms"] = .number(silence * 1000) }
            if let threshold { members["threshold"] = .number(threshold) }
            members["idle_timeout_ms"] = idleTimeout.map { .number($0 * 1000) } ?? .null
        }
        return .object(members)
    }

    func apply(to configuration: inout Session.Configuration) {
        configuration.turn.quietLimit = idleTimeout.map { Int($0 * Double(Waterfall.sampleRate)) }
        if !interruptsResponse { configuration.turn.allowsInterruption = false }
        switch kind {
        case .server:
            if let threshold {
                configuration.endpoint.speechThreshold = Float(threshold)
                configuration.endpoint.silenceThreshold = Float(max(0.01, threshold - 0.15))
            }
            guard let silence else { return }
            // Silence alone decides, as with a server that knows nothing else.
            configuration.endOfTurn = nil
            configuration.endpoint.endpointSilence = silence
            configuration.turn.takeBackWindow = 0
        case .semantic:
            // Set by hand: the shares of answers that may come too early, and the least silence.
            switch eagerness {
            case .low:
                configuration.endOfTurn?.configuration.tolerance = 0.01
                configuration.endOfTurn?.configuration.leastSilence = 0.5
            case .high:
                configuration.endOfTurn?.configuration.tolerance = 0.08
                configuration.endOfTurn?.configuration.silenceWithoutEvidence = 0.5
            case .medium, .auto: break
            }
        }
    }
}
