import Foundation
import RiposteCore
import Testing

@testable import RiposteDialog

@Suite struct TimerTests {
    @Test(
        arguments: [
            ("set a timer for ten minutes", 600), ("Set a timer for 10 minutes.", 600), ("Set timer 10 minutes", 600),
            ("set a timer for an hour and a half", 5400), ("Set a timer for 90 seconds.", 90),
            ("set a timer for half an hour", 1800), ("Set a timer for 1 1/2 hours.", 5400),
            ("set a timer for 1.5 hours", 5400),
            ("set a timer for one and a half hours", 5400), ("Set a timer for 1½ hours", 5400),
            ("set a half hour timer", 1800),
            ("set a timer for a minute and a half", 90), ("Set a 10-minute timer.", 600),
            ("set a ten minute timer please", 600),
            ("start a timer for 5 minutes", 300), ("Can you set a timer for five minutes?", 300),
            ("um, could you please set a timer for, uh, five minutes", 300), ("timer for five minutes", 300),
            ("timer five minutes", 300),
            ("5 minute timer", 300), ("five minute timer", 300), ("Set a timer for twenty-five minutes", 1500),
            ("set a timer for two hours and fifteen minutes", 8100), ("Set a timer for 2 hours, 15 minutes.", 8100),
            ("set a timer for one hour thirty", 5400), ("set a timer for a couple of minutes", 120),
            ("set a timer for a minute", 60),
            ("set a timer for an hour", 3600), ("set a timer for a quarter of an hour", 900),
            ("set a timer for three quarters of an hour", 2700), ("Set a timer for too minutes.", 120),
            ("set a timer for for minutes", 240), ("set a timer for to minutes", 120),
            ("set a timer for ate minutes", 480),
            ("set a timmer for ten minutes", 600), ("Set a timer for 10 minuets.", 600),
            ("set the time for ten minutes", 600), ("said a timer for ten minutes", 600),
            ("Sit a timer for 10 minutes.", 600),
            ("set a time or for 10 minutes", 600), ("set another timer for 3 minutes", 180),
            ("I need a timer for 20 minutes", 1200),
            ("give me a 15 minute timer", 900), ("could you start a three minute timer for me", 180),
            ("I'd like a timer for 12 minutes, please.", 720), ("put ten minutes on the clock", 600),
            ("time me for 30 seconds", 30),
            ("count down from 30 seconds", 30), ("let me know when ten minutes are up", 600),
            ("alert me in 5 minutes", 300),
            ("set a timer for 1 hour 20 minutes and 10 seconds", 4810), ("SET A TIMER FOR TEN MINUTES", 600),
            ("set a timer for a hundred seconds", 100), ("set a timer for one hundred and twenty seconds", 120),
            ("please set the timer to 45 minutes", 2700), ("Okay, set a timer for 5 minutes, thanks.", 300),
            ("hey, can you set me a timer for like 10 minutes", 600), ("set a timer for 10 mins", 600),
            ("set a timer for 1 hr", 3600),
            ("set a timer for 2 hrs 30 mins", 9000), ("Timer. 10 minutes.", 600),
            ("set a second timer for ten minutes", 600),
            ("set a one minute timer", 60), ("Set a timer for a day", 86_400), ("make a timer for seven minutes", 420),
            ("start a countdown for 60 seconds", 60), ("set timer for five minutes from now", 300),
            ("can we do a timer for 8 minutes", 480), ("riposte set a timer for 8 minutes", 480),
            ("begin a five minute countdown", 300),
            ("set a timer for 0.5 hours", 1800), ("set a timer for two and a half minutes", 150),
            ("set a timer of 15 minutes", 900),
            ("I said set a timer for 15 minutes", 900), ("set ten minutes", 600),
            ("set a timer for zero point five hours", 1800),
            ("set a timer for twenty minutes and thirty seconds", 1230), ("set timer to 3 minutes 30", 210),
        ] as [(String, Double)])
    func setsOneTimer(_ text: String, _ seconds: Double) throws {
        let answer = DialogFixture.answer(text)
        try #require(answer.alarms.count == 1, "\(answer.text)")
        #expect(answer.effects.count == 1)
        #expect(answer.alarms[0].duration == seconds)
        #expect(answer.alarms[0].due == DialogFixture.now.addingTimeInterval(seconds))
        #expect(answer.alarms[0].label == nil)
        #expect(answer.text.contains(SpokenDuration.phrase(seconds)))
    }

