import RiposteCore
import Testing

@testable import RiposteDialog

/// "And in the bedroom?", "the same again", in a project.
@Suite struct ProjectReferenceTests {
    private static let files = [
        "domain.yml": """
        version: "3.1"
        intents: [light_on, light_off, thanks]
        entities: [room, colour]
        slots:
          room: {type: text, mappings: [{type: from_entity, entity: room}]}
          colour: {type: text, mappings: [{type: from_entity, entity: colour}]}
        responses:
          utter_on: [{text: "On in the {room}, {colour}."}]
          utter_off: [{text: "Off in the {room}."}]
          utter_welcome: [{text: "With pleasure."}]
        """,
        "data/all.yml": """
        version: "3.1"
        nlu:
          - intent: light_on
            examples: |
              - turn on the light in the [kitchen](room)
              - turn on the [red](colour) light in the [bedroom](room)
          - intent: light_off
            examples: |
              - turn off the light in the [hall](room)
          - intent: thanks
            examples: |
              - thanks a lot
        rules:
          - rule: on
            steps: [{intent: light_on}, {action: utter_on}]
          - rule: off
            steps: [{intent: light_off}, {action: utter_off}]
          - rule: thanks
            steps: [{intent: thanks}, {action: utter_welcome}]
        """,
    ]

    @Test func valuesAloneGoOnWithTheRequestBefore() async throws {
        let chat = try ProjectFixture(Self.files)
        #expect(try await chat.say("turn on the red light in the kitchen") == "On in the kitchen, red.")
        #expect(try await chat.say("and in the bedroom?") == "On in the bedroom, red.")
        #expect(chat.conversation.tracker.latestMessage?.intent?.name == "light_on")
        try await chat.say("thanks a lot")
        #expect(try await chat.say("what about the hall") == "On in the hall, red.")
        #expect(try await chat.say("turn off the light in the hall") == "Off in the hall.")
        #expect(try await chat.say("and in the kitchen") == "Off in the kitchen.")
        // The colour belongs to the request before that.
        #expect(try await chat.say("and red") == "On in the hall, red.")
    }

    @Test func theSameIsDoneAgain() async throws {
        let chat = try ProjectFixture(Self.files)
        try await chat.say("turn on the red light in the kitchen")
        #expect(try await chat.say("the same again") == "On in the kitchen, red.")
        #expect(chat.lastActions == ["action_same_again", "utter_on"])
    }

    @Test func skillsGoOnToo() async throws {
        let chat = try ProjectFixture(Self.files)
        try await chat.say("what time is it in Tokyo")
        #expect(try await chat.say("and in London?").hasSuffix("in London."))
        #expect(chat.lastActions == ["action_skill"])
        try await chat.say("set a timer for ten minutes")
        try await chat.say("do that again")
        #expect(chat.conversation.alarms.count == 2)
        try await chat.say("roll a d1000")
        #expect(try await chat.say("again").hasPrefix("I rolled"))
        #expect(try await chat.say("what did I say") == "You said: again.")
        #expect(try await chat.say("turn on the light in the kitchen").hasPrefix("On in the kitchen"))
    }

    @Test func whatStandsByItselfIsNotMadeAnythingElse() async throws {
        let chat = try ProjectFixture(Self.files)
        try await chat.say("turn on the red light in the kitchen")
        #expect(try await chat.say("turn off the light in the hall") == "Off in the hall.")
        try await chat.say("thanks a lot")
        // More than values: not the same with another room.
        try await chat.say("thanks for the kitchen")
        #expect(chat.lastActions != ["utter_off"])
    }
}
