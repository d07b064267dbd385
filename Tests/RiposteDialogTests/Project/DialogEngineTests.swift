import Foundation
import RiposteCore
import RiposteTesting
import Testing

@testable import RiposteDialog

/// Whole conversations with the project of the coffee maker, and what happens when they don't go as planned.
@Suite struct DialogEngineTests {
    private static func coffee() throws -> ProjectFixture {
        let folder = TestResources.packageRoot.appendingPathComponent("Examples/CoffeeMaker")
        var files: [String: String] = [:]
        for file in ProjectReader.allFiles(in: folder) {
            files[String(file.path.dropFirst(folder.path.count + 1))] = try String(contentsOf: file, encoding: .utf8)
        }
        return try ProjectFixture(files)
    }

    @Test func takesAnOrder() async throws {
        let chat = try Self.coffee()
        #expect(["What size would you like?", "Which size?"].contains(try await chat.say("I'd like a latte please")))
        #expect(chat.lastActions == ["coffee_form"])
        #expect(chat.conversation.tracker.requestedSlot == "size")
        let question = try await chat.say("large, with soy milk")
        #expect(question == "Large latte, soy milk. Is that right?")
        #expect(chat.conversation.expectation == .confirmation)
        #expect(try await chat.say("yes please") == "Coming right up: large latte, soy milk.")
        #expect(chat.lastActions == ["coffee_form", "utter_ordered", "action_reset_slots"])
        #expect(chat.conversation.tracker.activeForm == nil)
        #expect(chat.conversation.tracker.slots["size"] == .empty)
    }

    @Test func takesCorrections() async throws {
        let chat = try Self.coffee()
        try await chat.say("a small latte please")
        let answer = try await chat.say("no, make it large")
        #expect(answer == "Okay, large. Large latte. Is that right?")
        #expect(chat.conversation.tracker.slots["confirmed"]?.isSet != true)
        try await chat.say("not a latte, a cappuccino")
        #expect(chat.conversation.tracker.slots["coffeeDrink"] == .text("cappuccino"))
        try await chat.say("no")
        #expect(chat.lastActions == ["coffee_form", "utter_not_ordered", "action_reset_slots"])
    }

    @Test func comesBackAfterDigressions() async throws {
        let chat = try Self.coffee()
        try await chat.say("I'd like a mocha")
        #expect(try await chat.say("what time is it").hasPrefix("It's"))
        #expect(chat.lastActions == ["action_skill", "coffee_form"])
        try await chat.say("what sizes are there")
        #expect(chat.lastActions == ["utter_sizes", "coffee_form"])
        #expect(chat.conversation.tracker.requestedSlot == "size")
        try await chat.say("medium")
        #expect(chat.conversation.tracker.requestedSlot == "confirmed")
    }

    @Test func obeysCommandsEverywhere() async throws {
        let chat = try Self.coffee()
        let first = try await chat.say("I want a cappuccino")
        #expect(try await chat.say("sorry, what?") == first)
        let help = try await chat.say("help")
        #expect(help.contains("small, medium, large"))
        #expect(try await chat.say("start over").hasPrefix("Okay, from the beginning."))
        #expect(chat.conversation.tracker.requestedSlot == "coffeeDrink")
        #expect(try await chat.say("never mind") == "Okay, no coffee then.")
        #expect(chat.conversation.tracker.activeForm == nil)
        #expect(try await chat.say("what can you do").contains("latte"))
        #expect(try await chat.say("cancel") == "Okay.")
    }

    @Test func makesTheSameAgain() async throws {
        let chat = try Self.coffee()
        try await chat.say("a large latte with soy milk")
        try await chat.say("yes")
        let answer = try await chat.say("the same again please")
        #expect(answer == "Large latte, soy milk. Is that right?")
        #expect(try await chat.say("yes") == "Coming right up: large latte, soy milk.")
        #expect(try await Self.coffee().say("the same again") != "Large latte, soy milk. Is that right?")
    }

    @Test func goesAStepBack() async throws {
        let chat = try Self.coffee()
        try await chat.say("I want a cappuccino")
        try await chat.say("large")
        #expect(chat.conversation.tracker.requestedSlot == "confirmed")
        #expect(try await chat.say("go back").hasPrefix("Okay. "))
        #expect(chat.conversation.tracker.requestedSlot == "size")
        #expect(chat.conversation.tracker.slots["size"]?.isSet != true)
    }

