import Foundation
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

    @Test(.timeLimit(.minutes(10))) func conforms() async {
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

    /// What is prepared is there the next time, and only that.
    @Test func preparedPhrasesAreKeptOnDisk() async throws {
        let folder = try TestResources.temporaryFolder()
        defer { try? FileManager.default.removeItem(at: folder) }
        let first = CountingSynthesizer()
        let voice = CachedSynthesizer(first, cache: PhraseCache(folder: folder))
        try await voice.prepare(["Just a second.", "Sorry?"])
        let made = try await samples(voice, "Sorry?")
        _ = try await samples(voice, "Nobody's business.")

        let second = CountingSynthesizer()
        let next = CachedSynthesizer(second, cache: PhraseCache(folder: folder))
        let kept = try await samples(next, "Sorry?")
        #expect(second.sentences == [])
        #expect(kept.count == made.count && zip(kept, made).allSatisfy { abs($0 - $1) < 1e-4 })
        _ = try await samples(next, "Nobody's business.")
        _ = try await samples(next, "Sorry?", .init(rate: 200))
        _ = try await samples(next, "Sorry?", .init(pitch: 1.2))
        _ = try await samples(
            CachedSynthesizer(second, cache: PhraseCache(folder: folder), identity: "other"), "Sorry?")
        #expect(second.sentences == ["Nobody's business.", "Sorry?", "Sorry?", "Sorry?"])
    }

    @Test func damagedFilesAreMadeAgain() async throws {
        let folder = try TestResources.temporaryFolder()
        defer { try? FileManager.default.removeItem(at: folder) }
        try await CachedSynthesizer(CountingSynthesizer(), cache: PhraseCache(folder: folder)).prepare(["Sorry?"])
        let files = try FileManager.default.contentsOfDirectory(at: folder, includingPropertiesForKeys: nil)
        #expect(files.count == 1)
        let whole = try Data(contentsOf: files[0])
        for damaged in [
            Data(), whole.prefix(6), whole.prefix(30), whole.dropLast(1), whole.dropLast(2), whole.dropLast(2000),
            whole + Data(count: 2), whole.dropLast(2) + Data([1, 2]), Data("RPS2".utf8) + Data(count: 200),
            Data("RPS2".utf8) + Data(repeating: 0xFF, count: 200),
        ] {
            try damaged.write(to: files[0])
            let engine = CountingSynthesizer()
            let voice = CachedSynthesizer(engine, cache: PhraseCache(folder: folder))
            #expect(try await samples(voice, "Sorry?").count > 1000)
            #expect(engine.sentences == ["Sorry?"])
        }
        // A folder that cannot be written is no reason to be silent.
        let voice = CachedSynthesizer(CountingSynthesizer(), cache: PhraseCache(folder: files[0]))
        try await voice.prepare(["Sorry?"])
        #expect(try await samples(voice, "Sorry?").count > 1000)
    }

    /// Whatever stands in a key: no two are taken for one.
    @Test func keysAreToldApart() throws {
        let folder = try TestResources.temporaryFolder()
        defer { try? FileManager.default.removeItem(at: folder) }
        let parts: [(String, String?, String)] = [
            ("e", "v", "text"), ("e\nv", "", "text"), ("e", "v\n175.0\n1.0\ntext", ""), ("e", nil, "v\ntext"),
            ("e", "v", "text\n"), ("", "e\nv", "text"),
        ]
        let keys = parts.map { PhraseCache.Key(engine: $0.0, voice: $0.1, text: $0.2, rate: 175, pitch: 1) }
        let phrases = PhraseFolder(folder, capacity: 1_000_000)
        for (number, key) in keys.enumerated() { phrases.insert([Float](repeating: 0.1, count: number), for: key) }
        for (number, key) in keys.enumerated() { #expect(phrases.samples(for: key)?.count == number) }
    }

    /// The voice that speaks where none is named is part of the key, and so are its files.
    @Test func voicesAndFilesAreToldApart() throws {
        let folder = try TestResources.temporaryFolder()
        defer { try? FileManager.default.removeItem(at: folder) }
        let file = folder.appendingPathComponent("voices.npz")
        try Data("one".utf8).write(to: file)
        let stamps = [FileStamp.of(file), FileStamp.of(folder)]
        #expect(stamps == [FileStamp.of(file), FileStamp.of(folder)] && stamps[0] != stamps[1])
        try Data("three".utf8).write(to: file)
        #expect(FileStamp.of(file) != stamps[0] && FileStamp.of(folder) != stamps[1])
        #expect(FileStamp.of(folder.appendingPathComponent("none")).isEmpty)
        guard let engine = try? EspeakSynthesizer() else { return }
        let voices = ["en-us", "de"].map { ChosenVoice(engine: engine, voice: $0, wish: $0).identity }
        #expect(voices[0] != voices[1] && voices.allSatisfy { $0.hasPrefix(engine.identity) })
    }

    @Test func folderIsBounded() async throws {
        let folder = try TestResources.temporaryFolder()
        defer { try? FileManager.default.removeItem(at: folder) }
        let cache = PhraseCache(folder: folder, folderCapacity: 400_000)
        let voice = CachedSynthesizer(CountingSynthesizer(), cache: cache)
        // Each is some 20 kB.
        try await voice.prepare((100..<160).map { "Number \($0)." })
        let files = try FileManager.default.contentsOfDirectory(at: folder, includingPropertiesForKeys: [.fileSizeKey])
        let sum = try files.reduce(0) { $0 + (try $1.resourceValues(forKeys: [.fileSizeKey]).fileSize ?? 0) }
        #expect(sum <= 430_000 && files.count > 10, "\(sum) bytes in \(files.count)")
        let engine = CountingSynthesizer()
        _ = try await samples(CachedSynthesizer(engine, cache: PhraseCache(folder: folder)), "Number 159.")
        #expect(engine.sentences == [], "the last one is kept")
    }
}
