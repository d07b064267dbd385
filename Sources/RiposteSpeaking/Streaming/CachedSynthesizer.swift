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
    let identity: String

    public var name: String { base.name }
    public var sampleRate: Int { base.sampleRate }
    public var voices: [Voice] { base.voices }

    /// - Parameter identity: tells this engine and its model from others that use the same cache. Default: the engine's
    ///   name and voices and, for the engines of this library, its files with their sizes and dates, its lexicons and the
    ///   voice that speaks where none is named.
    public init(_ base: any Synthesizer, cache: PhraseCache = PhraseCache(), identity: String? = nil) {
        self.base = base
        self.cache = cache
        let own = (base as? any SentenceRenderer)?.identity ?? ""
        self.identity = identity ?? "\(base.name)/\(base.voices.first?.name ?? "") \(own)"
    }

    public func load() async throws { try await base.load() }

    public func unload() async { await base.unload() }

    public func speak(
        _ pieces: AsyncStream<String>, options: SpeechOptions
    ) -> AsyncThrowingStream<SpokenFrame, any Error> {
        SpeechStream(renderer: self).speak(pieces, options: options)
    }

    /// Makes phrases that will be needed, so that they are there at once, and, if the cache has a folder, the next time
    /// as well.
    public func prepare(_ phrases: [String], options: SpeechOptions = .init()) async throws {
        try await PhraseCache.$keepsOnDisk.withValue(true) {
            for phrase in phrases {
                for try await _ in speak(phrase, options: options) {}
            }
        }
    }
}

extension CachedSynthesizer: SentenceRenderer {
    var gain: Float? { nil }
    var reading: TextReading { (base as? any SentenceRenderer)?.reading ?? TextReading() }
    var understandsPhonemes: Bool { (base as? any SentenceRenderer)?.understandsPhonemes ?? false }

    func render(_ sentence: Sentence, options: SpeechOptions, to writer: SentenceWriter) async throws {
        let key = PhraseCache.Key(
            engine: identity, voice: options.voice, text: sentence.text, rate: options.rate, pitch: options.pitch ?? 1)
        if let samples = cache.samples(for: key) { return try await writer.write(samples) }
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
        // It has been cut and read already.
        let sentence = SpokenSentence(given: Sentence(text), spoken: text, options: options, renderer: renderer)
        return SpeechStream(renderer: renderer).speak {
            AsyncStream { continuation in
                continuation.yield(.sentence(sentence))
                continuation.finish()
            }
        }
    }
}
