import Foundation
import RiposteAudio
import RiposteConversation
import RiposteCore

/// A conversation as OpenAI's Realtime API (GA) tells of it. Spoken turns are a ``NetworkConversation``'s; texts, and
/// sound that the client commits itself, are answered on request.
actor RealtimeConversation {
    /// What was said, as far as the client may refer to it.
    struct Item {
        var samplesSent = 0
    }

    /// The answer under way.
    struct Response {
        let id = RealtimeConversation.identifier("resp")
        let item = RealtimeConversation.identifier("item")
        let speaks: Bool
        var text = ""
        var samplesSent = 0
    }

    /// Seconds that wait for a commit: they are transcribed at once, and the recogniser hears 30 s, some of which is
    /// left free for the silence around the words.
    static let longestInput = 28
    /// Messages that wait for a client who does not read; whoever lets more come is cut off.
    private static let longestOutbox = 2_000
    /// Sound before the voice that belongs to what was said, in milliseconds: OpenAI's default.
    private static let padding = 300

    let engines: SpeechEngines
    let id = RealtimeConversation.identifier("sess")
    private let write: @Sendable (JSONValue) async throws -> Void
    private var outbox: [JSONValue] = []
    private var isFlushing = false
    private(set) var isCut = false

    var settings: RealtimeSettings
    var items: [String: Item] = [:]
    var lastItem: String?
    var response: Response?
    /// What the user said and was not answered yet.
    var question: Task<String, any Error>?
    /// Of what was answered on request.
    var conversation = Conversation(id: "realtime")
    var answering: Task<Void, Never>?

    var call: NetworkConversation?
    var sink: StoppableSink?
    var running: [Task<Void, Never>] = []
    /// The item of what the user is saying.
    var openInput: String?
    /// The item of what the user said last.
    var spoken: String?
    /// Whether what still comes of the answer was cancelled by the client.
    var isMuted = false
    /// At 16 kHz, what waits for a commit.
    var buffer: [Float] = []
    private var resampler = Resampler(from: 24_000, to: 16_000)

    init(engines: SpeechEngines, model: String?, send: @escaping @Sendable (JSONValue) async throws -> Void) {
        self.engines = engines
        write = send
        let persona = (try? engines.persona(model))?.name
        settings = RealtimeSettings(model: model ?? persona ?? "riposte", voice: engines.defaultVoice)
    }

    static func identifier(_ kind: String) -> String {
        "\(kind)_" + UUID().uuidString.replacing("-", with: "").lowercased().prefix(24)
    }

    static func failure(_ message: String, code: String? = nil, event: String? = nil) -> JSONValue {
        [
            "type": "error",
            "error": [
                "type": "invalid_request_error", "message": .string(message),
                "code": code.map { .string($0) } ?? .null, "param": nil,
                "event_id": event.map { .string($0) } ?? .null,
            ],
        ]
    }

    func begin() async throws {
        tell(["type": "session.created", "session": settings.described(id: id)])
        try await flush()
    }

    /// Ends everything that goes on.
    func end() async {
        answering?.cancel()
        question?.cancel()
        call?.source.end()
        for task in running { task.cancel() }
        await answering?.value
        for task in running { await task.value }
    }

    /// Puts a message behind those that wait. What belongs together is told without a suspension between.
    func tell(_ event: JSONValue) {
        guard !isCut else { return }
        outbox.append(event)
        if outbox.count > Self.longestOutbox {
            isCut = true
            outbox = []
            for task in running { task.cancel() }
            answering?.cancel()
        }
    }

    func flush() async throws {
        guard !isFlushing else { return }
        isFlushing = true
        defer { isFlushing = false }
        while !outbox.isEmpty { try await write(outbox.removeFirst()) }
    }

    func receive(_ message: Data) async throws {
        guard let event = try? JSONDecoder().decode(JSONValue.self, from: message), case .object = event else {
            tell(Self.failure("The message is no JSON object.", code: "invalid_json"))
            return try await flush()
        }
        do {
            try await take(event)
        } catch let error as RiposteError {
            tell(Self.failure(error.message, code: "invalid_value", event: event["event_id"]?.string))
        }
        try await flush()
    }

    private func take(_ event: JSONValue) async throws {
        switch event["type"]?.string {
        case "session.update": try update(event["session"] ?? .null)
        case "input_audio_buffer.append": try await append(event["audio"]?.string)
        case "input_audio_buffer.commit": try commit()
        case "input_audio_buffer.clear":
            buffer = []
            tell(["type": "input_audio_buffer.cleared"])
        case "conversation.item.create": try create(event["item"] ?? .null)
        case "conversation.item.truncate": try truncate(event)
        case "response.create": try respond()
        case "response.cancel": try cancel()
        case let type:
            throw RiposteError(.badInput, .configuration, "There is no client event '\(type ?? "")' here.")
        }
    }

    private func update(_ session: JSONValue) throws {
        var new = settings
        try new.update(session)
        if new.voice != settings.voice { _ = try engines.synthesizer(new.voice) }
        guard call == nil || (new.voice == settings.voice && new.detectsTurns == settings.detectsTurns) else {
            throw RiposteError(
                .badInput, .configuration, "Voice and turn detection cannot be changed once sound was heard.")
        }
        settings = new
        tell(["type": "session.updated", "session": settings.described(id: id)])
    }

    private func append(_ audio: String?) async throws {
        guard let audio, let bytes = Data(base64Encoded: audio), bytes.count.isMultiple(of: 2) else {
            throw RiposteError(.badInput, .audio, "'audio' has to be 16-bit samples in base64.")
        }
        var sound = [Float]()
        sound.reserveCapacity(bytes.count / 2)
        for index in stride(from: bytes.startIndex, to: bytes.endIndex, by: 2) {
            let value = Int16(bitPattern: UInt16(bytes[index]) | UInt16(bytes[index + 1]) << 8)
            sound.append(Float(value) / 32_768)
        }
        let samples = resampler.process(sound)
        if settings.detectsTurns {
            try listen()
            await call?.source.hear(samples)
        } else {
            guard buffer.count + samples.count <= Self.longestInput * 16_000 else {
                throw RiposteError(
                    .badInput, .audio, "The input buffer holds \(Self.longestInput) s: commit or clear it.")
            }
            buffer += samples
        }
    }

    private func commit() throws {
        if settings.detectsTurns {
            guard let call, call.source.received > 0 else { throw Self.nothingToCommit }
            call.source.fallSilent(1.5)
            return
        }
        guard !buffer.isEmpty else { throw Self.nothingToCommit }
        let samples = buffer
        buffer = []
        let item = Self.identifier("item")
        committed(item)
        let question = Task { [engines] in try await Self.transcribe(samples, engines) }
        self.question = question
        running.append(
            Task {
                do {
                    transcribed(try await question.value, item, seconds: Double(samples.count) / 16_000)
                } catch {
                    tell([
                        "type": "conversation.item.input_audio_transcription.failed", "item_id": .string(item),
                        "content_index": 0,
                        "error": ["type": "server_error", "message": "It could not be transcribed."],
                    ])
                }
                try? await flush()
            })
    }

    private static let nothingToCommit = RiposteError(.badInput, .audio, "There is no sound to commit.")

    private static func transcribe(_ samples: [Float], _ engines: SpeechEngines) async throws -> String {
        try await engines.transcriber.transcribe(samples, engines.session.recognition).text
    }

    private func create(_ item: JSONValue) throws {
        let texts = item["content"]?.array?.compactMap { $0["text"]?.string } ?? []
        let text = texts.joined(separator: " ")
        guard item["type"]?.string == "message", item["role"]?.string == "user", !text.isEmpty else {
            throw RiposteError(.badInput, .configuration, "'item' has to be a user's message with an input_text.")
        }
        let id = item["id"]?.string ?? Self.identifier("item")
        added(id, role: "user", content: ["type": "input_text", "text": .string(text)])
        question = Task { text }
    }

    private func truncate(_ event: JSONValue) throws {
        guard let id = event["item_id"]?.string, let item = items[id] else {
            throw RiposteError(.badInput, .configuration, "There is no item '\(event["item_id"]?.string ?? "")'.")
        }
        let sent = response?.item == id ? response?.samplesSent ?? 0 : item.samplesSent
        guard let end = event["audio_end_ms"]?.number, end >= 0, end <= Double(sent) / 24 else {
            throw RiposteError(
                .badInput, .configuration, "'audio_end_ms' lies outside the \(sent / 24) ms of the item.")
        }
        tell([
            "type": "conversation.item.truncated", "item_id": .string(id), "content_index": 0,
            "audio_end_ms": .number(end),
        ])
    }

    private func cancel() throws {
        guard response != nil else {
            throw RiposteError(.badInput, .configuration, "No response is under way.")
        }
        finish("cancelled", reason: "client_cancelled")
        if let answering {
            answering.cancel()
        } else {
            isMuted = true
            sink?.stop()
        }
    }

    /// How long ago what is said now began, for a client: before it was noticed.
    func inputMilliseconds(_ source: NetworkSource) -> Int { max(0, source.received / 16 - Self.padding) }
}
