import Foundation
import RiposteCore
import RiposteTesting
import Testing

@testable import RiposteDialog

/// The examples' own conversations, and that a rehearsal notices when one goes another way.
@Suite struct RehearsalTests {
    private static let coffee = TestResources.packageRoot.appendingPathComponent("Examples/CoffeeMaker")

    private func responder(_ folder: URL) -> DialogResponder {
        DialogResponder(folder: folder) { KeywordUnderstanding($0.training) }
    }

    // Needs the model: `riposte models fetch minilm`.
    @Test(.enabled(if: UnderstandingFixture.model != nil, "no minilm model"))
    func theCoffeeMakersConversationsPass() async throws {
        let stories = try DialogProject(reading: Self.coffee).tests()
        #expect(stories.count == 50)
        let responder = DialogResponder(folder: Self.coffee) {
            ProjectUnderstanding($0.training, embedder: try UnderstandingFixture.embedder(), cache: nil)
        }
        let report = try await responder.rehearse(stories)
        #expect(report.differences.map(\.description) == [])
        #expect(report.passed == 50 && report.checks > 400)
    }

    @Test func anotherWayIsNoticed() async throws {
        let tests = """
            stories:
            - story: another action
              steps:
              - user: hello
                intent: greet
              - action: utter_goodbye
            - story: too little
              steps:
              - user: hello
              - user: I'd like a [coffee](coffeeDrink)
              - action: coffee_form
            - story: another intent
              steps:
              - user: hello
                intent: goodbye
              - action: utter_greet
            - story: another value
              steps:
              - user: 'a [large]{"entity": "size", "value": "huge"} latte'
              - action: coffee_form
            - story: another slot
              steps:
              - user: a large latte
              - action: coffee_form
              - slot_was_set:
                - size: small
            - story: another form
              steps:
              - user: a large latte
              - action: coffee_form
              - active_loop: null
            - story: right
              steps:
              - user: a large latte
              - action: coffee_form
              - active_loop: coffee_form
            """
        let fixture = try ProjectFixture(["tests/test_stories.yml": tests, "domain.yml": "version: \"3.1\""])
        let report = try await responder(Self.coffee).rehearse(fixture.project().tests())
        #expect(report.conversations == 7 && report.passed == 1)
        #expect(report.differences.map(\.place.line) == [6, 10, 14, 19, 25, 31])
        #expect(report.differences.first?.description.contains("hello") == true)
    }

    /// A test changes nothing in the world, and knows what an action of the project would set.
    @Test func actionsSetWhatTheTestSaysTheySet() async throws {
        let fixture = try ProjectFixture([
            "domain.yml": """
            version: "3.1"
            intents: [order]
            slots:
              price: {type: float, mappings: [{type: custom}]}
            actions: [action_price, action_reset_slots]
            responses:
              utter_price: [{text: "{price}"}]
            """,
            "data/all.yml": """
            version: "3.1"
            nlu:
              - intent: order
                examples: |
                  - order something
            rules:
              - rule: order
                steps:
                  - intent: order
                  - action: action_price
                  - action: utter_price
                  - action: action_reset_slots
            """,
            // Where nobody listens.
            "endpoints.yml": "action_endpoint: {url: 'http://127.0.0.1:1/webhook'}",
            "tests/test_stories.yml": """
            stories:
            - story: price
              steps:
              - user: order something
              - action: action_price
              - slot_was_set:
                - price: 3.5
              - action: utter_price
              - action: action_reset_slots
            """,
        ])
        let stories = try fixture.project().tests()
        let report = try await responder(fixture.folder).rehearse(stories)
        #expect(report.differences == [])
        #expect(report.checks == 4)
    }

    @Test func aChangedProjectIsReadAnew() async throws {
        let fixture = try ProjectFixture([:])
        for file in ProjectReader.allFiles(in: Self.coffee) {
            let name = String(file.path.dropFirst(Self.coffee.path.count + 1))
            try fixture.write(String(contentsOf: file, encoding: .utf8), to: name)
        }
        let responder = responder(fixture.folder)
        try await responder.load()
        func greeting() async throws -> String {
            var text = ""
            let conversation = Conversation(now: DialogFixture.now)
            for try await reply in responder.reply(to: Transcript(text: "hello"), in: conversation) {
                text += reply.text
            }
            return text
        }
        #expect(try await greeting() == "Hello. What would you like to drink?")
        #expect(try await responder.refresh() == false)
        let domain = try String(contentsOf: fixture.folder.appendingPathComponent("domain.yml"), encoding: .utf8)
        try fixture.write(domain.replacing("Hello. What", with: "Good day. What"), to: "domain.yml")
        #expect(try await responder.refresh())
        #expect(try await greeting() == "Good day. What would you like to drink?")
        // One that has become wrong is told of once, and the conversation goes on as it was.
        try fixture.write("intents: [", to: "domain.yml")
        await #expect(throws: RiposteError.self) { try await responder.refresh() }
        #expect(try await responder.refresh() == false)
        #expect(try await greeting() == "Good day. What would you like to drink?")
    }

    @Test func doesWhatEveryResponderDoes() async throws {
        let problems = await ResponderConformance.problems(of: responder(Self.coffee))
        #expect(problems == [])
    }
}
