import RiposteCore
import Testing

@testable import RiposteDialog

/// What refers to an earlier request.
@Suite struct ReferenceTests {
    @Test(
        arguments: [
            (["what time is it", "and in Tokyo?"], "It's seven thirty in the evening in Tokyo."),
            (
                ["what time is it in Tokyo", "thanks", "what about London"],
                "It's eleven thirty in the morning in London."
            ),
            (["what's the date", "and tomorrow?"], "Tomorrow is Thursday, June fourth."),
            (["what day is it", "and tomorrow", "and on Friday?"], "Friday is June fifth."),
            (["what's the date", "and yesterday"], "Yesterday was Tuesday, June second."),
            (["how many days until Christmas", "and until Easter?"], "298 days until Easter."),
            (
                ["convert 350 fahrenheit to kelvin", "and in celsius?"],
                "350 degrees Fahrenheit is about 177 degrees Celsius."
            ),
            (["how many miles are five kilometers", "and ten?"], "10 kilometers is about 6.2 miles."),
            (["how many miles are five kilometers", "in meters"], "5 kilometers is 5000 meters."),
            (["what's twelve times seven", "times two"], "84 times 2 is 168."),
            (["what's twelve times seven", "and plus sixteen", "divided by ten"], "100 divided by 10 is 10."),
            (["what is 3 plus 4", "what's half of that"], "Half of 7 is 3.5."),
        ] as [([String], String)])
    func goesOn(_ texts: [String], _ expected: String) {
        var talk = DialogFixture()
        var answer = ""
        for text in texts { answer = talk.say(text, after: 0).text }
        #expect(answer == expected)
    }

    @Test func theSameAgainIsDoneAgain() {
        var talk = DialogFixture()
        talk.say("set a pasta timer for ten minutes")
        talk.say("thank you")
        let answer = talk.say("the same again")
        #expect(answer.alarms.map(\.duration) == [600] && answer.alarms.first?.label == "pasta")
        #expect(talk.say("do that again").alarms.count == 1)
        #expect(Set(talk.conversation.alarms.map(\.id)).count == 3)
    }

    @Test func whatWasAskedForInTwoStepsIsOneRequest() {
        var talk = DialogFixture()
        talk.say("set a pasta timer")
        talk.say("ten minutes")
        let answer = talk.say("same again please")
        #expect(answer.alarms.map(\.duration) == [600] && answer.alarms.first?.label == "pasta", "\(answer.text)")
    }

    @Test func timersAndAlarmsGoOn() {
        var talk = DialogFixture()
        talk.say("set a timer for ten minutes")
        #expect(talk.say("and another one for five minutes").alarms.map(\.duration) == [300])
        talk.say("set an alarm for seven")
        #expect(talk.say("and one for eight").text.hasPrefix("Alarm set for eight o'clock"))
        talk.say("set an egg timer for six minutes")
        talk.say("set a pasta timer for nine minutes")
        talk.say("how much time is left on the egg timer")
        #expect(talk.say("and the pasta?").text.hasPrefix("Your pasta timer has"))
    }

    @Test func listsGoOn() {
        var talk = DialogFixture()
        talk.say("add milk to the shopping list")
        talk.say("and some butter")
        talk.say("also eggs")
        talk.say("what time is it")
        talk.say("and cheese")
        #expect(talk.conversation.lists.first?.items == ["milk", "butter", "eggs"])
        talk.say("is milk on the list")
        #expect(talk.say("and tea?").text == "No, tea is not on your shopping list.")
        talk.say("add bread to the list")
        #expect(talk.say("and what's the time").text.hasPrefix("It's"))
        for text in ["and then", "and you", "and stop", "and thanks", "and in the kitchen"] { talk.say(text) }
        #expect(talk.conversation.lists.first?.items.count == 4)
        #expect(talk.say("add it to the list").text == ListSkill.whatToAdd)
    }

    /// What is said of a place may be about anything.
    @Test func aPlaceThatIsNoneIsLeftToOthers() {
        #expect(DialogFixture.answer("and in the kitchen").text.hasPrefix("I can't do that yet."))
        #expect(DialogFixture.answer("what about in Paris").text.hasSuffix("in Paris."))
    }

    @Test(arguments: ["what did I say", "What did I just say?", "what was my last question", "what did I ask you"])
    func saysWhatWasSaid(_ text: String) {
        var talk = DialogFixture()
        #expect(talk.say(text).text == "You haven't said anything yet.")
        talk.conversation.turns = []
        talk.say("what's twelve times seven")
        #expect(talk.say(text).text == "You said: what's twelve times seven.")
    }

    @Test(arguments: [
        "the same again", "and tomorrow night in Paris with friends", "and in celsius", "times two", "again", "and you",
    ])
    func whatRefersToNothingIsNothing(_ text: String) {
        #expect(DialogFixture.answer(text).effects.isEmpty)
        var talk = DialogFixture()
        talk.say("play some music")
        #expect(talk.say(text).effects.isEmpty)
    }

    /// A request further back than something that nobody knew is not what "the same" means.
    @Test func whatNobodyKnewStandsBetween() {
        var talk = DialogFixture()
        talk.say("set a timer for ten minutes")
        talk.say("play some music")
        #expect(talk.say("the same again").effects.isEmpty)
    }

    @Test func jokesDoNotRepeat() {
        var talk = DialogFixture()
        var jokes = [talk.say("tell me a joke").text]
        for _ in 1..<JokeSkill.jokes.count { jokes.append(talk.say("another one").text) }
        #expect(Set(jokes) == Set(JokeSkill.jokes))
        #expect(talk.say("tell me another joke").text == jokes[0])
    }
}
