import Foundation
import RiposteCore
import RiposteInference

/// A loaded Moonshine model: sound to tokens, the likeliest one each time.
///
/// The decoder multiplies in 8 bits with a scale for all the tokens of a run, so a run over many does not give what runs
/// over one give (logits differ by more than 1): a draft cannot be verified in one pass, and each hypothesis is made anew.
final class MoonshineModel: Sendable {
    struct Hypothesis: Sendable {
        var tokens: [Int] = []
        /// One for each token, and one more for the end, if it was reached.
        var logProbabilities: [Float] = []
        /// Whether the end was reached; otherwise there were too many tokens, or the same ones over and over.
        var isComplete = false

        /// 0 … 1, not calibrated. 0 without tokens.
        var confidence: Double {
            guard !tokens.isEmpty else { return 0 }
            return min(1, exp(Double(logProbabilities.reduce(0, +)) / Double(logProbabilities.count)))
        }
    }

    /// The encoder's convolutions take no less sound than this: 0.1 s.
    static let shortest = 1600
    /// English has hardly more tokens in a second than this.
    private static let tokensPerSecond = 6.5

    let tokenizer: MoonshineTokenizer
    private let encoder: InferenceSession
    private let decoder: InferenceSession
    /// Pairs of the decoder's output and the input it becomes.
    private let pastNames: [(present: String, past: String)]

    init(folder: URL, threads: Int) throws {
        tokenizer = try MoonshineTokenizer(contentsOf: folder.appending(path: "tokenizer.bin"))
        encoder = try InferenceSession(
            model: folder.appending(path: "encoder_model.ort"), configuration: .init(threads: threads))
        var configuration = InferenceSession.Configuration(threads: threads)
        // Each run is one token longer than the one before.
        configuration.plansMemory = false
        decoder = try InferenceSession(
            model: folder.appending(path: "decoder_model_merged.ort"), configuration: configuration)
        pastNames = decoder.inputs.map(\.name).filter { $0.hasPrefix("past_key_values.") }.map { name in
            ("present." + name.dropFirst("past_key_values.".count), name)
        }
        guard !pastNames.isEmpty else {
            throw RiposteError(.corrupt, .transcription, "\(folder.path) has no Moonshine decoder; fetch it again.")
        }
    }

    /// - Parameter samples: mono, 16 kHz; `shortest` or more.
    /// - Throws: `.cancelled` soon after the run is cancelled; what the models throw.
    func recognize(_ samples: [Float], run: RunHandle) throws -> Hypothesis {
        let sound = try encoder.run(
            [
                "input_values": Tensor(samples, shape: [1, samples.count]),
                "attention_mask": Self.ones(samples.count),
            ], outputs: ["last_hidden_state"], handle: run)
        guard let hidden = sound["last_hidden_state"], hidden.shape.count == 3 else {
            throw RiposteError(.engineFailed, .transcription, "The encoder gave no result.")
        }
        var inputs = try noPast(positions: hidden.shape[1])
        inputs["encoder_hidden_states"] = hidden
        // For each sample, too: the decoder takes every 384th of it itself.
        inputs["encoder_attention_mask"] = try Self.ones(samples.count)
        let limit = 5 + Int(Double(samples.count) / 16_000 * Self.tokensPerSecond)
        var hypothesis = Hypothesis()
        var token = MoonshineTokenizer.start
        while hypothesis.tokens.count < limit, !Repetition.isLoop(hypothesis.tokens) {
            if run.isCancelled { throw RiposteError(.cancelled, .transcription, "The transcription was cancelled.") }
            let isFirst = hypothesis.tokens.isEmpty
            inputs["input_ids"] = try Tensor([Int64(token)], shape: [1, 1])
            inputs["use_cache_branch"] = try Tensor([!isFirst])
            var outputs = try decoder.run(inputs, outputs: ["logits"] + pastNames.map(\.present), handle: run)
            // The keys and values of the sound are made once.
            for names in pastNames where isFirst || !names.past.contains(".encoder.") {
                inputs[names.past] = outputs.removeValue(forKey: names.present)
            }
            guard let logits = outputs["logits"] else {
                throw RiposteError(.engineFailed, .transcription, "The decoder gave no result.")
            }
            let choice = try logits.withFloats { Self.best($0) }
            hypothesis.logProbabilities.append(choice.logProbability)
            token = choice.token
            if token == MoonshineTokenizer.end {
                hypothesis.isComplete = true
                break
            }
            hypothesis.tokens.append(token)
        }
        return hypothesis
    }

    private func noPast(positions: Int) throws -> [String: Tensor] {
        var past: [String: Tensor] = [:]
        for input in decoder.inputs where input.name.hasPrefix("past_key_values.") && input.shape.count == 4 {
            let (heads, width) = (input.shape[1].size ?? 0, input.shape[3].size ?? 0)
            let length = input.name.contains(".encoder.") ? positions : 0
            past[input.name] = try Tensor(
                [Float](repeating: 0, count: heads * length * width), shape: [1, heads, length, width])
        }
        return past
    }

    private static func ones(_ count: Int) throws -> Tensor {
        try Tensor([Int64](repeating: 1, count: count), shape: [1, count])
    }

    private static func best(_ logits: UnsafeBufferPointer<Float>) -> (token: Int, logProbability: Float) {
        var best = 0
        for index in logits.indices where logits[index] > logits[best] { best = index }
        var total: Float = 0
        for logit in logits { total += exp(logit - logits[best]) }
        return (best, -log(total))
    }
}
