import Foundation
import RiposteAudio
import RiposteCore
import RiposteInference
import RiposteTesting
import Testing

@testable import RiposteListening

/// The logits of the leading tokens are exact, and the best token leads among the coarse ones.
// Needs the prepared models and the recordings.
@Suite(.enabled(if: TestResources.recordings != nil, "no recordings; set RIPOSTE_RECORDINGS"))
struct WhisperLogitsTests {
    @Test(
        .enabled(if: PreparedModels.hasWhisper("whisper-tiny.en", .int8), "no whisper-tiny.en"),
        arguments: ["whisper-tiny.en", "whisper-base"])
    func theBestTokenIsAmongTheLeading(name: String) throws {
        let folder = try #require(PreparedModels.folder(of: name))
        let recognizer = try WhisperRecognizer(folder: folder, configuration: .init())
        var worst = 0
        for file in TestResources.spokenOrders.prefix(3) {
            for rank in try ranks(WaveFile(reading: file).samples, recognizer) { worst = max(worst, rank) }
        }
        #expect(worst < WhisperLogits.leading / 2, "the best was in place \(worst)")
    }

    /// The place of the exactly best token among the coarse logits, for each token of the transcript.
    private func ranks(_ sound: [Float], _ recognizer: WhisperRecognizer) throws -> [Int] {
        var spectrogram = recognizer.spectrogram()
        spectrogram.append(sound)
        let (model, run) = (recognizer.model, try RunHandle())
        let sounding = recognizer.sounding(spectrogram, .init())
        let memory = try recognizer.encode(spectrogram, sounding, .utterance, run: run)
        let prompt = model.vocabulary.prompt(language: "en")
        let hypothesis = try WhisperDecoding.hypothesis(
            model, memory, .init(prompt: prompt, limit: 100, draftMargin: 0), run: run)
        #expect(!hypothesis.tokens.isEmpty)
        var past = model.noPast
        let logits = try model.decode(prompt + hypothesis.tokens, past: &past, memory: memory, run: run)
        return try hypothesis.tokens.indices.map { index in
            try rank(in: logits, row: prompt.count - 1 + index, mask: index == 0 ? model.maskAtStart : model.mask)
        }
    }

    private func rank(in logits: WhisperLogits, row: Int, mask: [Float]) throws -> Int {
        let (state, table) = try #require(logits.refinement)
        var exact = [Float](repeating: 0, count: logits.vocabularySize)
        try state.withFloats { states in
            let own = UnsafeBufferPointer(rebasing: states[(row * table.width)..<((row + 1) * table.width)])
            table.forEachLogit(of: Array(0..<logits.vocabularySize), state: own) { exact[$0] = $1 }
        }
        let best = try mask.withUnsafeBufferPointer { mask in
            let best = exact.withUnsafeBufferPointer { TokenScores(logits: $0, mask: mask).best }
            let found = try logits.withRow(row, mask: mask) { $0.best }
            #expect(found.token == best.token)
            #expect(abs(found.logit - best.logit) < 1e-3)
            return best.token
        }
        return try logits.tensor.withFloats { all in
            let coarse = all[(row * logits.vocabularySize)..<((row + 1) * logits.vocabularySize)]
            let own = coarse[coarse.startIndex + best]
            return zip(coarse, mask).count { $0 + $1 > own }
        }
    }
}

struct VectorExponentialTests {
    @Test func sumsAreTheSameByVectors() {
        var generator = SeededGenerator(seed: 3)
        let logits = (0..<1003).map { _ in Float.random(in: -40...12, using: &generator) }
        let mask = (0..<1003).map { $0.isMultiple(of: 7) ? -Float.infinity : 0 }
        logits.withUnsafeBufferPointer { logits in
            mask.withUnsafeBufferPointer { mask in
                for scale in [Float(1), 5] {
                    let one = VectorExponential.oneByOne(logits, mask, 0..<1003, 12, -8, scale)
                    let eight = VectorExponential.eightByEight(logits, mask, 12, -8, scale)
                    #expect(one > 0.5)
                    #expect(abs(one - eight) <= one * 1e-6)
                }
            }
        }
    }

    @Test func powersAreThoseOfTheLibrary() {
        for x in stride(from: Float(-80), through: 20, by: 0.37) {
            let power = VectorExponential.exponential(SIMD8(repeating: x))[3]
            #expect(abs(power - exp(x)) <= exp(x) * 4e-7, "\(x)")
        }
        #expect(VectorExponential.exponential(SIMD8(repeating: -.infinity))[0] < 1e-30)
    }
}
