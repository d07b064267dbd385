import RiposteCore
import Synchronization

/// The recognition of one turn's sound.
///
/// Sound is taken in at once and handed to the recogniser when it is next asked, so that a busy recogniser
/// never holds up the microphone.
actor TurnRecognition {
    private let transcriber: any Transcriber
    private let request: TranscriptionRequest
    private var utterance: (any Transcription)?
    private let waiting = Mutex<[Float]>([])
    private var handover: Task<any Transcription, any Error>?

    init(transcriber: any Transcriber, request: TranscriptionRequest) {
        self.transcriber = transcriber
        self.request = request
    }

    nonisolated func append(_ samples: [Float]) { waiting.withLock { $0 += samples } }

    func partial() async throws -> Transcript { try await handedOver().partial() }

    func final() async throws -> Transcript { try await handedOver().final() }

    /// Hands over what waits, one after another, so that sound stays in order when a new revision asks while
    /// an old one is still being stopped.
    private func handedOver() async throws -> any Transcription {
        let previous = handover
        let task = Task<any Transcription, any Error> {
            _ = try? await previous?.value
            let utterance = try await self.begun()
            let samples = self.waiting.withLock { waiting in
                defer { waiting = [] }
                return waiting
            }
            await utterance.append(samples)
            return utterance
        }
        handover = task
        return try await task.value
    }

    private func begun() async throws -> any Transcription {
        if let utterance { return utterance }
        let begun = try await transcriber.beginUtterance(request)
        utterance = begun
        return begun
    }
}
