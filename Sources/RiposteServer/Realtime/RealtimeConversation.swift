import Foundation
import RiposteAudio
import RiposteConversation
import RiposteCore

/// A conversation as OpenAI's Realtime API (GA) tells of it. Spoken turns are a ``NetworkConversation``'s; texts, and
/// sound that the client commits itself, are answered on request.
actor RealtimeConversation {
    /// What was said, as far as the client may refer to it.
    struct Item {
        /// As it is told.
        var value: JSONValue
        var samplesSent = 0
    }

    /// Something to be answered on request.
    struct Question {
        let item: String
        let text: Task<String, any Error>
        /// Whether the server found its end. Of such questions the latest counts: who answers chooses when.
        var isDetected = false
    }

    /// The answer under way.
    struct Response {
        let id = RealtimeConversation.identifier("resp")
        let item = RealtimeConversation.identifier("item")
        let speaks: Bool
        /// Whether something is said in it; a response may also be no more than calls.
        var hasMessage = false
        /// The item before what is said, or null.
        var previous: JSONValue = nil
        var text = ""
        var samplesSent = 0
        /// Functions that the client is to call.
        var calls: [JSONValue] = []
    }

    /// Seconds that wait for a commit: they are transcribed at once, and the recogniser hears 30 s, some of which is
    /// left free for the silence around the words.
    static let longestInput = 28
    /// Commits whose transcripts are not there yet.
    private static let mostCommits = 4
    /// Questions that wait for an answer; of more, the latest.
    private static let mostQuestions = 16
    /// Sound before the voice that belongs to what was said, in milliseconds: OpenAI's default.
    private static let padding = 300

    let engines: SpeechEngines
    let id = RealtimeConversation.identifier("sess")
    let log: ConversationLog
    /// What services did for it.
    let usage = CloudUsage()
    private let write: @Sendable (String) async throws -> Void
    private let hangUp: @Sendable () -> Void
    private var outbox = Outbox()
    private var isFlushing = false
    private(set) var isCut = false

    var settings: RealtimeSettings
    var items: [String: Item] = [:]
    var itemOrder: [String] = []
    var lastItem: String?
    var response: Response?
    /// What the user said and was not answered yet, in order.
    var questions: [Question] = []
    /// Of what was answered on request.
    var conversation = Conversation(id: "realtime")
    var answering: Task<Void, Never>?
    /// An answer that was stopped, until it has come to its end.
    private(set) var winding: Task<Void, Never>?
    let responder: RealtimeResponder?
    /// Functions that were called and have not been answered.
    var calls: [String: Call] = [:]
    /// Whether an answer goes on, in another response, after one that ended with a call.
    var goesOn = false
    /// How many answers were asked for in writing.
    var requests = 0

    var call: NetworkConversation?
    /// Whether its session has ended.
    var isSessionOver = false
    var sink: StoppableSink?
    /// The spoken conversation.
    var running: Task<Void, Never>?
    /// Takes note of what happens in it, to its end.
    var logging: Task<Void, Never>?
    /// Tells the client of it.
    var observing: Task<Void, Never>?
    /// The item of what the user is saying.
    var openInput: String?
    /// The item of what the user said last.
    var spoken: String?
    /// Whether something was heard since the last turn.
    var hasHeard = false
    /// Whether what still comes of the answer was cancelled by the client.
    var isMuted = false
    /// At 16 kHz, what waits for a commit.
    var buffer: [Float] = []
    /// Seconds of sound that the client may send. Whoever sends more is read more slowly: sound costs work, and there are
    /// others.
    private var livePace = TokenBucket(rate: 2, burst: 10)
    /// The same of sound that it commits itself, which may be a recording.
    private var recordedPace = TokenBucket(rate: 2, burst: 60)
    /// What was committed, and who tells of it, by the item.
    private var transcribing: [String: (question: Task<String, any Error>, telling: Task<Void, Never>)] = [:]
    private var resampler = Resampler(from: RealtimeSoundFormat.pcm.rate, to: Waterfall.sampleRate)
    private var opusInput: OpusReceiver?
    var opusOutput: OpusSender?
    /// The answer that the client cancelled, until its turn has ended.
    var cancelled: Response?
    let kept: KeptConversations
    /// The right to keep the conversation under the name that the client gave it.
    var lease: KeptConversations.Lease?
    var isToTellWhatWasSaid = false
    /// What was being answered when the server died that the client spoke with before.
    var offer: Conversation.Turn?
    /// Waits for the next alarm, while no session does.
    var alarmWatch: Task<Void, Never>?
    /// Whether the connection is over.
    private(set) var isOver = false

    /// - Parameters:
    ///   - kept: where conversations are kept that clients have named.
    ///   - hangUp: ends the connection of a client that does not read.
    ///   - send: takes an event as text; waits while the client takes no more.
    init(
        engines: SpeechEngines, model: String?, log: ConversationLog,
        kept: KeptConversations = KeptConversations(), hangUp: @escaping @Sendable () -> Void,
        send: @escaping @Sendable (String) async throws -> Void
    ) {
        self.kept = kept
        self.engines = engines
        self.log = log
        self.hangUp = hangUp
        write = send
        let persona = try? engines.persona(model)
        responder = persona.map { RealtimeResponder($0.responder) }
        settings = RealtimeSettings(model: model ?? persona?.name ?? "riposte", voice: engines.defaultVoice)
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
        log.note("a conversation begins", id)
        tell(["type": "session.created", "session": settings.described(id: id)])
        try await flush()
    }

    /// Ends everything that goes on.
    func end() async {
        isOver = true
        alarmWatch?.cancel()
        stopAnswering()
        call?.source.end()
        running?.cancel()
        observing?.cancel()
        let transcribing = transcribing.values
        for (question, _) in transcribing { question.cancel() }
        await winding?.value
        await running?.value
        await logging?.value
        await observing?.value
        for (_, telling) in transcribing { await telling.value }
        await keepConversation()
        log.note("a conversation ends", id)
        if let call { log.figures.missed(soundSeconds: Double(call.source.filled) / Double(Waterfall.sampleRate)) }
    }

    /// Puts a message behind those that wait. What belongs together is told without a suspension between.
    func tell(_ event: JSONValue) {
        guard !isCut, case .object(var members) = event else { return }
        members["event_id"] = .string(Self.identifier("event"))
        if !outbox.add(JSONValue.object(members).text) { cutOff() }
    }

    private func cutOff() {
        isCut = true
        log.figures.hungUp(.stalled)
        log.figures.dropped(messages: outbox.takeAll().count + 1)
        running?.cancel()
        stopAnswering()
        hangUp()
    }

    func flush() async throws {
        guard !isFlushing else { return }
        isFlushing = true
        defer { isFlushing = false }
        while !outbox.isEmpty {
            let messages = outbox.takeAll()
            // A task of its own: whoever tells something may be cancelled meanwhile, and with it are the messages of others.
            try await Task { try await write(messages) }.value
        }
    }

    private func write(_ messages: [String]) async throws {
        for message in messages where !isCut {
            do {
                try await write(message)
            } catch {
                // The client is gone: nothing can be told any more.
                isCut = true
                throw error
            }
            outbox.wrote(message)
        }
    }

    func receive(_ message: [UInt8]) async throws {
        guard let event = try? JSONReader.value(message), case .object = event else {
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
        case "session.update": try await update(event["session"] ?? .null)
        case "input_audio_buffer.append": try await append(event)
        case "input_audio_buffer.commit": try commit()
        case "input_audio_buffer.clear": await clear()
        case "conversation.item.create": try create(event["item"] ?? .null)
        case "conversation.item.truncate": try truncate(event)
        case "conversation.item.retrieve": try retrieve(event)
        case "conversation.item.delete": try delete(event)
        case "response.create": try respond()
        case "response.cancel": try cancel(event["response_id"]?.string)
        case "riposte.ping": tell(["type": "riposte.pong", "number": event["number"] ?? .null])
        case let type:
            throw RiposteError(.badInput, .configuration, "There is no client event '\((type ?? "").prefix(64))' here.")
        }
    }

    private func update(_ session: JSONValue) async throws {
        var new = settings
        try new.update(session)
        if new.voice != settings.voice { _ = try engines.synthesizer(new.voice) }
        guard call == nil || new.isHeardAlike(settings) else {
            throw RiposteError(
                .badInput, .configuration,
                "Voice, formats and turn detection cannot be changed once sound was heard.")
        }
        guard new.tools.isEmpty || responder?.isInstructible == true else {
            throw RiposteError(
                .badInput, .configuration, "'session.tools' is for a language model, and none answers here.")
        }
        if new.input != settings.input {
            resampler = Resampler(from: new.input.rate, to: Waterfall.sampleRate)
        }
        try await remember(new.extras)
        if new.output == .opus, opusOutput == nil { opusOutput = try OpusSender() }
        settings = new
        responder?.instruct(settings.instructions, tools: toolCallers, choice: settings.functionChoice)
        tell(["type": "session.updated", "session": settings.described(id: id)])
        tellWhatWasSaid()
        watchAlarms()
    }

    /// The sound that a client sends, at 16 kHz.
    private func samples(of event: JSONValue) throws -> [Float] {
        guard let bytes = event["audio"]?.string.flatMap({ Data(base64Encoded: $0) }) else {
            throw RiposteError(.badInput, .audio, "'audio' has to be sound in base64.")
        }
        guard settings.input == .opus else { return resampler.process(try settings.input.samples(bytes)) }
        if opusInput == nil { opusInput = try OpusReceiver() }
        guard let heard = try opusInput?.hear([UInt8](bytes), number: event["packet"]?.number) else { return [] }
        if let fault = heard.fault { tell(Self.failure(fault.message, code: "invalid_value")) }
        return heard.sound
    }

    private func append(_ event: JSONValue) async throws {
        let samples = try samples(of: event)
        let seconds = Double(samples.count) / Double(Waterfall.sampleRate)
        let wait = settings.detectsTurns ? livePace.draw(seconds) : recordedPace.draw(seconds)
        if wait > 0 { try await Task.sleep(for: .seconds(wait)) }
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

    /// Forgets what was heard and is not over yet.
    private func clear() async {
        buffer = []
        if let call {
            openInput = nil
            call.source.clear()
            await call.session.clearInput()
        }
        tell(["type": "input_audio_buffer.cleared"])
    }

    private func commit() throws {
        if settings.detectsTurns {
            guard let call, call.source.received > 0 else { throw Self.nothingToCommit }
            call.source.fallSilent(settings.extras.isHeld ? RealtimeExtras.heldSilence + 0.3 : 1.5)
            return
        }
        guard !buffer.isEmpty else { throw Self.nothingToCommit }
        guard transcribing.count < Self.mostCommits else {
            throw RiposteError(
                .badInput, .audio, "\(transcribing.count) commits are being transcribed: wait for one of them.")
        }
        let samples = buffer
        buffer = []
        let item = Self.identifier("item")
        committed(item)
        let question = Task { [engines] in try await Self.transcribe(samples, engines) }
        ask(Question(item: item, text: question))
        let telling = Task {
            do {
                transcribed(try await question.value, item, seconds: Double(samples.count) / 16_000)
            } catch {
                tell([
                    "type": "conversation.item.input_audio_transcription.failed", "item_id": .string(item),
                    "content_index": 0,
                    "error": ["type": "server_error", "message": "It could not be transcribed."],
                ])
            }
            transcribing[item] = nil
            try? await flush()
        }
        transcribing[item] = (question, telling)
    }

    private static let nothingToCommit = RiposteError(.badInput, .audio, "There is no sound to commit.")

    private static func transcribe(_ samples: [Float], _ engines: SpeechEngines) async throws -> String {
        try await engines.transcriber.transcribe(samples, engines.session.recognition).text
    }

    /// - Parameter id: of the response that is meant; nil: any.
    private func cancel(_ id: String?) throws {
        guard let ended = response, id == nil || id == ended.id else {
            throw RiposteError(.badInput, .configuration, "No such response is under way.")
        }
        finish("cancelled", reason: "client_cancelled")
        if answering != nil {
            stopAnswering()
        } else {
            isMuted = true
            cancelled = ended
            sink?.stop()
        }
    }

    /// Takes note of something that is to be answered on request.
    func ask(_ question: Question) {
        if question.isDetected { questions.removeAll(where: \.isDetected) }
        questions.append(question)
        if questions.count > Self.mostQuestions { questions.removeFirst() }
    }

    /// What is answered on request is answered no further; another answer may begin at once, and waits for its end.
    func stopAnswering() {
        guard let stopped = answering else { return }
        answering = nil
        goesOn = false
        stopped.cancel()
        winding = Task { [winding] in
            await winding?.value
            await stopped.value
        }
    }

    /// How long ago what is said now began, for a client: before it was noticed.
    func inputMilliseconds(_ source: NetworkSource) -> Int { max(0, source.received / 16 - Self.padding) }
}