    @Test(
        arguments: [
            ("set a pasta timer for ten minutes", 600, "pasta"), ("five minute pasta timer", 300, "pasta"),
            ("Set a timer for 10 minutes for the pasta.", 600, "pasta"),
            ("set a ten minute timer for pasta", 600, "pasta"),
            ("set a timer called laundry for 40 minutes", 2400, "laundry"),
            ("start a 40 minute timer named laundry", 2400, "laundry"),
            ("egg timer six minutes", 360, "egg"), ("Set an egg timer for six minutes.", 360, "egg"),
            ("set a timer for the eggs for six minutes", 360, "eggs"), ("set a 20 minute oven timer", 1200, "oven"),
            ("set a timer for 12 minutes called sweet potatoes", 720, "sweet potatoes"),
            ("start the rice timer for 18 minutes", 1080, "rice"),
            ("pasta timer for 8 minutes", 480, "pasta"), ("please start a five-minute tea timer", 300, "tea"),
            ("create a timer named bread, 45 minutes", 2700, "bread"),
            ("set a timer for 5 minutes and call it tea", 300, "tea"),
            ("set a pizza timer for a quarter of an hour", 900, "pizza"),
        ] as [(String, Double, String)])
    func setsNamedTimer(_ text: String, _ seconds: Double, _ label: String) throws {
        let answer = DialogFixture.answer(text)
        try #require(answer.alarms.count == 1, "\(answer.text)")
        #expect(answer.alarms[0].duration == seconds)
        #expect(answer.alarms[0].label == label)
        #expect(answer.alarms[0].text == "Your \(label) timer is done.")
        #expect(answer.text == "\(label.sentenceStart) timer set for \(SpokenDuration.phrase(seconds)).")
    }

    @Test(
        arguments: [
            ("set a timer for five minutes and another one for ten minutes", [300, 600]),
            ("Set a timer for 5 minutes and a timer for 10 minutes.", [300, 600]),
            ("set timers for five minutes and ten minutes", [300, 600]),
            ("set a pasta timer for 10 minutes and an egg timer for 6 minutes", [600, 360]),
            ("Set a timer for 5 minutes, another for 10 minutes and one for 20 minutes", [300, 600, 1200]),
            ("set a five minute timer and a ten minute timer", [300, 600]),
            ("Set a timer for 5 minutes. Set a timer for 10 minutes.", [300, 600]),
        ] as [(String, [Double])])
    func setsSeveralTimers(_ text: String, _ seconds: [Double]) {
        let answer = DialogFixture.answer(text)
        #expect(answer.alarms.map(\.duration) == seconds, "\(answer.text)")
        #expect(Set(answer.alarms.map(\.id)).count == seconds.count)
    }

    @Test(arguments: [
        "tell me about the history of time", "how long is a five minute timer", "what's a timer",
        "don't set a timer for ten minutes",
        "I had a timer once", "ten minutes", "I waited for ten minutes", "it took ten minutes to get there",
        "the best timer of all time", "set the table for ten people", "how do I set a timer",
        "ten minutes ago I saw a bird",
        "what did you do for ten minutes", "small latte with two minutes", "I will be there in five minutes",
        "set the oven to 350 degrees", "the timer rang for ten minutes and then it stopped and I went home",
        "why does my timer take ten minutes", "pause the timer for ten minutes", "set a timer for minus five minutes",
    ])
    func leavesOtherTalkAlone(_ text: String) {
        let answer = DialogFixture.answer(text)
        #expect(answer.effects.isEmpty, "\(answer.text)")
        #expect(!answer.text.contains("imer set"), "\(answer.text)")
    }

    @Test func refusesWhatNoTimerCanDo() {
        #expect(DialogFixture.answer("set a timer for zero minutes").text == "A timer needs at least one second.")
        #expect(DialogFixture.answer("set a timer for a million hours").text.hasPrefix("That's too long"))
        #expect(DialogFixture.answer("set a timer for 999999999999999999999999 hours").effects.isEmpty)
    }

    @Test(
        arguments: [
            ("set a timer", "ten minutes", 600, nil), ("Set a pasta timer.", "For 10 minutes.", 600, "pasta"),
            ("start a timer please", "five minutes please", 300, nil), ("set a timer for minutes", "four", 0, nil),
        ] as [(String, String, Double, String?)])
    func asksHowLong(_ request: String, _ length: String, _ seconds: Double, _ label: String?) {
        var talk = DialogFixture()
        let question = talk.say(request)
        #expect(question.text == TimerSkill.howLong)
        #expect(question.effects.isEmpty)
        let answer = talk.say(length)
        #expect(answer.alarms.first?.duration ?? 0 == seconds, "\(answer.text)")
        #expect(answer.alarms.first?.label == label)
    }

