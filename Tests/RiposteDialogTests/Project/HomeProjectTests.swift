import Foundation
import RiposteCore
import RiposteTesting
import Testing

@testable import RiposteDialog

/// Forms that interrupt each other, and stories, with the project of the home.
@Suite struct HomeProjectTests {
    private static func home() throws -> ProjectFixture {
        let folder = TestResources.packageRoot.appendingPathComponent("Examples/Home")
        var files: [String: String] = [:]
        for file in ProjectReader.allFiles(in: folder) {
            files[String(file.path.dropFirst(folder.path.count + 1))] = try String(contentsOf: file, encoding: .utf8)
        }
        return try ProjectFixture(files)
    }

    @Test func aFormInterruptsAnother() async throws {
        let chat = try Self.home()
        try await chat.say("set the thermostat")
        #expect(chat.conversation.tracker.requestedSlot == "heatingRoom")
        try await chat.say("can you switch the lights on")
        #expect(chat.conversation.tracker.activeForm == "light_form")
        #expect(chat.conversation.tracker.suspendedForms == ["heating_form"])
        let answer = try await chat.say("in the kitchen")
        #expect(answer.hasPrefix("The light in the kitchen is on. Now, back to where we were."))
        #expect(chat.conversation.tracker.activeForm == "heating_form")
        #expect(chat.conversation.tracker.requestedSlot == "heatingRoom")
    }

    @Test func anInterruptingFormThatIsCanceledGivesWay() async throws {
        let chat = try Self.home()
        try await chat.say("make the bedroom warmer")
        #expect(chat.conversation.tracker.requestedSlot == "degrees")
        try await chat.say("can you switch the lights on")
        try await chat.say("never mind")
        #expect(chat.conversation.tracker.activeForm == "heating_form")
        #expect(try await chat.say("twenty one") == "The bedroom will have 21 degrees.")
    }

    @Test func valuesOutOfBoundsAreNotTaken() async throws {
        let chat = try Self.home()
        try await chat.say("make the bedroom warmer")
        #expect(try await chat.say("ninety").hasPrefix("It must be between 5 and 30."))
        #expect(chat.conversation.tracker.requestedSlot == "degrees")
        #expect(try await chat.say("18") == "The bedroom will have 18 degrees.")
    }

    @Test func goesOnAsTheStoriesDo() async throws {
        let chat = try Self.home()
        try await chat.say("I'm leaving")
        #expect(chat.lastActions == ["utter_ask_leave"])
        try await chat.say("yes")
        #expect(chat.lastActions == ["utter_left", "utter_ask_lock"])
        try await chat.say("no thanks")
        #expect(chat.lastActions == ["utter_not_locked"])
        try await chat.say("lock the doors")
        try await chat.say("yes")
        #expect(chat.lastActions == ["utter_locked"])
    }

    /// A story goes on where a question of another kind came between.
    @Test func storiesSurviveCourtesies() async throws {
        let chat = try Self.home()
        try await chat.say("lock the doors")
        let question = chat.conversation.turns.last?.assistant
        #expect(try await chat.say("what did you say") == question)
        #expect(try await chat.say("what time is it").hasPrefix("It's"))
        try await chat.say("yes")
        #expect(chat.lastActions == ["utter_locked"])
    }

    /// After something that no story tells, the nearest story goes on.
    @Test func storiesGeneralize() async throws {
        let chat = try Self.home()
        try await chat.say("which rooms are there")
        try await chat.say("I'm leaving")
        try await chat.say("no")
        #expect(chat.lastActions == ["utter_stays_on"])
    }
}
