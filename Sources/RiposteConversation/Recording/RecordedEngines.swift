import RiposteCore

extension Session.Parts {
    /// The parts of a replay. They are there, and never asked: what they said is told from the recording.
    static func recorded(hasTurnDetector: Bool) -> Session.Parts {
        let engine = RecordedEngine()
        return Session.Parts(
            source: { engine }, sink: engine, voiceActivity: { throw RecordedEngine.error }, transcriber: engine,
            responder: engine, turnDetector: hasTurnDetector ? engine : nil, synthesizer: engine)
    }
}

/// Takes every engine's place in a replay.
private struct RecordedEngine: AudioSource, AudioSink, Transcriber, Responder, TurnDetector, Synthesizer {
    static let error = RiposteError(.badInput, .session, "In a replay no engine is asked.")

    let name = "recorded"
    let sampleRate = Waterfall.sampleRate
    let voices: [Voice] = []

    func load() async throws {}

    func unload() async {}

    func frames() -> AsyncThrowingStream<AudioFrame, any Error> { .init { $0.finish() } }

    func play(
        _ speech: AsyncThrowingStream<AudioFrame, any Error>, onStart: @escaping @Sendable (Double) -> Void
    ) async throws -> Int { throw Self.error }

    func beginUtterance(_ request: TranscriptionRequest) async throws -> any Transcription { throw Self.error }

    func endOfTurnProbability(audio: ArraySlice<Float>, transcript: String) async throws -> Double {
        throw Self.error
    }

    func reply(
        to utterance: Transcript, in conversation: Conversation
    ) -> AsyncThrowingStream<Reply, any Error> { .init { $0.finish() } }

    func speak(
        _ pieces: AsyncStream<String>, options: SpeechOptions
    ) -> AsyncThrowingStream<SpokenFrame, any Error> { .init { $0.finish() } }
}
