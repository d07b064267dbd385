import Testing

@testable import RiposteDialog

@Suite struct TaggerTests {
    private func trained() throws -> EntityTagger {
        try #require(TaggerTraining.train(try UnderstandingTrainer.sentences(UnderstandingFixture.lights)))
    }

    private func spans(_ tagger: EntityTagger, _ text: String) -> [String] {
        let words = SpokenForm.words(of: text)
        return tagger.spans(tagger.tag(TaggerFeatures.features(words, known: words.map { _ in [] })))
            .map { "\($0.tag.entity)=\(words[$0.words].joined(separator: " "))" }
    }

    @Test(
        arguments: [
            ("remind me to wash the car", ["task=wash the car"]),
            ("i must not forget to ring the plumber", ["task=ring the plumber"]), ("turn on the lights", []),
        ] as [(String, [String])])
    func findsValuesItHasNeverSeen(_ text: String, _ values: [String]) throws {
        #expect(spans(try trained(), text) == values)
    }

    @Test func theSameSentencesGiveTheSameTagger() throws { #expect(try trained() == trained()) }

    @Test func withoutMarksThereIsNoTagger() throws {
        let data = TrainingData(examples: [.init("hello", intent: "greet")])
        #expect(TaggerTraining.train(try UnderstandingTrainer.sentences(data)) == nil)
        #expect(TaggerTraining.train([]) == nil)
    }

    @Test func tellsRolesApart() throws {
        let tagger = try trained()
        let words = ["a", "train", "from", "berlin", "to", "paris"]
        let known: [Set<String>] = [[], [], [], ["city"], [], ["city"]]
        let found = tagger.spans(tagger.tag(TaggerFeatures.features(words, known: known)))
        #expect(found.map(\.tag.role) == ["from", "to"])
    }
}
