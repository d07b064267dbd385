import RiposteCore

/// One voice of an engine that has several: who speaks when nobody is named. The engine may serve other voices too.
struct ChosenVoice: Synthesizer, SentenceRenderer {
    let engine: any VoiceEngine
    /// The engine's name for it.
    let voice: String
    /// What it was asked for by: its name, or the path of a file.
    let wish: String

    var name: String { engine.name }
    var sampleRate: Int { engine.sampleRate }
    var voices: [Voice] { engine.voices }
    var gain: Float? { engine.gain }
    var reading: TextReading { engine.reading }
    var understandsPhonemes: Bool { engine.understandsPhonemes }
    var identity: String { "\(engine.identity) \(voice)" }

    /// Loads the engine by letting this voice, and no other, speak to nobody.
    func load() async throws { _ = try await engine.gain(for: SpeechOptions(voice: voice)) }

    func unload() async { await engine.unload() }

    func speak(_ pieces: AsyncStream<String>, options: SpeechOptions) -> AsyncThrowingStream<SpokenFrame, any Error> {
        engine.speak(pieces, options: chosen(options))
    }

    func gain(for options: SpeechOptions) async throws -> Float? { try await engine.gain(for: chosen(options)) }

    func render(_ sentence: Sentence, options: SpeechOptions, to writer: SentenceWriter) async throws {
        try await engine.render(sentence, options: chosen(options), to: writer)
    }

    private func chosen(_ options: SpeechOptions) -> SpeechOptions {
        var options = options
        if options.voice == nil || options.voice == wish { options.voice = voice }
        return options
    }
}
