import Foundation
import RiposteConversation
import RiposteCore

/// A spoken conversation with a client on the network: a session whose microphone and loudspeaker are messages.
///
/// ```swift
/// let call = try NetworkConversation(engines, options: .init()) { output in … to the client … }
/// async let running: Void = call.run()
/// await call.source.hear(samples)  // as they come
/// for await event in call.events { … }
/// ```
public struct NetworkConversation: Sendable {
    public struct Options: Sendable {
        /// Whom to talk with, and in what voice; nil takes the server's own.
        public var persona: String?
        public var voice: String?
        /// Whether what is said is answered. Without, turns end as usual, their transcripts are told, and nothing sounds or
        /// rings.
        public var answers = true
        /// In hertz, of what is sent to the client. Default: 24 000.
        public var outputRate = 24_000
        /// What was said before.
        public var conversation = Conversation()
        /// What the conversation is called where its turns are noted; nil: as the conversation itself.
        public var name: String?
        /// Is told of each step of each turn. To be quick.
        public var onStep: @Sendable (TurnStep) -> Void = { _ in }
        /// Changes what the session is made with, at last.
        public var adjust: @Sendable (inout Session.Configuration) -> Void = { _ in }
        /// The same of its parts.
        public var adjustParts: @Sendable (inout Session.Parts) -> Void = { _ in }

        public init() {}
    }

    /// Takes the client's sound.
    public let source: NetworkSource
    public let session: Session

    /// What happens, for one observer.
    public var events: AsyncStream<SessionEvent> { session.events }

    /// - Parameter send: takes what goes to the client's loudspeaker.
    /// - Throws: `.badInput` for a voice that is not there.
    public init(
        _ engines: SpeechEngines, options: Options = .init(),
        send: @escaping @Sendable (NetworkSink.Output) async throws -> Void
    ) throws {
        let source = NetworkSource()
        self.source = source
        var configuration = engines.session
        configuration.pace = .real
        configuration.inputEnd = nil
        configuration.reconnects = false
        configuration.sharesTimeline = false
        configuration.isWarm = true
        var conversation = options.conversation
        var parts: Session.Parts
        if options.answers {
            let voice = options.voice ?? engines.defaultVoice
            configuration.speech.voice = voice
            parts = Session.Parts(
                source: { source }, sink: NetworkSink(sampleRate: options.outputRate, send: send),
                voiceActivity: engines.voiceActivity, transcriber: engines.transcriber,
                responder: try engines.persona(options.persona).responder, turnDetector: engines.turnDetector,
                synthesizer: try engines.synthesizer(voice))
        } else {
            parts = Session.Parts(
                source: { source }, sink: SilentSink(), voiceActivity: engines.voiceActivity,
                transcriber: engines.transcriber, responder: SilentResponder(), turnDetector: engines.turnDetector,
                synthesizer: SilentSynthesizer())
            configuration.turn.quietLimit = nil
            configuration.turn.allowsInterruption = true
            conversation.alarms = []
        }
        (parts.name, parts.onStep) = (options.name, options.onStep)
        // What was filled in, and what came late after it, are both in the positions.
        parts.now = { Date() }
        options.adjust(&configuration)
        options.adjustParts(&parts)
        session = Session(parts: parts, configuration: configuration, conversation: conversation)
    }

    /// Converses until the source has ended and what began is finished, the user says goodbye, or the task is cancelled.
    public func run() async throws { try await session.run() }
}

/// Takes note of what is said, and says nothing.
private struct SilentResponder: Responder {
    func reply(to utterance: Transcript, in conversation: Conversation) -> AsyncThrowingStream<Reply, any Error> {
        AsyncThrowingStream { output in
            output.yield(Reply("."))
            output.finish()
        }
    }
}

/// Speaks without a sound.
private struct SilentSynthesizer: Synthesizer {
    let name = "silence"
    let sampleRate = 16_000
    let voices: [Voice] = []

    func load() {}

    func speak(_ pieces: AsyncStream<String>, options: SpeechOptions) -> AsyncThrowingStream<SpokenFrame, any Error> {
        AsyncThrowingStream { output in
            output.yield(SpokenFrame(audio: AudioFrame(samples: [0], sampleRate: 16_000, position: 0), text: "."))
            output.finish()
        }
    }
}

private struct SilentSink: AudioSink {
    func play(
        _ speech: AsyncThrowingStream<AudioFrame, any Error>, onStart: @escaping @Sendable (Double) -> Void
    ) async throws -> Int {
        var count = 0
        for try await frame in speech {
            if count == 0 { onStart(0) }
            count += frame.samples.count
        }
        return count
    }
}
