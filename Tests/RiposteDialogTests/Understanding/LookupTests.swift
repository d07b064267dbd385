import RiposteCore
import Testing

@testable import RiposteDialog

@Suite struct LookupTests {
    private let matcher = LookupMatcher(
        names: [
            "cappuccino", "espresso", "latte", "mocha", "iced mocha", "house coffee", "coffee", "americano",
        ].map { .init(entity: "drink", value: $0, words: SpokenForm.words(of: $0)) }
            + ["two percent milk", "a bit of almond milk", "milk"]
            .map { .init(entity: "milk", value: $0, words: SpokenForm.words(of: $0)) }
            + ["small", "medium", "large", "twelve ounce", "two"]
            .map { .init(entity: "size", value: $0, words: SpokenForm.words(of: $0)) })

    private func found(_ text: String, expecting: Set<String> = []) -> [String] {
        let words = SpokenForm.words(of: text)
        return EntitySelection.best(matcher.candidates(in: words, expecting: expecting), words: words.count)
            .map { "\($0.entity)=\($0.value)" }
    }

    @Test(
        arguments: [
            ("a coffee with milk", ["drink=coffee", "milk=milk"]),
            ("a large cappuccino", ["size=large", "drink=cappuccino"]), ("an iced mocha", ["drink=iced mocha"]),
            ("12 oz. house coffee", ["size=twelve ounce", "drink=house coffee"]),
            ("a 12-ounce latté", ["size=twelve ounce", "drink=latte"]),
            ("a bit of almond milk", ["milk=a bit of almond milk"]),
        ] as [(String, [String])])
    func findsWhatIsSaid(_ text: String, _ values: [String]) { #expect(found(text) == values) }

    @Test(
        arguments: [
            ("a capuchino", ["drink=cappuccino"]), ("a cappucino please", ["drink=cappuccino"]),
            ("one expresso", ["drink=espresso"]), ("too percent milk", ["milk=two percent milk"]),
            ("an ice mocha", ["drink=iced mocha"]), ("an Americana", ["drink=americano"]),
            ("a bit of all mond milk", ["milk=a bit of almond milk"]),
            ("a twelve owns latte", ["size=twelve ounce", "drink=latte"]),
        ] as [(String, [String])])
    func findsWhatWasHeardALittleWrong(_ text: String, _ values: [String]) { #expect(found(text) == values) }

    @Test(arguments: [
        "what is the weather like", "i want to go home", "play some music", "to be or not to be", "call my mother",
        "how much is it", "turn the light on", "tell me a joke",
    ])
    func findsNothingWhereNothingIs(_ text: String) { #expect(found(text) == []) }

    @Test func takesMoreWhenItIsWaitedFor() {
        #expect(found("too") == [])
        #expect(found("too", expecting: ["size"]) == ["size=two"])
        #expect(found("lodge", expecting: ["size"]) == ["size=large"])
    }

    @Test(arguments: [
        "what time is it", "purple elephants dance on clouds", "green elephants sing at night",
        "set a timer for ten minutes",
        "i do not know yet", "my neighbour has a dog", "turn the lights on",
    ])
    func takesNoOtherSentenceForWhatItWaitsFor(_ text: String) {
        let sizes = ["small", "medium", "large", "eight ounce", "twelve ounce", "sixteen ounce", "twenty ounce"]
        let matcher = LookupMatcher(
            names: sizes.map { .init(entity: "size", value: $0, words: SpokenForm.words(of: $0)) })
        #expect(
            matcher.candidates(in: SpokenForm.words(of: text), expecting: ["size"]).map { "\($0.words) \($0.value)" }
                == [])
    }

    @Test(arguments: [
        ("a lodge please", "large"), ("eight owns", "eight ounce"), ("the twelve downs one", "twelve ounce"),
    ])
    func takesABareAnswerFromFartherOff(_ text: String, _ value: String) {
        let matcher = LookupMatcher(
            names: ["small", "medium", "large", "eight ounce", "twelve ounce"]
                .map { .init(entity: "size", value: $0, words: SpokenForm.words(of: $0)) })
        let words = SpokenForm.words(of: text)
        let best = EntitySelection.best(matcher.candidates(in: words, expecting: ["size"]), words: words.count)
        #expect(best.map(\.value) == [value])
    }

    @Test func soundsAreNearWhereWordsAreTakenForEachOther() {
        func distance(_ one: String, _ other: String) -> Float {
            SoundDistance.relative(SoundSpelling.sounds(of: one), SoundSpelling.sounds(of: other))
        }
        #expect(distance("two", "too") == 0)
        #expect(distance("knight", "night") == 0)
        #expect(distance("phone", "fone") == 0)
        #expect(distance("cappuccino", "capuchino") < 0.1)
        #expect(distance("latte", "ladder") < 0.4)
        #expect(distance("latte", "espresso") > 0.5)
        #expect(distance("", "") == 0 && distance("", "abc") == 1 || distance("", "bcd") > 0.7)
    }

    @Test func namesComeFromLookupsSynonymsAndExamples() {
        let names = LookupMatcher.names(in: UnderstandingFixture.lights)
        #expect(names.contains { $0.entity == "size" && $0.value == "large" && $0.words == ["big"] })
        #expect(names.contains { $0.entity == "city" && $0.value == "berlin" })
        // A task is another one each time.
        #expect(!names.contains { $0.entity == "task" })
    }

    @Test func aPatternThatIsNoneIsAnError() {
        let error = #expect(throws: RiposteError.self) {
            try PatternMatcher([.init(name: "broken", expressions: ["(unclosed"])])
        }
        #expect(error?.code == .badInput)
        #expect(error?.message.contains("broken") == true)
    }

    @Test func manyValuesTakeLittleTime() {
        let names = (0..<20_000).map { LookupMatcher.Name(entity: "e", value: "\($0)", words: ["value", "w\($0)x"]) }
        let matcher = LookupMatcher(names: names)
        #expect(matcher.candidates(in: ["value", "w77x"]).contains { $0.value == "77" })
    }
}
