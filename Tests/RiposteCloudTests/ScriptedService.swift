import RiposteCloud
import RiposteCore
import RiposteTesting
import Synchronization

/// A service that does what a script says, and keeps what it heard.
final class ScriptedService: Transcriber, RemoteEngine {
    struct State {
        var answer: Answer
        /// The utterances it was begun with, and what each was given.
        var heard: [[Float]] = []
        var probes = 0
    }

    enum Answer: Sendable {
        case text(String)
        case failure(RiposteError)
        /// Answers never, and does not let itself be cancelled.
        case never
        /// Takes so many samples, then fails.
        case breaksOff(after: Int)
    }

    let name: String
    let state: Mutex<State>

    init(_ name: String, _ answer: Answer) {
        self.name = name
        state = Mutex(State(answer: answer))
    }

    func become(_ answer: Answer) { state.withLock { $0.answer = answer } }
    var heard: [[Float]] { state.withLock { $0.heard } }

    func load() async throws {}

    func probe() async throws {
        let answer = state.withLock { state in
            state.probes += 1
            return state.answer
        }
        if case .failure(let error) = answer { throw error }
    }

    func beginUtterance(_ request: TranscriptionRequest) async throws -> any Transcription {
        let index = state.withLock { state in
            state.heard.append([])
            return state.heard.count - 1
        }
        return Utterance(service: self, index: index)
    }

    static let unavailable = RiposteError(.network, .transcription, "The script has no network here.")

    private struct Utterance: Transcription {
        let service: ScriptedService
        let index: Int

        func append(_ samples: [Float]) { service.state.withLock { $0.heard[index] += samples } }

        func partial() async throws -> Transcript {
            var transcript = try await final()
            transcript.kind = .partial
            return transcript
        }

        func final() async throws -> Transcript {
            let (answer, length) = service.state.withLock { ($0.answer, $0.heard[index].count) }
            switch answer {
            case .text(let text): return Transcript(text: text)
            case .failure(let error): throw error
            case .never:
                await withUnsafeContinuation { (_: UnsafeContinuation<Void, Never>) in }
                throw CancellationError()
            case .breaksOff(let limit):
                guard length < limit else { throw ScriptedService.unavailable }
                return Transcript(text: "\(length)")
            }
        }
    }
}

/// A scripted voice as a service.
struct ScriptedVoiceService: Synthesizer, RemoteEngine {
    let base: ScriptedSynthesizer
    let name = "cloud voice"
    var sampleRate: Int { base.sampleRate }
    var voices: [Voice] { base.voices }

    func load() async throws {}
    func probe() async throws {}

    func speak(
        _ pieces: AsyncStream<String>, options: SpeechOptions
    ) -> AsyncThrowingStream<SpokenFrame, any Error> { base.speak(pieces, options: options) }
}
