import RiposteCore
import RiposteTesting
import Synchronization
import Testing

@testable import RiposteSpeaking

/// An engine that counts what it is asked for, and speaks a tone whose length depends on the text and the rate.
private final class CountingSynthesizer: Synthesizer, SentenceRenderer {
    let name = "counting"
    let sampleRate = 16_000
    let voices = [Voice(name: "only", engine: "counting", language: "en", licence: "none")]
    let gain: Float? = 1
    private let asked = Mutex<[String]>([])

    var sentences: [String] { asked.withLock { $0 } }

    func load() async throws {}

    func speak(
        _ pieces: AsyncStream<String>, options: SpeechOptions
    ) -> AsyncThrowingStream<SpokenFrame, any Error> {
        SpeechStream(renderer: self).speak(pieces, options: options)
    }

    func render(_ sentence: Sentence, options: SpeechOptions, to writer: SentenceWriter) async throws {
        try checkVoice(options)
        asked.withLock { $0.append(sentence.text) }
        let count = Int(Double(sentence.text.count) * 0.06 * 16_000 * 175 / options.rate)
        try await writer.write((0..<count).map { $0 % 32 < 16 ? 0.2 : -0.2 })
    }
}

@Suite struct StreamingCacheTests {
    private func samples(
        _ voice: some Synthesizer, _ text: String, _ options: SpeechOptions = .init()
    ) async throws -> [Float] {
        var samples: [Float] = []
        for try await frame in voice.speak(text, options: options) { samples += frame.audio.samples }
        return samples
    }

    @Test(.timeLimit(.minutes(1))) func conforms() async {
        let engines: [any Synthesizer] = [CountingSynthesizer(), CachedSynthesizer(CountingSynthesizer())]
        for engine in engines {
            let violations = await SynthesizerConformance(engine).violations()
            #expect(violations == [], "\(violations)")
        }
    }

    @Test func speaksFromMemory() async throws {
        let engine = CountingSynthesizer()
        let voice = CachedSynthesizer(engine)
        let first = try await samples(voice, "One moment. I am thinking.")
        let second = try await samples(voice, "One moment. I am thinking.")
        #expect(first == second)
        #expect(engine.sentences == ["One moment.", "I am thinking."])
        let quiet = try await samples(voice, "One moment.", .init(volume: 0.45))
        #expect(zip(quiet, first).allSatisfy { abs($0 * 2 - $1) < 1e-5 })
        #expect(engine.sentences.count == 2)
        _ = try await samples(voice, "One moment.", .init(rate: 200))
        _ = try await samples(voice, "One moment.", .init(voice: "only"))
        #expect(engine.sentences.count == 4)
    }

    @Test func cacheIsBounded() async throws {
        let engine = CountingSynthesizer()
        let cache = PhraseCache(capacity: 60_000)
        let voice = CachedSynthesizer(engine, cache: cache)
        for number in 10..<30 {
            _ = try await samples(voice, "Number \(number).")
            _ = try await samples(voice, "Number 10.")
        }
        #expect(cache.count < 8)
        // What is used stays.
        #expect(engine.sentences.filter { $0 == "Number 10." }.count == 1)
        cache.removeAll()
        #expect(cache.count == 0)
    }

    @Test func preparesPhrases() async throws {
        let engine = CountingSynthesizer()
        let voice = CachedSynthesizer(engine)
        try await voice.prepare(["Just a second.", "Sorry?"])
        _ = try await samples(voice, "Sorry?")
        #expect(engine.sentences == ["Just a second.", "Sorry?"])
    }
}
