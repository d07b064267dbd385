import RiposteCore
import Testing

@testable import RiposteDialog

/// A form whose values are judged, and whose questions are asked, by the project's own actions: also where these fail.
@Suite struct FormActionTests {
    private static let domain = """
        version: "3.1"
        intents: [book, inform]
        entities: [city]
        slots:
          city: {type: text, mappings: [{type: from_entity, entity: city}]}
          arrival_day: {type: text, mappings: [{type: from_text, conditions: [{active_loop: trip_form, requested_slot: arrival_day}]}]}
        forms:
          trip_form: {required_slots: [city, arrival_day]}
        actions: [validate_trip_form, action_ask_arrival_day]
        responses:
          utter_ask_city: [{text: "Where to?"}]
          utter_booked: [{text: "Booked for {city}, {arrival_day}."}]
        """
    private static let data = """
        version: "3.1"
        nlu:
          - intent: book
            examples: |
              - book a trip
          - intent: inform
            examples: |
              - to [Paris](city)
              - to [Rome](city)
        rules:
          - rule: book
            steps: [{intent: book}, {action: trip_form}, {active_loop: trip_form}]
          - rule: booked
            condition: [{active_loop: trip_form}]
            steps: [{action: trip_form}, {active_loop: null}, {slot_was_set: [{requested_slot: null}]}, {action: utter_booked}]
        """

    /// Fails for the actions that are named.
    private struct Actions: ActionRunner {
        var failing: Set<String> = []
        var refusing: Set<String> = []

        func run(_ action: String, _ request: ActionRequest) async throws -> ActionOutcome {
            if failing.contains(action) { throw RiposteError(.network, .dialog, "nobody is there") }
            var outcome = ActionOutcome()
            outcome.isRefused = refusing.contains(action)
            if action == "action_ask_arrival_day", !outcome.isRefused { outcome.answers = [.text("Which day?")] }
            return outcome
        }
    }

    private func chat(_ actions: Actions) throws -> ProjectFixture {
        let fixture = try ProjectFixture(["domain.yml": Self.domain, "data/all.yml": Self.data])
        fixture.actions = actions
        return fixture
    }

    @Test func actionsJudgeAndAsk() async throws {
        let chat = try chat(Actions())
        #expect(try await chat.say("book a trip") == "Where to?")
        #expect(try await chat.say("to Paris") == "Which day?")
        #expect(try await chat.say("on Monday") == "Booked for Paris, on Monday.")
    }

    @Test func aQuestionThatCannotBeAskedIsAskedInOtherWords() async throws {
        let chat = try chat(Actions(failing: ["action_ask_arrival_day"]))
        try await chat.say("book a trip")
        #expect(try await chat.say("to Paris") == "Sorry, that didn't work. Please tell me the arrival day.")
        #expect(try await chat.say("on Monday") == "Booked for Paris, on Monday.")
        let silent = try self.chat(Actions(refusing: ["action_ask_arrival_day"]))
        try await silent.say("book a trip")
        #expect(try await silent.say("to Paris") == "Please tell me the arrival day.")
    }

    @Test func whatCannotBeJudgedIsNotTaken() async throws {
        let chat = try chat(Actions(failing: ["validate_trip_form"]))
        try await chat.say("book a trip")
        #expect(try await chat.say("to Paris") == "Sorry, that didn't work. Where to?")
        #expect(chat.conversation.tracker.slots["city"]?.isSet != true)
        #expect(chat.conversation.tracker.requestedSlot == "city")
        #expect(try await chat.say("what's two plus two") == "2 plus 2 is 4. Where to?")
        let refusing = try self.chat(Actions(refusing: ["validate_trip_form"]))
        try await refusing.say("book a trip")
        #expect(try await refusing.say("to Paris") == "Where to?")
    }
}
