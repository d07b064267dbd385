import Foundation
import RiposteCore
import RiposteInference
import Testing

@testable import RiposteListening

/// The prepared graphs against a forward pass in NumPy (`Tools/reference/whisper_graphs.py`), on a recording.
///
/// They need ONNX Runtime and the checkpoints as they were published, see `WhisperCheckpoints`. Without them they are
/// reported as skipped.
@Suite(.enabled(if: WhisperCheckpoints.areThere, WhisperCheckpoints.hint))
struct WhisperPreparationGraphTests {
    @Test(arguments: WhisperCheckpoints.names) func graphsAgreeWithTheReference(name: String) throws {
        let fixture = try GraphFixture.load()
        let expected = try #require(fixture.models[name])
        let folder = try WhisperCheckpoints.prepared(name)
        let manifest = try WhisperManifest(folder: folder)
        #expect(manifest.precisions == [.float, .int8])
        #expect(manifest.isMultilingual == !name.hasSuffix(".en"))

        let reference = try GraphRunner(folder: folder, precision: .float)
        let full = try reference.encode(fixture.fullWindow, mels: 80)
        #expect(full[WhisperGraphs.crossBias]?.shape == [1, 1, 1, 1500])
        let fullLogits = try reference.decode(expected.tokens, memory: full).logits
        #expect(expected.full.largestError(of: fullLogits) < 1e-3)

        let short = try reference.encode(fixture.utterance, mels: 80)
        #expect(short[WhisperGraphs.crossBias]?.shape == [1, 1, 1, 150 + 43])
        let logits = try reference.decode(expected.tokens, memory: short).logits
        #expect(expected.remembered.largestError(of: logits) < 1e-3)
        try checkCache(reference, expected.tokens, memory: short, logits: logits)
        try checkBeam(reference, expected.tokens, memory: short, logits: logits)
        try checkAlignment(reference, expected.tokens, memory: short)

        let quantized = try GraphRunner(folder: folder, precision: .int8)
        let quantizedShort = try quantized.encode(fixture.utterance, mels: 80)
        let quantizedLogits = try quantized.decode(expected.tokens, memory: quantizedShort).logits
        #expect(expected.remembered.largestShift(in: quantizedLogits) < 0.15)
        #expect(expected.remembered.differingBest(in: quantizedLogits) <= 1)
    }

    @Test func sameCheckpointGivesTheSameBytes() throws {
        let folders = [try TemporaryFolder(), try TemporaryFolder()]
        for folder in folders { try WhisperCheckpoints.prepare(WhisperCheckpoints.names[0], [.int8], into: folder.url) }
        let names = try FileManager.default.contentsOfDirectory(atPath: folders[0].url.path).sorted()
        #expect(
            names == [
                "config.json", "decoder.int8.onnx", "encoder.int8.onnx", "graphs.json", "tokenizer.json",
                "weights.int8.bin",
            ])
        for name in names {
            let contents = try folders.map { try Data(contentsOf: $0.url.appending(path: name)) }
            // Not inside the expectation: on a failure it would look for the difference, for minutes.
            let isSame = contents[0] == contents[1]
            #expect(isSame, "\(name) differs")
        }
    }

    /// A token at a time, with what was before it as the past, gives what all at once give.
    private func checkCache(
        _ runner: GraphRunner, _ tokens: [Int], memory: [String: Tensor], logits: [[Float]]
    ) throws {
        let first = try runner.decode(Array(tokens[..<3]), memory: memory)
        var rows = first.logits
        var past = first.past
        for token in tokens[3...] {
            let next = try runner.decode([token], past: past, memory: memory)
            rows += next.logits
            past = next.past
        }
        #expect(past[WhisperGraphs.pastKey(0)]?.shape[2] == tokens.count)
        #expect(largestDifference(rows, logits) < 1e-3)
    }

    /// Two hypotheses at once give what each gives alone.
    private func checkBeam(
        _ runner: GraphRunner, _ tokens: [Int], memory: [String: Tensor], logits: [[Float]]
    ) throws {
        let other = Array(tokens.reversed())
        let both = try runner.decode(tokens + other, batch: 2, memory: memory).logits
        let alone = try runner.decode(other, memory: memory).logits
        #expect(largestDifference(Array(both[..<tokens.count]), logits) < 1e-3)
        #expect(largestDifference(Array(both[tokens.count...]), alone) < 1e-3)
    }

    private func checkAlignment(_ runner: GraphRunner, _ tokens: [Int], memory: [String: Tensor]) throws {
        #expect(try runner.alignment(tokens, wanted: nil, memory: memory).count == 0)
        #expect(try runner.alignment(tokens, wanted: false, memory: memory).count == 0)
        let weights = try runner.alignment(tokens, wanted: true, memory: memory)
        #expect(weights.shape[0] > 0)
        #expect(Array(weights.shape[1...]) == [tokens.count, 150 + 43])
        let total = try weights.floats().reduce(0, +)
        #expect(abs(total / Float(weights.shape[0] * tokens.count) - 1) < 1e-3)
    }

    private func largestDifference(_ a: [[Float]], _ b: [[Float]]) -> Float {
        guard a.count == b.count else { return .infinity }
        return zip(a, b).flatMap { zip($0, $1).map { abs($0 - $1) } }.max() ?? .infinity
    }
}
