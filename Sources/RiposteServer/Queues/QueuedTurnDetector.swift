import RiposteCore

/// The shared turn detector as one client uses it: its pauses are weighed in turn with the others'.
struct QueuedTurnDetector: TurnDetector {
    let base: any TurnDetector
    let client: EngineClient

    func load() async throws { try await base.load() }

    func unload() async { await base.unload() }

    func endOfTurnProbability(audio: ArraySlice<Float>, transcript: String) async throws -> Double {
        let base = base
        return try await client.queue.run(EngineWork(.turn, on: .turns, for: client.number)) {
            try await base.endOfTurnProbability(audio: audio, transcript: transcript)
        }
    }
}
