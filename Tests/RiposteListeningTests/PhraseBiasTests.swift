import Foundation
import RiposteTesting
import Testing

@testable import RiposteListening

// Needs the tokenizer of whisper-tiny.en.
@Suite(.enabled(if: PreparedModels.whisperTiny != nil, "no whisper-tiny.en"))
struct PhraseBiasTests {
    let tokenizer: BytePairTokenizer

    init() throws {
        let folder = try #require(PreparedModels.whisperTiny)
        tokenizer = try BytePairTokenizer(contentsOf: folder.appendingPathComponent("tokenizer.json"))
    }

    private func bias(_ phrases: [String], boost: Double = 10) throws -> PhraseBias {
        try #require(PhraseBias(phrases, boost: boost, tokenizer: tokenizer))
    }

    private func amounts(_ bias: PhraseBias, after text: String) -> [Int: Float] {
        var state = PhraseBias.State()
        for (index, token) in tokenizer.encode(text).enumerated() {
            state = bias.advanced(state, by: token, isStart: index == 0)
        }
        let raises = bias.raises(after: state, isStart: text.isEmpty)
        return Dictionary(raises.map { ($0.token, $0.amount) }, uniquingKeysWith: { first, _ in first })
    }

    /// The token of a text that is a single one; −1, which nothing is raised for, otherwise.
    private func token(_ text: String) -> Int {
        let tokens = tokenizer.encode(text)
        return tokens.count == 1 ? tokens[0] : -1
    }

    @Test func aPhraseIsRaisedMoreTheFurtherItGoes() throws {
        let bias = try bias(["light roast", "dark roast"])
        let start = amounts(bias, after: " A")
        #expect(start[token(" light")] == bias.amount && start[token(" dark")] == bias.amount)
        #expect(start[token(" roast")] == nil)
        #expect(amounts(bias, after: " A light")[token(" roast")] == 2 * bias.amount)
        #expect(amounts(bias, after: " A light")[token(" dark")] == bias.amount)
    }

    @Test func whatIsCompleteIsNotGivenBack() throws {
        let bias = try bias(["dark roast", "dark"])
        let complete = bias.advanced(.init(), by: token(" dark"), isStart: false)
        #expect(complete.unfinished == 0)
        #expect(amounts(bias, after: " dark")[token(" roast")] == bias.amount)
        let other = try self.bias(["dark roast"])
        let begun = other.advanced(.init(), by: token(" dark"), isStart: false)
        #expect(begun.unfinished == 1)
        #expect(other.advanced(begun, by: token(" roast"), isStart: false) == .init())
        #expect(other.advanced(begun, by: token(" milk"), isStart: false) == .init())
    }

    @Test func phrasesBeginWhereWordsDo() throws {
        let bias = try bias(["milk"])
        #expect(amounts(bias, after: " some")[token("milk")] == nil)
        #expect(amounts(bias, after: " some")[token(" milk")] != nil)
        #expect(amounts(bias, after: " some")[token(" Milk")] != nil)
        #expect(amounts(bias, after: "")[tokenizer.encode("Milk")[0]] != nil)
    }

    @Test func nothingToFavourIsNoBias() {
        #expect(PhraseBias([], boost: 10, tokenizer: tokenizer) == nil)
        #expect(PhraseBias(["", "  "], boost: 10, tokenizer: tokenizer) == nil)
        #expect(PhraseBias(["milk"], boost: 0, tokenizer: tokenizer) == nil)
    }

    @Test func onlyWhatIsWithinReachIsRaised() {
        let mask = [Float](repeating: 0, count: 4)
        let logits: [Float] = [10, 9, 5, 1]
        func best(_ raises: [PhraseBias.Raise], margin: Float = 0) -> TokenScores.Choice {
            logits.withUnsafeBufferPointer { logits in
                mask.withUnsafeBufferPointer { mask in
                    TokenScores(logits: logits, mask: mask).best(raising: raises, reach: 6, margin: margin)
                }
            }
        }
        #expect(best([]).token == 0)
        let raised = best([.init(token: 2, amount: 6), .init(token: 3, amount: 100)])
        #expect(raised.token == 2 && raised.score == 11 && raised.runnerUp == 10 && raised.largest == 10)
        #expect(best([.init(token: 2, amount: 6)], margin: 0.5).isNearTie == false)
        #expect(best([.init(token: 2, amount: 5.2)], margin: 0.5).isNearTie)
        // A token at the end of the reach may be raised or not.
        #expect(best([.init(token: 3, amount: 100)], margin: 0.5).isNearTie == false)
        #expect(best([.init(token: 3, amount: 100)], margin: 3.5).isNearTie)
    }

    @Test func probabilitiesAddUp() {
        let mask = [Float](repeating: 0, count: 4)
        let logits: [Float] = [2, 1, 0, -1]
        let raises = [PhraseBias.Raise(token: 1, amount: 2), .init(token: 3, amount: 2)]
        let sum = logits.withUnsafeBufferPointer { logits in
            mask.withUnsafeBufferPointer { mask in
                let scores = TokenScores(logits: logits, mask: mask)
                return (0..<4).reduce(Float(0)) {
                    $0 + exp(scores.logProbability(of: $1, raising: raises, reach: 2.5, largest: 2))
                }
            }
        }
        #expect(abs(sum - 1) < 1e-5)
    }
}
