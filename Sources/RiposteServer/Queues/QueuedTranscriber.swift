import RiposteCore
import Synchronization

/// A client of the shared engines; when it is let go, the queue forgets it.
final class EngineClient: Sendable {
    let queue: EngineQueue
    let number: Int

    init(_ queue: EngineQueue) {
        self.queue = queue
        number = queue.newClient()
    }

    deinit { queue.forget(client: number) }
}

/// The shared recogniser as one client uses it: transcripts wait their turn.
struct QueuedTranscriber: Transcriber {
    let base: any Transcriber
    let client: EngineClient

    var name: String { base.name }

    func load() async throws { try await base.load() }

    func beginUtterance(_ request: TranscriptionRequest) async throws -> any Transcription {
        QueuedTranscription(base: try await base.beginUtterance(request), client: client)
    }
}

private final class QueuedTranscription: Transcription {
    private let base: any Transcription
    private let client: EngineClient
    private let samples = Atomic<Int>(0)

    init(base: any Transcription, client: EngineClient) {
        self.base = base
        self.client = client
    }

    func append(_ samples: [Float]) async {
        self.samples.wrappingAdd(samples.count, ordering: .relaxed)
        await base.append(samples)
    }

    func partial() async throws -> Transcript {
        let base = base
        return try await client.queue.run(EngineWork(.partial, on: .transcription, for: client.number)) {
            try await base.partial()
        }
    }

    func final() async throws -> Transcript {
        let (base, queue) = (base, client.queue)
        let sound = Double(samples.load(ordering: .relaxed)) / Double(Waterfall.sampleRate)
        return try await queue.run(EngineWork(.final, on: .transcription, for: client.number)) {
            let start = ContinuousClock.now
            let transcript = try await base.final()
            queue.transcribed(soundSeconds: sound, in: (ContinuousClock.now - start) / .seconds(1))
            return transcript
        }
    }
}
