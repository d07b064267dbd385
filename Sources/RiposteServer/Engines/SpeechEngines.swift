import RiposteConversation
import RiposteCore
import RiposteDialog
import RiposteSpeaking
import Synchronization

/// What the server listens, understands, answers and speaks with. Weights are shared by all conversations; whoever
/// starts the server decides which engines these are.
public struct SpeechEngines: Sendable {
    /// Somebody to talk with: a dialog project, or the built-in skills.
    public struct Persona: Sendable {
        /// What a client asks for ("riposte", "coffee"): the `model` of a conversation.
        public var name: String
        public var responder: any Responder
        /// What understands its users; nil where there are no intents.
        public var understanding: (any Understanding)?

        public init(name: String, responder: any Responder, understanding: (any Understanding)? = nil) {
            self.name = name
            self.responder = responder
            self.understanding = understanding
        }
    }

    /// The recogniser of conversations and recordings.
    public var transcriber: any Transcriber
    /// A fresh voice-activity scorer, sharing the weights.
    public var voiceActivity: @Sendable () throws -> any WindowScorer
    /// Without it the words alone tell when a turn is over.
    public var turnDetector: (any TurnDetector)?
    /// The first one is who answers where a client names nobody. Never empty.
    public var personas: [Persona] {
        get { present.personas.withLock { $0 } }
        set { present = Present(newValue) }
    }
    private var present: Present
    /// The voices a client may choose from. Wishes for others are tried, too: a file, a voice of espeak-ng.
    public var voices: [Voice]
    /// The voice where a client names none.
    public var defaultVoice: String
    /// The engine of a voice, by its name. Asked for the same voice, it gives the same engine.
    /// Throws `.badInput` for a voice that is not there.
    public var synthesizer: @Sendable (_ voice: String) throws -> any Synthesizer
    /// The wake words that can be waited for; empty: none.
    public var wakeWords: [String] = []
    /// A fresh detector of wake words. Throws `.badInput` for a word that cannot be waited for.
    public var wakeWordDetector: @Sendable (_ words: [String]) throws -> any WakeWordDetector = { words in
        throw RiposteError(.badInput, .wakeWord, "No wake words are set up here.")
    }
    /// How conversations are held where a client does not say.
    public var session = Session.Configuration()
    /// Whose work the engines do next. All copies share it.
    let queue: EngineQueue

    /// - Parameter transcriptions: utterances that the transcriber recognises at once, on threads of its own; further ones
    ///   wait their turn.
    public init(
        transcriber: any Transcriber, transcriptions: Int = 1,
        voiceActivity: @escaping @Sendable () throws -> any WindowScorer,
        turnDetector: (any TurnDetector)? = nil, personas: [Persona], voices: [Voice],
        synthesizer: @escaping @Sendable (_ voice: String) throws -> any Synthesizer
    ) {
        self.transcriber = transcriber
        self.voiceActivity = voiceActivity
        self.turnDetector = turnDetector
        present = Present(personas)
        self.voices = voices
        self.synthesizer = synthesizer
        defaultVoice = voices.first?.name ?? ""
        queue = EngineQueue(configuration: .init(transcriptions: max(1, transcriptions)))
    }

    /// Whom one can talk with.
    private final class Present: Sendable {
        let personas: Mutex<[Persona]>
        init(_ personas: [Persona]) { self.personas = Mutex(personas) }
    }

    /// Has others answer from now on, also in all copies that were made of this. Whoever is being talked with stays until the call is over.
    /// - Parameter personas: loaded already; not empty.
    public func replacePersonas(_ personas: [Persona]) { present.personas.withLock { $0 = personas } }

    /// The same for one client: its work waits its turn among the others'.
    func queued() -> SpeechEngines {
        let client = EngineClient(queue)
        var engines = self
        engines.transcriber = QueuedTranscriber(base: transcriber, client: client)
        engines.turnDetector = turnDetector.map { QueuedTurnDetector(base: $0, client: client) }
        engines.synthesizer = { [synthesizer] voice in
            QueuedSynthesizer(base: try synthesizer(voice), client: client)
        }
        return engines
    }

    /// - Parameter name: nil, or a name that is not known, is whoever answers by default: clients send the names of
    ///   models of other servers.
    /// - Throws: `.badInput` when there is nobody.
    public func persona(_ name: String? = nil) throws -> Persona {
        guard let persona = personas.first(where: { $0.name == name }) ?? personas.first else {
            throw RiposteError(.badInput, .configuration, "There is nobody to talk with.")
        }
        return persona
    }

    /// Loads everything and lets each engine do its work once, so that the first client waits no longer than any.
    public func load() async throws {
        let recognition = session.recognition
        let phrases = session.phrases.fixed
        let speech = session.speech
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask {
                try await transcriber.load()
                _ = try await transcriber.transcribe([Float](repeating: 0, count: 16_000), recognition)
            }
            group.addTask { try await turnDetector?.load() }
            for persona in personas {
                group.addTask { try await persona.responder.load() }
            }
            group.addTask {
                let synthesizer = try synthesizer(defaultVoice)
                try await synthesizer.load()
                for try await _ in synthesizer.speak("Ready.", options: speech) {}
                try await (synthesizer as? CachedSynthesizer)?.prepare(phrases, options: speech)
            }
            try await group.waitForAll()
        }
    }
}
