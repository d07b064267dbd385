import Foundation
import RiposteCore
import RiposteInference

extension WhisperRecognizer {
    /// Seconds a position of the encoder stands for.
    private static let positionLength = 0.02

    /// The words of a hypothesis with their times and confidences.
    /// - Parameters:
    ///   - end: the frame of the sound behind the last one with sound in it.
    func words(
        of hypothesis: WhisperDecoding.Hypothesis, prompt: [Int], _ memory: WhisperModel.Memory, end: Int,
        run: RunHandle
    ) throws -> [Transcript.Word] {
        guard !hypothesis.tokens.isEmpty else { return [] }
        let tokens = prompt + hypothesis.tokens + [model.vocabulary.endOfText]
        let attention = try model.alignment(of: tokens, memory: memory, run: run)
        // The row of a token is that of the one before it, from which it was chosen; the last one is the end's.
        let rows = (prompt.count - 1)..<(prompt.count + hypothesis.tokens.count)
        let columns = attention.shape[2]
        let firsts = try attention.withFloats {
            WordAlignment.firstColumns(
                $0, heads: attention.shape[0], rows: rows, of: tokens.count, columns: columns,
                used: min((end - memory.start) / 2, columns))
        }
        let start = Double(memory.start) * Self.positionLength / 2
        let words: [Transcript.Word] = wordRanges(hypothesis.tokens).compactMap { range in
            let text = text(of: Array(hypothesis.tokens[range]))
            guard !text.isEmpty else { return nil }
            let scores = hypothesis.logProbabilities[range]
            return Transcript.Word(
                text: text, start: start + Double(firsts[range.lowerBound]) * Self.positionLength,
                end: start + Double(firsts[range.upperBound]) * Self.positionLength,
                confidence: min(1, exp(Double(scores.reduce(0, +)) / Double(scores.count))))
        }
        return Self.withoutSilence(words)
    }

    /// Takes silence off the first and the last word, which the alignment gives all of it: a word is not more than twice
    /// as long as the others, nor longer than 1.4 s.
    static func withoutSilence(_ words: [Transcript.Word]) -> [Transcript.Word] {
        let lengths = words.map { $0.end - $0.start }.filter { $0 > 0 }.sorted()
        guard var first = words.first, var last = words.last, !lengths.isEmpty else { return words }
        let longest = 2 * min(lengths[lengths.count / 2], 0.7)
        first.start = max(first.start, first.end - longest)
        var trimmed = words
        trimmed[0] = first
        if words.count == 1 { return trimmed }
        last.end = min(last.end, last.start + longest)
        trimmed[words.count - 1] = last
        return trimmed
    }

    /// Runs of tokens that are a word each, with the punctuation that follows it.
    private func wordRanges(_ tokens: [Int]) -> [Range<Int>] {
        let starts = [0] + tokens.indices.dropFirst().filter { model.tokenizer.startsWord(tokens[$0]) }
        return zip(starts, starts.dropFirst() + [tokens.count]).map { $0..<$1 }
    }
}
