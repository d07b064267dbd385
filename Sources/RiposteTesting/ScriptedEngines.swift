import RiposteCore

/// Voice activity by level: a window with a loud sample is speech.
public struct ScriptedScorer: WindowScorer {
    public let windowLength = 512

    public init() {}

    public mutating func score(_ window: ArraySlice<Float>) -> Float { window.contains { abs($0) > 0.1 } ? 1 : 0 }
    public mutating func reset() {}
}

/// A recogniser that understands what the script says, utterance by utterance.
public actor ScriptedTranscriber: Transcriber {
    public nonisolated let name = "scripted"
    private var script: [Transcript]
    private let behaviour: @Sendable (Int) -> ScriptedBehaviour
    private var utterances = 0

    /// - Parameters:
    ///   - script: a transcript for each utterance; the last one serves all further ones.
    ///   - behaviour: by the number of the utterance, counted from 1 (0 is the warm-up).
    public init(_ script: [Transcript], behaviour: @escaping @Sendable (Int) -> ScriptedBehaviour = { _ in .works }) {
        self.script = script
        self.behaviour = behaviour
    }

    public func load() {}

    public func beginUtterance(_ request: TranscriptionRequest) -> any Transcription {
        defer { utterances += 1 }
        let index = max(0, min(utterances - 1, script.count - 1))
        return ScriptedTranscription(
            transcript: script.isEmpty ? Transcript(text: "") : script[index],
            behaviour: utterances == 0 ? .works : behaviour(utterances))
    }
}

private struct ScriptedTranscription: Transcription {
    let transcript: Transcript
    let behaviour: ScriptedBehaviour

    func append(_ samples: [Float]) {}

    func partial() async throws -> Transcript {
        var partial = transcript
        partial.kind = .partial
        return partial
    }

    func final() async throws -> Transcript {
        try await behaviour.begin(.transcription)
        try await behaviour.goOn(.transcription)
        return behaviour == .isEmpty ? Transcript(text: "") : transcript
    }
}

/// A turn detector that always says the same.
public struct ScriptedTurnDetector: TurnDetector {
    private let probability: Double
    private let behaviour: @Sendable () -> ScriptedBehaviour

    public init(_ probability: Double, behaviour: @escaping @Sendable () -> ScriptedBehaviour = { .works }) {
        self.probability = probability
        self.behaviour = behaviour
    }

    public func endOfTurnProbability(audio: ArraySlice<Float>, transcript: String) async throws -> Double {
        let behaviour = behaviour()
        try await behaviour.begin(.turn)
        try await behaviour.goOn(.turn)
        return behaviour == .isEmpty ? .nan : probability
    }
}

/// A responder that answers by a closure.
public struct ScriptedResponder: Responder {
    private let answer: @Sendable (Transcript, Conversation) -> [Reply]
    private let behaviour: @Sendable () -> ScriptedBehaviour

    public init(
        behaviour: @escaping @Sendable () -> ScriptedBehaviour = { .works },
        _ answer: @escaping @Sendable (Transcript, Conversation) -> [Reply]
    ) {
        self.answer = answer
        self.behaviour = behaviour
    }

    public func reply(
        to utterance: Transcript, in conversation: Conversation
    ) -> AsyncThrowingStream<Reply, any Error> {
        let replies = answer(utterance, conversation)
        let behaviour = behaviour()
        let state = Pieces(behaviour == .isEmpty ? [] : replies, behaviour)
        return AsyncThrowingStream { try await state.next() }
    }

    private actor Pieces {
        private var rest: ArraySlice<Reply>
        private let behaviour: ScriptedBehaviour
        private var given = 0

        init(_ replies: [Reply], _ behaviour: ScriptedBehaviour) {
            rest = replies[...]
            self.behaviour = behaviour
        }

        func next() async throws -> Reply? {
            if given == 0 { try await behaviour.begin(.dialog) } else { try await behaviour.goOn(.dialog) }
            given += 1
            return rest.popFirst()
        }
    }
}

/// A voice of constant sound: a tenth of a second for each word, each answer in frames of 20 ms. The level tells which
/// answer it is; see ``ScriptedVoiceLedger``.
public struct ScriptedSynthesizer: Synthesizer {
    public let name = "scripted"
    public let sampleRate = 16_000
    public let voices = [Voice(name: "tone", engine: "scripted", language: "en-US", licence: "Apache-2.0")]
    private let behaviour: @Sendable (String) -> ScriptedBehaviour
    private let ledger: ScriptedVoiceLedger

    /// - Parameters:
    ///   - ledger: where it is written down what was spoken.
    ///   - behaviour: by the text that is to be spoken.
    public init(
        ledger: ScriptedVoiceLedger = .init(),
        behaviour: @escaping @Sendable (String) -> ScriptedBehaviour = { _ in .works }
    ) {
        self.ledger = ledger
        self.behaviour = behaviour
    }

    public func load() {}

    public func speak(
        _ pieces: AsyncStream<String>, options: SpeechOptions
    ) -> AsyncThrowingStream<SpokenFrame, any Error> {
        let state = State(pieces: pieces, behaviour: behaviour, ledger: ledger)
        return AsyncThrowingStream { try await state.next() }
    }

    private actor State {
        let pieces: AsyncStream<String>
        let script: @Sendable (String) -> ScriptedBehaviour
        let ledger: ScriptedVoiceLedger
        var behaviour = ScriptedBehaviour.works
        var frames: [SpokenFrame]?
        var next = 0

        init(
            pieces: AsyncStream<String>, behaviour: @escaping @Sendable (String) -> ScriptedBehaviour,
            ledger: ScriptedVoiceLedger
        ) {
            self.pieces = pieces
            script = behaviour
            self.ledger = ledger
        }

        func next() async throws -> SpokenFrame? {
            if frames == nil {
                var text = ""
                for await piece in pieces { text += piece }
                behaviour = script(text)
                try await behaviour.begin(.synthesis)
                if behaviour == .isEmpty { text = "" }
                let words = text.split(separator: " ").count
                let level = ledger.level(of: text)
                frames = (0..<(words * 5)).map { index in
                    SpokenFrame(
                        audio: AudioFrame(
                            samples: [Float](repeating: level, count: 320), sampleRate: 16_000, position: index * 320),
                        text: text, progress: Double(index + 1) / Double(words * 5))
                }
            }
            guard let frames, next < frames.count else { return nil }
            if next > frames.count / 2 { try await behaviour.goOn(.synthesis) }
            defer { next += 1 }
            return frames[next]
        }
    }
}
