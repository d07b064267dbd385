import Foundation
import RiposteAudio
import RiposteCore

/// Serves one client: takes its events in order and answers them. Speech and answers are made beside, so that a client can
/// ask whether the server is there while it speaks.
struct WyomingConnection: Sendable {
    let engines: SpeechEngines
    let conversations: TextConversations
    let version: String
    /// What the connection is called where it is noted what becomes of its requests.
    var name = "wyoming"
    let send: @Sendable (WyomingEvent) async throws -> Void
    /// What the client waits for.
    let activity = WyomingActivity()

    /// Texts that wait to be spoken or answered, at most, before the client is heard again. Default 8.
    static let waitingLimit = 8
    /// Characters of a text that is spoken or answered, at most.
    static let longestText = 20_000

    private enum Listening {
        case recognition(WyomingRecognition)
        case utterance(WyomingUtterance)
        case waking(WyomingWaking)
    }

    /// What the next sound is for.
    private struct State {
        var request = WyomingEvent("transcribe")
        var listening: Listening?
        var sound: WyomingSound?
        /// Takes the pieces of a text that is still being written.
        var pieces: AsyncStream<String>.Continuation?
        var writtenCount = 0
        var program: String?
        let conversation = UUID().uuidString
        /// How many requests there were.
        var requests = 0

        /// Whether sound is on its way that is to be understood. Wake words are listened for without an end, and what comes
        /// after the end of a turn is not listened to.
        var isHearing: Bool {
            get async {
                switch listening {
                case .recognition(let recognition): await !recognition.isDone
                case .utterance: true
                case .waking, nil: false
                }
            }
        }
    }

    private typealias Work = @Sendable () async throws -> Void