    @Test(arguments: [
        "how much time is left", "how much time is left on the timer", "How much time is left on my timer?",
        "how long is left",
        "how much longer", "time left", "what's left on the timer", "how many minutes are left",
        "how long do I have left",
        "how much time do I have left", "how's the timer doing", "check the timer", "when does the timer go off",
        "is the timer done yet",
        "how much time is remaining", "How long until the timer rings?", "how much longer on the timer",
        "how many minutes left on the timer",
        "what's the time left on the timer", "how much time left on the ten minute timer", "what timers are running",
        "list my timers",
        "are there any timers", "how much more time", "when will the timer end", "how long is left on the timer",
        "do I have any timers",
        "what are my timers", "which timers are set", "timers", "show me my timers", "how long on the timer",
    ])
    func tellsWhatIsLeft(_ question: String) {
        var talk = DialogFixture()
        talk.say("set a timer for ten minutes")
        let answer = talk.say(question, after: 60)
        #expect(answer.text.contains("9 minutes left"), "\(answer.text)")
        #expect(answer.effects.isEmpty)
        #expect(DialogFixture.answer(question).text == "You have no timers.", "\(DialogFixture.answer(question).text)")
    }

    @Test func tellsSeveralApart() {
        var talk = DialogFixture()
        talk.say("set a pasta timer for ten minutes")
        talk.say("set a timer for 8 minutes")
        #expect(
            talk.say("how much time is left on the pasta timer", after: 59).text
                == "Your pasta timer has 9 minutes left.")
        #expect(
            talk.say("How much time is left on the pasta?", after: 0).text == "Your pasta timer has 9 minutes left.")
        #expect(
            talk.say("what timers do I have", after: 0).text
                == """
                You have 2 timers: an 8 minute timer with 7 minutes and 1 second left and a pasta timer with 9 \
                minutes left.
                """
        )
        #expect(talk.say("how long is left on the bread timer").text == "You have no bread timer.")
    }

    @Test(arguments: [
        "cancel the timer", "Cancel timer.", "stop the timer", "delete my timer", "turn off the timer",
        "turn the timer off",
        "cancel the ten minute timer", "clear the timer", "cancel all timers", "cancel all of my timers", "cancel it",
        "remove the timer",
        "could you cancel the timer please", "kill the timer", "cancel", "never mind the timer", "end the timer",
        "cancel the timmer",
        "stop all timers", "cancel everything", "delete timer", "cancel my timers", "counsel the timer",
        "forget the timer",
    ])
    func cancelsTheOnlyTimer(_ text: String) {
        var talk = DialogFixture()
        let id = talk.say("set a timer for ten minutes").alarms.first?.id ?? ""
        let answer = talk.say(text)
        #expect(answer.effects == [.cancelAlarm(id: id)], "\(answer.text)")
        #expect(answer.text == "Okay, your 10 minute timer is canceled.")
    }

    @Test func cancelsOneOfSeveral() {
        var talk = DialogFixture()
        let pasta = talk.say("set a pasta timer for ten minutes").alarms[0]
        let eggs = talk.say("set an egg timer for six minutes").alarms[0]
        let plain = talk.say("set a timer for an hour").alarms[0]
        let question = talk.say("cancel the timer")
        #expect(
            question.text == "You have the egg timer, the pasta timer, and the 1 hour timer. Which one should I cancel?"
        )
        #expect(question.effects.isEmpty)
        #expect(talk.say("the pasta one").effects == [.cancelAlarm(id: pasta.id)])
        #expect(talk.say("cancel the eggs timer").effects == [.cancelAlarm(id: eggs.id)])
        #expect(talk.say("cancel the one hour timer").effects == [.cancelAlarm(id: plain.id)])
        #expect(talk.say("cancel the timer").text == "There is no timer to cancel.")
    }

    @Test func cancelsAll() {
        var talk = DialogFixture()
        let ids = ["set a timer for 5 minutes", "set a timer for 6 minutes"].flatMap { talk.say($0).alarms.map(\.id) }
        let answer = talk.say("cancel all the timers")
        #expect(answer.effects == ids.map(Effect.cancelAlarm))
        #expect(answer.text == "Okay, I canceled all 2 timers.")
    }

    @Test func tellsTimersOfTheSameNameApart() {
        var talk = DialogFixture()
        talk.say("set a pasta timer for 10 minutes")
        let short = talk.say("set a pasta timer for 5 minutes").alarms[0]
        #expect(
            talk.say("cancel the pasta timer").text
                == "You have the 5 minute pasta timer and the 10 minute pasta timer. Which one should I cancel?")
        #expect(talk.say("the five minute one").effects == [.cancelAlarm(id: short.id)])
    }

    @Test(arguments: [
        "add five minutes to the timer", "add 5 more minutes", "give me five more minutes on the timer",
        "extend the timer by 5 minutes",
        "five more minutes on the timer", "make the timer five minutes longer", "add another five minutes",
    ])
    func lengthensTimer(_ text: String) {
        var talk = DialogFixture()
        let timer = talk.say("set a timer for ten minutes").alarms[0]
        let answer = talk.say(text, after: 120)
        #expect(answer.effects.first == .cancelAlarm(id: timer.id), "\(answer.text)")
        #expect(answer.alarms.first?.due == timer.due.addingTimeInterval(300))
        #expect(answer.text == "Okay, your timer has 13 minutes left now.")
    }
}
