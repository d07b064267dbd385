import Foundation
import RiposteCore
import RiposteTesting
import Testing

@testable import RiposteDialog

// Needs the model: `riposte models fetch minilm`.
@Suite(.serialized, .enabled(if: UnderstandingFixture.model != nil, "no minilm model"))
struct UnderstandingTests {
    /// Trained once for all tests.
    private static let shared = Task {
        let understanding = ProjectUnderstanding(
            UnderstandingFixture.lights, embedder: try UnderstandingFixture.embedder(), cache: nil)
        try await understanding.load()
        return understanding
    }

    private func parse(_ text: String, expecting: [String] = []) async throws -> ParsedMessage {
        try await Self.shared.value.parse(Transcript(text: text), expecting: expecting)
    }

    @Test(arguments: [
        ("could you switch the light on", "lightsOn"), ("please turn the lights off now", "lightsOff"),
        ("remind me to mow the lawn", "remind"), ("i'd like a big cappuccino", "order"),
        ("i need a train from berlin to london", "travel"),
    ])
    func understandsWhatItHasNotHeard(_ text: String, _ intent: String) async throws {
        let message = try await parse(text)
        #expect(message.intent?.name == intent)
        #expect((0...1).contains(message.intent?.confidence ?? -1))
        #expect(Set(message.ranking.map(\.name)).count == message.ranking.count)
        #expect(zip(message.ranking, message.ranking.dropFirst()).allSatisfy { $0.confidence >= $1.confidence })
    }

    @Test(arguments: [
        "what is the capital of peru", "my head hurts", "how do i reset my password", "blah blah", "tell me a story",
        "who won the football match yesterday",
    ])
    func refusesWhatItIsNotAbout(_ text: String) async throws {
        #expect(try await parse(text).intent?.name == ParsedMessage.outOfScope)
    }

    @Test func findsEntities() async throws {
        let order = try await parse("I'd like a big capuchino, please.")
        #expect(order.entities.map(\.entity) == ["size", "drink"])
        #expect(order.entities.map(\.value) == ["large", "cappuccino"])
        let scalars = Array(order.text.unicodeScalars)
        let said = order.entities.map { String(String.UnicodeScalarView(scalars[$0.start..<$0.end])) }
        #expect(said == ["big", "capuchino"])
        let task = try await parse("remind me to wash the car")
        #expect(task.entities.first { $0.entity == "task" }?.value == "wash the car")
        let travel = try await parse("a train from berlin to rome with ticket ab1234")
        #expect(travel.entities.filter { $0.entity == "city" }.map(\.role) == ["from", "to"])
        #expect(travel.entities.contains { $0.entity == "ticket" && $0.value == "ab1234" })
    }

    @Test func aBareAnswerBelongsToTheIntentThatCarriesIt() async throws {
        let message = try await parse("large", expecting: ["size"])
        #expect(message.intent?.name == "order")
        #expect(message.entities.first?.value == "large")
    }

    @Test func withoutWordsThereIsNothing() async throws {
        for text in ["", "   ", "…", "?!"] {
            let message = try await parse(text)
            #expect(message.ranking.isEmpty && message.entities.isEmpty)
        }
    }

    @Test func anythingIsUnderstoodInBoundedTime() async throws {
        let texts = [
            String(repeating: "a", count: 100_000), String(repeating: "large latte ", count: 5_000),
            "\u{0}\u{1F600}\u{200D}\u{FEFF}x", String(repeating: "é̂", count: 3_000),
        ]
        for text in texts { #expect(try await parse(text).ranking.isEmpty == false) }
    }

    @Test func whatWasTrainedIsKeptAndTheSame() async throws {
        let folder = try TestResources.temporaryFolder()
        defer { try? FileManager.default.removeItem(at: folder) }
        let cache = UnderstandingCache(folder: folder)
        let embedder = RememberingEmbedder(try UnderstandingFixture.embedder())
        var data = UnderstandingFixture.lights
        data.examples = data.examples.filter { $0.intent != "travel" }
        let first = try await UnderstandingTrainer(embedder: embedder).train(data)
        let second = try await UnderstandingTrainer(embedder: embedder).train(data)
        #expect(first.trained == second.trained)
        #expect(first.heldOut.count == data.examples.count)
        try cache.store(first.trained)
        #expect(cache.read(first.trained.key) == first.trained)
        #expect(cache.read("other") == nil)
        // A file that was cut off counts as not there.
        let file = try #require(
            FileManager.default.contentsOfDirectory(at: folder, includingPropertiesForKeys: nil).first)
        try Data(contentsOf: file).prefix(1000).write(to: file)
        #expect(cache.read(first.trained.key) == nil)
        // Other data have another key.
        let changed = try TrainedUnderstanding.key(of: UnderstandingFixture.lights, embedder: embedder)
        #expect(changed != first.trained.key)
    }

    @Test func badDataIsRefused() async throws {
        let trainer = UnderstandingTrainer(embedder: try UnderstandingFixture.embedder())
        await #expect(throws: RiposteError.self) { try await trainer.train(TrainingData()) }
        let mark = ParsedEntity("x", value: "y", in: 3..<90)
        let outside = TrainingData(examples: [.init("short", intent: "a", entities: [mark])])
        let error = await #expect(throws: RiposteError.self) { try await trainer.train(outside) }
        #expect(error?.message.contains("short") == true)
    }

    @Test func oneIntentAloneIsStillToldFromOthers() async throws {
        let data = TrainingData(
            examples: ["turn on the lights", "lights on", "switch on the lamp", "make it bright", "more light"]
                .map { .init($0, intent: "on") })
        let understanding = ProjectUnderstanding(data, embedder: try UnderstandingFixture.embedder(), cache: nil)
        #expect(try await understanding.parse(Transcript(text: "turn the lamp on"), expecting: []).intent?.name == "on")
        let other = try await understanding.parse(Transcript(text: "what is the capital of peru"), expecting: [])
        #expect(other.intent?.name == ParsedMessage.outOfScope)
    }
}