    /// Serves the client until its events end, and what it asked for is answered.
    /// - Throws: what ends the connection: an event that is none, an engine that failed.
    func run<Events: AsyncSequence & Sendable>(_ events: Events) async throws
    where Events.Element == WyomingEvent {
        let (queue, work) = AsyncStream.makeStream(of: Work.self, bufferingPolicy: .bufferingOldest(Self.waitingLimit))
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { for await piece in queue { try await piece() } }
            group.addTask {
                var state = State()
                defer {
                    state.pieces?.finish()
                    work.finish()
                }
                for try await event in events {
                    if Self.beginnings.contains(event.type) { state.requests += 1 }
                    let turn = TurnIdentity(conversation: name, turn: state.requests)
                    activity.begin()
                    try await TurnIdentity.$current.withValue(turn) { try await take(event, &state, work) }
                    let isHearing = await state.isHearing
                    activity.isHearing = isHearing
                    // Sound that nobody waits for an answer to does not keep the server from its end.
                    activity.end(counts: isHearing || !["audio-start", "audio-chunk"].contains(event.type))
                }
            }
            // The first failure ends both.
            while try await group.next() != nil {}
        }
    }

    /// What a request begins with.
    private static let beginnings: Set<String> = [
        "transcribe", "detect", "synthesize", "synthesize-start", "transcript", "recognize",
    ]

    private func take(_ event: WyomingEvent, _ state: inout State, _ work: AsyncStream<Work>.Continuation) async throws
    {
        switch event.type {
        case "describe": try await send(WyomingInfo(engines: engines, version: version).event)
        case "ping": try await send(WyomingEvent("pong", event.data))
        case "select-program": state.program = event.text("name")
        case "transcribe", "detect":
            state.request = event
            (state.listening, state.sound) = (nil, nil)
        case "audio-start", "audio-chunk", "audio-stop": try await hear(event, &state)
        case "synthesize", "synthesize-start", "synthesize-chunk", "synthesize-stop": try speak(event, &state, work)
        case "transcript", "recognize": try answer(event, state, work)
        // What is not known is for others: satellites, timers, what will come.
        default: break
        }
    }

    // MARK: Sound

    private func hear(_ event: WyomingEvent, _ state: inout State) async throws {
        if event.type == "audio-start" { (state.listening, state.sound) = (nil, nil) }
        if event.type != "audio-stop" || state.sound == nil {
            if state.sound == nil { state.sound = try WyomingSound(event) }
            if state.listening == nil { state.listening = try await listening(state.request) }
        }
        guard let listening = state.listening else { return }
        switch event.type {
        case "audio-chunk":
            let samples = state.sound?.samples(event.payload) ?? []
            // Long sound is heard in short pieces, so that what it means is noticed where it is.
            var rest = samples[...]
            while !rest.isEmpty {
                let piece = Array(rest.prefix(1600))
                rest = rest.dropFirst(1600)
                switch listening {
                case .recognition(let recognition): try await recognition.append(piece)
                case .utterance(let utterance): try await utterance.append(piece)
                case .waking(let waking): try await waking.append(piece)
                }
            }
        case "audio-stop":
            let rest = state.sound?.finish() ?? []
            switch listening {
            case .recognition(let recognition):
                try await recognition.append(rest)
                try await recognition.finish()
            case .utterance(let utterance):
                try await utterance.append(rest)
                try await utterance.finish()
            case .waking(let waking):
                try await waking.append(rest)
                try await waking.finish()
            }
            (state.listening, state.sound) = (nil, nil)
        default: break
        }
    }

    private func listening(_ request: WyomingEvent) async throws -> Listening {
        if request.type == "detect" {
            let waking = try WyomingWaking(engines: engines, names: request.texts("names") ?? [], send: send)
            try await waking.load()
            return .waking(waking)
        }
        if case .object(let work)? = request.object("context")[WyomingWork.key] {
            let request = try transcriptionRequest(request, WyomingWork.request(work, language: language(request)))
            return .utterance(WyomingUtterance(engines: engines, request: request, send: send))
        }
        var configuration = WyomingRecognition.Configuration()
        configuration.endpoint = engines.session.endpoint
        // Whoever asks for a transcript has reason to: a short word counts.
        configuration.endpoint.minimumSpeech = min(0.15, configuration.endpoint.minimumSpeech)
        configuration.policy = engines.session.endOfTurn
        switch request.text("vad_sensitivity") {
        case "relaxed": configuration.patience = 1.8
        case "aggressive": configuration.patience = 0.6
        default: break
        }
        var recognition = engines.session.recognition
        if let language = language(request) { recognition.language = language }
        let transcription = try transcriptionRequest(request, recognition)
        return .recognition(
            try WyomingRecognition(
                engines: engines, request: transcription, configuration: configuration, send: send))
    }

    private func language(_ event: WyomingEvent) -> String? {
        guard let language = event.text("language"), language.count >= 2 else { return nil }
        return String(language.prefix { $0.isLetter }).lowercased()
    }

    /// - Parameter given: what is asked for apart from the phrases that the event names.
    private func transcriptionRequest(_ event: WyomingEvent, _ given: TranscriptionRequest) throws
        -> TranscriptionRequest
    {
        if let name = event.text("name"), name != engines.transcriber.name, name != "riposte" {
            throw RiposteError(
                .badInput, .transcription, "There is no model '\(name)' here, only \(engines.transcriber.name).")
        }
        var request = given
        request.phrases += (event.texts("transcript_names") ?? []) + (event.texts("transcript_terms") ?? [])
        guard request.phrases.count <= 2000 else {
            throw RiposteError(.badInput, .transcription, "More than 2000 phrases cannot be favoured at once.")
        }
        return request
    }

    // MARK: Texts

    private func speak(_ event: WyomingEvent, _ state: inout State, _ work: AsyncStream<Work>.Continuation) throws {
        let speaking = WyomingSpeaking(engines: engines, send: send)
        switch event.type {
        case "synthesize":
            // While a text is being written, its whole is sent too, for servers that know no pieces.
            guard state.pieces == nil else { return }
            let (text, voice) = (try text(event), try speaking.voice(event))
            let manner = speaking.manner(event)
            let isMarkup = event.text("text_format") == "ssml"
            try enqueue(work) { try await speaking.speak(text, voice: voice, isMarkup: isMarkup, manner: manner) }
        case "synthesize-start":
            state.pieces?.finish()
            let voice = try speaking.voice(event)
            let manner = speaking.manner(event)
            let (pieces, continuation) = AsyncStream.makeStream(of: String.self)
            (state.pieces, state.writtenCount) = (continuation, 0)
            try enqueue(work) {
                try await speaking.speak(pieces, voice: voice, manner: manner)
                try await send(WyomingEvent("synthesize-stopped"))
            }
        case "synthesize-chunk":
            let piece = try text(event)
            state.writtenCount += piece.count
            guard state.writtenCount <= Self.longestText else { throw tooLong }
            state.pieces?.yield(piece)
        default:
            state.pieces?.finish()
            state.pieces = nil
        }
    }

    private func answer(_ event: WyomingEvent, _ state: State, _ work: AsyncStream<Work>.Continuation) throws {
        let answering = WyomingAnswering(engines: engines, conversations: conversations, send: send)
        let (text, program) = (try text(event), state.program)
        if event.type == "recognize" {
            let context = event.data["context"]
            try enqueue(work) { try await answering.understand(text, context: context, persona: program) }
        } else {
            let id = event.object("context")["conversation_id"]?.text ?? state.conversation
            try TextConversations.check(id)
            let language = event.text("language")
            try enqueue(work) {
                try await answering.answer(text, language: language, in: id, persona: program)
            }
        }
    }

    private func text(_ event: WyomingEvent) throws -> String {
        guard let text = event.text("text") else {
            throw RiposteError(.badInput, .session, "A '\(event.type)' event has no text.")
        }
        guard text.count <= Self.longestText else { throw tooLong }
        return text
    }

    private var tooLong: RiposteError {
        RiposteError(.badInput, .session, "A text may have \(Self.longestText) characters.")
    }

    private func enqueue(_ work: AsyncStream<Work>.Continuation, _ piece: @escaping Work) throws {
        let turn = TurnIdentity.current
        activity.begin()
        let named: Work = {
            defer { activity.end() }
            try await TurnIdentity.$current.withValue(turn) { try await piece() }
        }
        guard case .enqueued = work.yield(named) else {
            activity.end()
            throw RiposteError(
                .badInput, .session, "More than \(Self.waitingLimit) texts are waiting on this connection.")
        }
    }
}
