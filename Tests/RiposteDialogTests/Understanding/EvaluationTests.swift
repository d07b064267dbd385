import Foundation
import RiposteCore
import Testing

@testable import RiposteDialog

#if canImport(FoundationXML)
    import FoundationXML
#endif

@Suite struct EvaluationTests {
    private func outcome(_ meant: String, _ understood: String) -> UnderstandingEvaluation.Outcome {
        .init(
            text: "\(meant)>\(understood)", meant: meant, entities: [],
            message: ParsedMessage(text: "", ranking: [.init(understood, 0.9)]))
    }

    @Test func countsWhatWasUnderstood() {
        let evaluation = UnderstandingEvaluation([
            outcome("a", "a"), outcome("a", "a"), outcome("a", "b"), outcome("b", "b"), outcome("c", "b"),
        ])
        #expect(evaluation.accuracy == 0.6)
        #expect(evaluation.intents == ["a", "b", "c"])
        #expect(evaluation.matrix == [[2, 1, 0], [0, 1, 0], [0, 1, 0]])
        let scores = evaluation.intentScores
        #expect(scores.map(\.precision) == [1, 1.0 / 3, 1])
        #expect(scores.map(\.recall) == [2.0 / 3, 1, 0])
        #expect(scores[2].f1 == 0)
        #expect(evaluation.confusions.map(\.count) == [1, 1])
        #expect(evaluation.errors.map(\.text) == ["a>b", "c>b"])
    }

    @Test func countsEntities() {
        let meant = [
            ParsedEntity("size", value: "large", in: 2..<7), ParsedEntity("drink", value: "latte", in: 8..<13),
        ]
        let found = [
            ParsedEntity("size", value: "Large", in: 2..<7), ParsedEntity("drink", value: "mocha", in: 8..<13),
            ParsedEntity("number", value: "1", in: 0..<1),
        ]
        let evaluation = UnderstandingEvaluation([
            .init(text: "a large latte", meant: "a", entities: meant, message: ParsedMessage(text: "", entities: found))
        ])
        #expect(evaluation.entityScores.map(\.name) == ["drink", "size"])
        #expect(evaluation.entityScores.map(\.right) == [0, 1])
    }

    @Test func thePictureIsWellFormed() throws {
        let picture = ConfusionPicture(UnderstandingEvaluation([outcome("a<b", "c&d"), outcome("x", "x")])).svg()
        let parser = XMLParser(data: Data(picture.utf8))
        #expect(parser.parse())
        #expect(picture.contains("a&lt;b"))
    }

    @Test func aLogisticFitFindsWhatItWasMadeFrom() {
        var chance = SeededChance(5)
        let cases = (0..<4000).map { _ -> LogisticFit.Case in
            let features = [Double(chance.normal()), Double(chance.normal())]
            let probability = 1 / (1 + exp(-(1.5 * features[0] - 0.7 * features[1] + 0.3)))
            return .init(features: features, isTrue: Double(chance.fraction()) < probability, importance: 1)
        }
        let fit = LogisticFit.fit(cases, from: LogisticFit(weights: [0, 0], bias: 0), strength: 0.1)
        #expect(abs(fit.weights[0] - 1.5) < 0.2 && abs(fit.weights[1] + 0.7) < 0.2 && abs(fit.bias - 0.3) < 0.2)
        let start = LogisticFit(weights: [1, 2], bias: 3)
        #expect(LogisticFit.fit([], from: start, strength: 1) == start)
    }

    @Test func theBrierScoreCountsByImportance() {
        let outcomes: [CalibrationFit.Outcome] = [
            .init(confidence: 1, isRight: true, importance: 3), .init(confidence: 0.5, isRight: false, importance: 1),
        ]
        #expect(abs(outcomes.brierScore - 0.25 / 4) < 1e-12)
        #expect([CalibrationFit.Outcome]().brierScore == 0)
    }
}