    @Test func asksAgainWithWhatCanBeSaid() async throws {
        let chat = try Self.coffee()
        try await chat.say("I want a cappuccino")
        #expect(try await chat.say("blue whales sing").hasPrefix("Sorry, I didn't get that."))
        #expect(chat.lastActions == ["action_reprompt"])
        #expect(try await chat.say("green whales sing").contains("You can say small, medium"))
        #expect(chat.conversation.tracker.requestedSlot == "size")
    }

    @Test func skillsAnswerWhatTheProjectDoesNot() async throws {
        let chat = try Self.coffee()
        #expect(try await chat.say("set a timer for ten minutes").contains("Timer set"))
        #expect(chat.conversation.alarms.count == 1)
        #expect(try await chat.say("cancel the timer").contains("canceled"))
    }

    @Test func declinesInTwoStages() async throws {
        let chat = try Self.coffee()
        let question = try await chat.say("order something nice")
        #expect(question.hasPrefix("Did you mean something like"))
        #expect(chat.conversation.expectation == .confirmation)
        #expect(try await chat.say("no") == "Sorry. Could you say it in other words?")
        #expect(try await chat.say("purple monkeys fly").hasPrefix("I can't do that yet."))
        #expect(chat.conversation.tracker.question == nil)
        try await chat.say("order something nice")
        try await chat.say("yes")
        #expect(chat.conversation.tracker.activeForm == "coffee_form")
    }

    @Test func asksBackAboutWhatWasHardToHear() async throws {
        let chat = try Self.coffee()
        let words = [("a", 0.9), ("large", 0.3), ("latte", 0.9)].map {
            Transcript.Word(text: $0.0, start: 0, end: 0, confidence: $0.1)
        }
        #expect(try await chat.say("a large latte", confidence: 0.4, words: words) == "Did you say: large?")
        #expect(chat.conversation.tracker.slots["size"] == nil)
        try await chat.say("no, small")
        #expect(chat.conversation.tracker.slots["size"] == .text("small"))
        #expect(chat.conversation.tracker.slots["coffeeDrink"] == .text("latte"))

        let other = try Self.coffee()
        try await other.say("a large latte", confidence: 0.4, words: words)
        try await other.say("no")
        #expect(other.conversation.tracker.requestedSlot == "size")
        #expect(other.conversation.tracker.slots["coffeeDrink"] == .text("latte"))

        let third = try Self.coffee()
        #expect(try await third.say("a large latte", confidence: 0.4) == "Did you say: large, latte?")
        try await third.say("yes")
        #expect(third.conversation.tracker.requestedSlot == "confirmed")
    }

    @Test func answeringHasNoEffectOfItsOwn() async throws {
        let chat = try Self.coffee()
        try await chat.say("a small latte please")
        let engine = try #require(chat.engine)
        let before = chat.conversation
        let first = try await engine.respond(to: Transcript(text: "yes"), in: before)
        let second = try await engine.respond(to: Transcript(text: "yes"), in: before)
        #expect(first.events == second.events && first.sentences == second.sentences)
        #expect(chat.conversation == before)
    }

    @Test func lapsedConversationsBeginAnew() async throws {
        let chat = try Self.coffee()
        try await chat.say("a small latte please")
        chat.conversation.now += 11 * 60
        try await chat.say("yes")
        #expect(chat.lastActions == ["utter_okay"])
        #expect(chat.conversation.tracker.slots["size"]?.isSet != true)
    }

    @Test func saysWhatIsLikelyToBeSaid() async throws {
        let chat = try Self.coffee()
        let engine = try chat.load()
        #expect(engine.vocabulary.phrases(for: Tracker()).contains("iced mocha"))
        try await chat.say("I want a cappuccino")
        #expect(engine.vocabulary.phrases(for: chat.conversation.tracker).prefix(3) == ["small", "medium", "large"])
    }

    @Test func buttonsAndPayloadsSpeak() async throws {
        let chat = try Self.coffee()
        try await chat.say("/orderDrink{\"coffeeDrink\": \"mocha\", \"size\": \"large\"}")
        #expect(chat.conversation.tracker.requestedSlot == "confirmed")
        try await chat.say("/affirm")
        #expect(chat.lastActions.contains("utter_ordered"))
    }

    @Test func aConversationSurvivesBeingWrittenDown() async throws {
        let chat = try Self.coffee()
        try await chat.say("a small latte please")
        let data = try JSONEncoder().encode(chat.conversation)
        #expect(try JSONDecoder().decode(Conversation.self, from: data) == chat.conversation)
    }
}
