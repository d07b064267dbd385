import RiposteCore

/// Voice activity by level: a window with a loud sample is speech.
public struct ScriptedScorer: WindowScorer {
    public let windowLength = 512

    public init() {}

    public mutating func score(_ window: ArraySlice<Float>) -> Float { window.contains { abs($0) > 0.1 } ? 1 : 0 }
    public mutating func reset() {}
}

/// What a scripted engine does when it is asked.
public enum ScriptedBehaviour: Sendable, Equatable {
    case works
    case fails
    /// Never answers, until cancelled.
    case stalls
    /// Answers with nothing.
    case isEmpty
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
        switch behaviour {
        case .works: return transcript
        case .fails: throw RiposteError(.engineFailed, .transcription, "The scripted recogniser failed.")
        case .stalls:
            try await Task.sleep(for: .seconds(3600))
            return transcript
        case .isEmpty: return Transcript(text: "")
        }
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
        switch behaviour() {
        case .works:
            return AsyncThrowingStream { continuation in
                for reply in replies { continuation.yield(reply) }
                continuation.finish()
            }
        case .fails:
            return AsyncThrowingStream {
                $0.finish(throwing: RiposteError(.engineFailed, .dialog, "The scripted responder failed."))
            }
        case .stalls:
            return AsyncThrowingStream {
                try await Task.sleep(for: .seconds(3600))
                return nil
            }
        case .isEmpty:
            return AsyncThrowingStream { $0.finish() }
        }
    }
}

/// A voice of constant sound: a tenth of a second for each word, each sentence in frames of 20 ms.
public struct ScriptedSynthesizer: Synthesizer {
    public let name = "scripted"
    public let sampleRate = 16_000
    public let voices = [Voice(name: "tone", engine: "scripted", language: "en-US", licence: "Apache-2.0")]
    private let behaviour: @Sendable (String) -> ScriptedBehaviour

    /// - Parameter behaviour: by the text that is to be spoken.
    public init(behaviour: @escaping @Sendable (String) -> ScriptedBehaviour = { _ in .works }) {
        self.behaviour = behaviour
    }

    public func load() {}

    public func speak(
        _ pieces: AsyncStream<String>, options: SpeechOptions
    ) -> AsyncThrowingStream<SpokenFrame, any Error> {
        let state = State(pieces: pieces, behaviour: behaviour)
        return AsyncThrowingStream { try await state.next() }
    }

    private actor State {
        let pieces: AsyncStream<String>
        let behaviour: @Sendable (String) -> ScriptedBehaviour
        var frames: [SpokenFrame]?
        var next = 0

        init(pieces: AsyncStream<String>, behaviour: @escaping @Sendable (String) -> ScriptedBehaviour) {
            self.pieces = pieces
            self.behaviour = behaviour
        }

        func next() async throws -> SpokenFrame? {
            if frames == nil {
                var text = ""
                for await piece in pieces { text += piece }
                switch behaviour(text) {
                case .works: break
                case .fails: throw RiposteError(.engineFailed, .synthesis, "The scripted voice failed.")
                case .stalls: try await Task.sleep(for: .seconds(3600))
                case .isEmpty: text = ""
                }
                let words = text.split(separator: " ").count
                frames = (0..<(words * 5)).map { index in
                    SpokenFrame(
                        audio: AudioFrame(
                            samples: [Float](repeating: 0.3, count: 320), sampleRate: 16_000, position: index * 320),
                        text: text, progress: Double(index + 1) / Double(words * 5))
                }
            }
            guard let frames, next < frames.count else { return nil }
            defer { next += 1 }
            return frames[next]
        }
    }
}
