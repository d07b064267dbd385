import Foundation
import RiposteCore
import RiposteTesting
import Synchronization
import Testing

@testable import RiposteSpeaking

/// Counts what it is given, and makes next to no sound.
private final class QuietRenderer: SentenceRenderer {
    let sampleRate = 8000
    let gain: Float? = 1
    let understandsPhonemes = true
    private let state = Mutex((sentences: 0, longest: 0))

    var sentences: Int { state.withLock { $0.sentences } }
    var longest: Int { state.withLock { $0.longest } }

    func render(_ sentence: Sentence, options: SpeechOptions, to writer: SentenceWriter) async throws {
        state.withLock { state in
            state.sentences += 1
            state.longest = max(state.longest, sentence.text.unicodeScalars.count)
        }
        try await writer.write([0.1, -0.1])
    }
}

/// Text that nobody meant to be read out: it is read as far as it is text, in bounded time and memory.
@Suite struct HostileTextTests {
    private static func randomBytes(_ count: Int, seed: UInt64) -> String {
        var state = seed
        let bytes = (0..<count).map { _ -> UInt8 in
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            return UInt8(truncatingIfNeeded: state >> 56)
        }
        return String(decoding: bytes, as: UTF8.self)
    }

    /// Surrogates as bytes, alone and in pairs, which is no UTF-8.
    private static let surrogates = String(
        decoding: [
            0x48, 0x69, 0x20, 0xED, 0xA0, 0x80, 0x20, 0xED, 0xB0, 0x80, 0xED, 0xA0, 0xBD, 0xED, 0xB8, 0x80, 0x2E,
        ],
        as: UTF8.self)

    static let texts: [(name: String, text: String)] = [
        ("1 MB of random bytes", randomBytes(1_000_000, seed: 1)),
        ("a sentence of 100,000 characters", String(repeating: "word and ", count: 11_112)),
        ("a word of 100,000 letters", String(repeating: "a", count: 100_000)),
        ("100,000 digits", String(repeating: "7", count: 100_000)),
        ("100,000 full stops", String(repeating: ".", count: 100_000)),
        ("100,000 line ends", String(repeating: "\n", count: 100_000) + "a"),
        ("20,000 brackets", String(repeating: "[", count: 10_000) + String(repeating: "(", count: 10_000)),
        ("100,000 marks", String(repeating: "*_`~<&|", count: 14_000)),
        ("right to left", String(repeating: "שלום עולם. مرحبا بالعالم، كيف الحال؟ ", count: 500)),
        ("surrogates", String(repeating: surrogates, count: 1000)),
        ("zero width", String(repeating: "a\u{200B}\u{200D}\u{FEFF}\u{2060} ", count: 10_000)),
        ("accents", "e" + String(repeating: "\u{301}", count: 100_000)),
        ("emoji", String(repeating: "👩‍👩‍👧‍👦👍🏽", count: 5_000)),
        ("Chinese", String(repeating: "你好世界", count: 20_000)),
        ("spaces", "Well. " + String(repeating: " ", count: 100_000) + "a\n" + String(repeating: " ", count: 100_000)),
        ("open brackets and marks", String(repeating: "[a ", count: 20_000) + String(repeating: "`b ", count: 20_000)),
    ]

    @Test(.timeLimit(.minutes(10)), arguments: texts.indices)
    func isReadInBoundedTime(_ index: Int) async throws {
        let renderer = QuietRenderer()
        var frames = 0
        for try await _ in SpeechStream(renderer: renderer).speak(Self.texts[index].text, options: .init()) {
            frames += 1
        }
        #expect(renderer.longest <= 4000, "\(Self.texts[index].name): a sentence of \(renderer.longest)")
        #expect((frames > 0) == (renderer.sentences > 0))
    }

    /// The same in pieces, as it may come: nothing waits for an end that does not come.
    @Test(.timeLimit(.minutes(10)), arguments: texts.indices)
    func piecesAreReadInBoundedTime(_ index: Int) async throws {
        var cutter = SentenceCutter()
        var reader = TextReader(TextReading(), understandsPhonemes: true)
        let scalars = Array(Self.texts[index].text.unicodeScalars)
        var longest = 0
        var start = 0
        while start < scalars.count {
            // All of it: small pieces first, then larger ones, as the suite is not optimised.
            let end = min(start + (start < 30_000 ? 7 : 61), scalars.count)
            for sentence in cutter.append(String(scalars[start..<end])) {
                longest = max(longest, reader.spoken(sentence.text).unicodeScalars.count)
            }
            start = end
        }
        for sentence in cutter.finish() { longest = max(longest, reader.spoken(sentence.text).unicodeScalars.count) }
        #expect(longest <= 4000, "\(Self.texts[index].name)")
    }

    /// … and pronounced, a part of each.
    @Test(
        .enabled(if: PronunciationResources.isThere, PronunciationResources.hint), .timeLimit(.minutes(10)),
        arguments: texts.indices)
    func isPronounced(_ index: Int) throws {
        let pronouncer = try PronunciationResources.pronouncer()
        var cutter = SentenceCutter()
        var reader = TextReader(TextReading(), understandsPhonemes: true)
        let text = String(Array(Self.texts[index].text.unicodeScalars.prefix(1_500)))
        for sentence in cutter.append(text) + cutter.finish() {
            let phonemes = try pronouncer.phonemes(for: reader.spoken(sentence.text))
            #expect(phonemes.unicodeScalars.count < 40_000, "\(Self.texts[index].name)")
        }
    }

    @Test(.enabled(if: SynthesisModels.hibari != nil, SynthesisModels.hint), .timeLimit(.minutes(10)))
    func isSpoken() async throws {
        let voice = HibariSynthesizer(folder: try #require(SynthesisModels.hibari))
        for (name, text) in Self.texts {
            var count = 0
            let part = String(Array(text.unicodeScalars.prefix(120)))
            for try await frame in voice.speak(part) {
                count += frame.audio.samples.count
                #expect(frame.audio.samples.allSatisfy { abs($0) <= 1 }, "\(name)")
                // A listener who has had enough.
                if count > 24_000 * 2 { break }
            }
        }
    }

    @Test(.enabled(if: (try? EspeakLibrary()) != nil, "needs espeak-ng; get it with: apt install libespeak-ng1"))
    func isSpokenByEspeak() async throws {
        let voice = try EspeakSynthesizer()
        for (_, text) in Self.texts {
            let part = String(Array(text.unicodeScalars.prefix(200)))
            for try await frame in voice.speak(part) { #expect(frame.audio.samples.allSatisfy { abs($0) <= 1 }) }
        }
    }
}
