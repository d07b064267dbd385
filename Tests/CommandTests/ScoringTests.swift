import RiposteDialog
import RiposteTesting
import Testing

@testable import riposte

struct ScoringTests {
    @Test(arguments: [
        ("A 12-oz. Latté!", "a twelve ounce latte"), ("20 ounces", "twenty ounce"), ("21", "twenty one"),
        ("single-shot, medium roast", "single shot medium roast"), ("I'd like 8oz", "i would like eight ounce"),
        ("150", "150"), ("", ""),
    ])
    func spellingDoesNotCount(text: String, spoken: String) {
        #expect(SpokenForm.words(of: text).joined(separator: " ") == spoken)
    }

    private static let commands = LabelledCommands(labels: [
        "mocha": .init(intent: "orderDrink", slots: ["drink": "mocha", "size": "twelve ounce"]),
        "iced": .init(intent: "orderDrink", slots: ["drink": "iced mocha", "milk": " milk"]),
        "roast": .init(intent: "orderDrink", slots: ["drink": "latte", "roast": "medium roast", "size": "medium"]),
        "lot": .init(intent: "orderDrink", slots: ["drink": "latte", "milk": "a lot of cream"]),
        "some": .init(intent: "orderDrink", slots: ["drink": "coffee", "milk": "some cream"]),
        "cream": .init(intent: "orderDrink", slots: ["drink": "latte", "milk": "cream"]),
    ])

    @Test(arguments: [
        ("mocha", "Get me a 12 oz Mocha, please."), ("iced", "Can I have an iced mocha with milk?"),
        ("roast", "A medium medium-roast latté."), ("lot", "A latte with a lot of cream"),
        ("cream", "I want some latte with cream"), ("some", "Coffee and some cream!"),
    ])
    func rightCommands(file: String, text: String) {
        #expect(Self.commands.isRight(text, file: file) == true)
    }

    @Test(arguments: [
        ("mocha", "Get me a 12 oz iced mocha"), ("iced", "Can I have a mocha with milk?"),
        ("mocha", "Get me a 12 oz mocha with milk"), ("mocha", "A mocha"), ("mocha", "A 20 oz mocha"),
        ("roast", "A medium-roast latte"), ("roast", "A medium latte"), ("lot", "A latte with cream"),
        ("cream", "A latte with a lot of cream"), ("cream", "A latte with some cream"),
        ("cream", "A latte, lot of cream"),
        ("mocha", "A 12 oz mocha mocha"), ("mocha", ""), ("roast", "A medium medium roast medium latte"),
    ])
    func wrongCommands(file: String, text: String) {
        #expect(Self.commands.isRight(text, file: file) == false)
    }

    @Test(arguments: [
        ("mocha", "Get me a 12 oz mocha with milk", 2), ("mocha", "A large mocha", 1), ("mocha", "", 0),
        ("iced", "Can I have a mocha with milk?", 1), ("roast", "A medium-roast latte", 2),
        ("lot", "A latte with cream", 1),
    ])
    func slotsCountOneByOne(file: String, text: String, right: Int) {
        #expect(Self.commands.rightSlots(text, file: file)?.right == right)
        #expect(Self.commands.rightSlots(text, file: file)?.all == Self.commands.labels[file]?.slots.count)
        #expect(Self.commands.rightSlots(text, file: "other") == nil)
    }

    @Test func aFileWithoutALabelIsNeither() {
        #expect(Self.commands.isRight("A mocha", file: "other") == nil)
    }

    // Needs the recordings' labels.
    @Test(.enabled(if: TestResources.recordings != nil, "no recordings; set RIPOSTE_RECORDINGS"))
    func everyLabelIsRightInItsOwnWords() throws {
        let folder = try #require(TestResources.recordings).appendingPathComponent("commands")
        let commands = try LabelledCommands(folder: folder)
        for (file, label) in commands.labels {
            let slots = label.slots.sorted { $0.key < $1.key }.map(\.value)
            #expect(commands.isRight("Please get me " + slots.joined(separator: " and "), file: file) == true)
            #expect(commands.isRight(slots.dropFirst().joined(separator: " and "), file: file) == false)
        }
    }

    @Test(arguments: [
        ("a b c", "a b c", 0), ("a c", "a b c", 1), ("a x c d", "a b c", 2), ("", "a b", 2), ("a b", "", 2),
    ])
    func wordErrorsAreTheFewest(text: String, reference: String, errors: Int) {
        let (words, other) = (
            text.split(separator: " ").map(String.init), reference.split(separator: " ").map(String.init)
        )
        #expect(WordErrors.distance(words, other) == errors)
    }

    // Needs the recordings' noise.
    @Test(.enabled(if: TestResources.recordings != nil, "no recordings; set RIPOSTE_RECORDINGS"))
    func noiseIsAsLoudAsWanted() throws {
        let mixer = try NoiseMixer(
            file: #require(TestResources.recordings).appendingPathComponent("kitchen-noise.wav").path)
        // A second of tone, two of silence: what counts is the tone's power, not the mean.
        let tone = SeededSound.whiteNoise(count: 16_000, amplitude: 0.3) + [Float](repeating: 0, count: 32_000)
        let mixed = mixer.mixed(tone, name: "a", decibels: 0)
        let noise = zip(mixed, tone).map { $0 - $1 }
        let power = noise.reduce(0) { $0 + $1 * $1 } / Float(noise.count)
        let speech = tone.prefix(16_000).reduce(0) { $0 + $1 * $1 } / 16_000
        // Kitchen noise is not the same everywhere.
        #expect(power > speech / 4 && power < speech * 4)
        #expect(mixed == mixer.mixed(tone, name: "a", decibels: 0))
        #expect(mixed != mixer.mixed(tone, name: "b", decibels: 0))
        let softer = zip(mixer.mixed(tone, name: "a", decibels: 20), tone).map { $0 - $1 }
        let ratio = noise.reduce(0) { $0 + $1 * $1 } / softer.reduce(0) { $0 + $1 * $1 }
        #expect(abs(ratio / 100 - 1) < 0.01)
    }

    /// Below 0.6 more orders are wrong than right: there asking back is cheaper.
    @Test func askingBackIsWorthItWhereMoreIsWrongThanRight() {
        let orders = (0..<100).flatMap { number -> [AskBackThreshold.Order] in
            let confidence = Double(number) / 100
            return (0..<10).map { .init(confidence: confidence, isRight: $0 < (number < 60 ? 4 : 7)) }
        }
        let threshold = AskBackThreshold(orders: orders)
        #expect(threshold.best == 0.6)
        #expect(abs(threshold.cost(0.6) - (0.6 + 2 * 0.4 * 0.3)) < 1e-9)
        #expect(AskBackThreshold(orders: []).cost(0.5) == 0)
    }
}
