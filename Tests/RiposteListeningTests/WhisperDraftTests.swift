import Foundation
import RiposteAudio
import RiposteCore
import RiposteInference
import RiposteTesting
import Testing

@testable import RiposteListening

/// A hypothesis that starts from a draft is the one that starts from nothing, whatever the draft.
// Needs the prepared model and the recordings.
@Suite(.enabled(if: TestResources.recordings != nil, "no recordings; set RIPOSTE_RECORDINGS"))
struct WhisperDraftTests {
    @Test(
        .enabled(if: PreparedModels.hasWhisper("whisper-tiny.en", .int8), "no whisper-tiny.en"),
        arguments: [WhisperPrecision.int8, .float])
    func draftsDoNotChangeTheResult(precision: WhisperPrecision) throws {
        guard PreparedModels.hasWhisper("whisper-tiny.en", precision) else { return }
        var configuration = precision == .float ? WhisperTranscriber.Configuration.reference : .init()
        configuration.window = .utterance
        let recognizer = try WhisperRecognizer(
            folder: #require(PreparedModels.whisperTiny), configuration: configuration)
        var generator = SeededGenerator(seed: 5)
        for file in TestResources.spokenOrders.prefix(5) {
            var spectrogram = recognizer.spectrogram()
            spectrogram.append(try WaveFile(reading: file).samples)
            let plain = try tokens(recognizer, spectrogram, draft: [])
            #expect(!plain.isEmpty)
            for draft in drafts(of: plain, &generator) {
                let found = try tokens(recognizer, spectrogram, draft: draft)
                #expect(found == plain, "\(file.lastPathComponent) \(draft)")
            }
        }
    }

    /// The same with phrases that are favoured, where more choices are close.
    @Test(.enabled(if: PreparedModels.hasWhisper("whisper-tiny.en", .int8), "no whisper-tiny.en"))
    func draftsDoNotChangeTheResultWithPhrases() throws {
        let recognizer = try WhisperRecognizer(
            folder: #require(PreparedModels.whisperTiny), configuration: .init())
        let phrases = [
            "light roast", "medium roast", "triple shot", "iced mocha", "cappuccino", "a little bit of cream",
        ]
        let bias = try #require(PhraseBias(phrases, boost: 10, tokenizer: recognizer.model.tokenizer))
        var generator = SeededGenerator(seed: 6)
        for file in TestResources.spokenOrders.dropFirst(5).prefix(8) {
            var spectrogram = recognizer.spectrogram()
            spectrogram.append(try WaveFile(reading: file).samples)
            let plain = try tokens(recognizer, spectrogram, draft: [], bias)
            let free = try tokens(recognizer, spectrogram, draft: [])
            for draft in drafts(of: plain, &generator) + [free] {
                let found = try tokens(recognizer, spectrogram, draft: draft, bias)
                #expect(found == plain, "\(file.lastPathComponent) \(draft)")
            }
        }
    }

    @Test func settledTokensAreKept() throws {
        guard let folder = PreparedModels.whisperTiny else { return }
        let recognizer = try WhisperRecognizer(folder: folder, configuration: .init())
        var spectrogram = recognizer.spectrogram()
        spectrogram.append(try WaveFile(reading: TestResources.spokenOrders[2]).samples)
        let forced = recognizer.model.tokenizer.encode(" Take me a")
        var hints = WhisperRecognizer.Hints()
        hints.language = "en"
        hints.draft = forced
        hints.settled = forced.count
        let result = try recognizer.recognize(spectrogram, hints, run: RunHandle())
        #expect(Array(result.hypothesis.tokens.prefix(forced.count)) == forced)
        #expect(recognizer.text(of: result.hypothesis.tokens).contains("cappuccino"))
    }

    /// The truth, its beginnings, with a wrong token somewhere, with more at the end, and nonsense.
    private func drafts(of plain: [Int], _ generator: inout SeededGenerator) -> [[Int]] {
        var drafts = [plain, Array(plain.dropLast(3)), plain + [13], plain + plain]
        for _ in 0..<3 {
            var wrong = plain
            wrong[Int.random(in: 0..<plain.count, using: &generator)] = Int.random(in: 0..<50_000, using: &generator)
            drafts.append(wrong)
        }
        drafts.append((0..<20).map { _ in Int.random(in: 0..<50_000, using: &generator) })
        return drafts
    }

    private func tokens(
        _ recognizer: WhisperRecognizer, _ spectrogram: LogMelSpectrogram, draft: [Int], _ bias: PhraseBias? = nil
    ) throws -> [Int] {
        var hints = WhisperRecognizer.Hints()
        hints.language = "en"
        hints.draft = draft
        hints.bias = bias
        hints.allowsFallback = false
        return try recognizer.recognize(spectrogram, hints, run: RunHandle()).hypothesis.tokens
    }
}
