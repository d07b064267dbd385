import RiposteCore

/// Speaks sentences it has spoken before from memory, and others with the engine it wraps.
///
/// ```swift
/// let voice = CachedSynthesizer(HibariSynthesizer(folder: folder))
/// try await voice.prepare(["One moment, please.", "I did not get that."])
/// ```
public struct CachedSynthesizer: Synthesizer {
    private let base: any Synthesizer
    private let cache: PhraseCache

    public var name: String { base.name }
    public var sampleRate: Int { base.sampleRate }
    public var voices: [Voice] { base.voices }

    public init(_ base: any Synthesizer, cache: PhraseCache = PhraseCache()) {
        self.base = base
        self.cache = cache
    }

    public func load() async throws { try await base.load() }

    public func speak(
        _ pieces: AsyncStream<String>, options: SpeechOptions
    ) -> AsyncThrowingStream<SpokenFrame, any Error> {
        SpeechStream(renderer: self).speak(pieces, options: options)
    }

    /// Makes phrases that will be needed, so that they are there at once.
    public func prepare(_ phrases: [String], options: SpeechOptions = .init()) async throws {
        for phrase in phrases {
            for try await _ in speak(phrase, options: options) {}
        }
    }
}

extension CachedSynthesizer: SentenceRenderer {
    var gain: Float? { nil }

    func render(_ sentence: Sentence, options: SpeechOptions, to writer: SentenceWriter) async throws {
        let key = PhraseCache.Key(engine: base.name, voice: options.voice, text: sentence.text, rate: options.rate)
        if let samples = cache[key] { return try await writer.write(samples) }
        var samples: [Float] = []
        for try await frame in speech(of: sentence.text, options) {
            samples += frame.audio.samples
            try await writer.write(frame.audio.samples)
        }
        try Task.checkCancellation()
        cache.insert(samples, for: key)
    }

    /// The sentence at full volume, since the volume is applied to what comes out of the cache.
    private func speech(of text: String, _ options: SpeechOptions) -> AsyncThrowingStream<SpokenFrame, any Error> {
        var options = options
        options.volume = 1
        guard let renderer = base as? any SentenceRenderer else { return base.speak(text, options: options) }
        // It has been cut already; an early first clause would put pauses into every sentence.
        var stream = SpeechStream(renderer: renderer)
        stream.configuration.cutter.minimumFirstClause = .max
        return stream.speak(text, options: options)
    }
}
