import Foundation
import RiposteCore
import Testing

@testable import RiposteDialog

@Suite struct SmallTalkTests {
    @Test(arguments: [
        ("Hello.", "Hello. What can I do for you?"), ("hi there", "Hello. What can I do for you?"),
        ("hey", "Hello. What can I do for you?"), ("Good morning!", "Good morning. What can I do for you?"),
        ("hello good evening", "Good evening. What can I do for you?"),
        ("how are you", "I'm fine, thank you. What can I do for you?"),
        ("Hi, how are you doing today?", "I'm fine, thank you. What can I do for you?"),
        ("can you hear me", "Yes, I can hear you. What can I do for you?"),
        ("Are you there?", "Yes, I can hear you. What can I do for you?"),
        ("hello are you there", "Yes, I can hear you. What can I do for you?"),
        ("nice to meet you", "Nice to meet you, too."),
        ("Thank you.", "You're welcome."), ("thanks", "You're welcome."), ("thank you very much", "You're welcome."),
        ("okay thanks", "You're welcome."), ("Great, thank you so much!", "You're welcome."),
        ("good job", "Glad to help."), ("that's great", "Glad to help."), ("perfect", "Glad to help."),
        ("sorry about that", "No problem."), ("never mind", "Okay."), ("stop", "Okay."), ("Yes.", "Okay."),
        ("no", "Okay."),
        ("who are you", "I'm Riposte, a voice assistant. I run on your own machine."),
        ("What's your name?", "I'm Riposte, a voice assistant. I run on your own machine."),
        ("tell me about yourself", "I'm Riposte, a voice assistant. I run on your own machine."),
        ("are you a robot", "I'm a voice assistant, a program. My name is Riposte."),
        ("hello, what time is it", "Hello. It's ten thirty in the morning."),
        ("thank you. what time is it", "You're welcome. It's ten thirty in the morning."),
        ("what time is it and what's the date", "It's ten thirty in the morning. It's Wednesday, June third."),
        ("What time is it? What's the date?", "It's ten thirty in the morning. It's Wednesday, June third."),
        ("I'm cooking dinner. What time is it?", "It's ten thirty in the morning."),
    ])
    func converses(_ text: String, _ expected: String) {
        let answer = DialogFixture.answer(text)
        #expect(answer.text == expected)
        #expect(answer.effects.isEmpty)
    }

    @Test(arguments: [
        ("how old are you", "version"), ("I'm bored", "joke"), ("do you love me", "program"),
        ("happy birthday", "Thank you"),
        ("it's my birthday", "Happy birthday"), ("you're so stupid", "sorry"), ("I had a bad day", "sorry"),
        ("what are you doing", "listening"), ("which languages do you speak", "English"), ("I'm hungry", "timer"),
        ("do you sleep", "program"), ("what's your favorite color", "favorites"), ("I'm home", "Welcome"),
    ])
    func knowsWhatToSay(_ text: String, _ word: String) {
        let answer = DialogFixture.answer(text)
        #expect(answer.text.localizedCaseInsensitiveContains(word), "\(answer.text)")
        #expect(answer.effects.isEmpty)
    }

    @Test(arguments: [
        "bye", "Goodbye.", "good bye", "bye bye", "see you later", "Thanks, goodbye.", "okay bye", "that's all",
        "That's all, thanks.", "Good night.", "talk to you later", "see you", "quit", "exit", "I'm done",
        "that will be all thank you", "have a nice day", "goodbye riposte", "no thanks, that's all", "stop listening",
        "Bye. Thank you.", "okay good night", "thank you and goodbye",
    ])
    func saysGoodbye(_ text: String) {
        let answer = DialogFixture.answer(text)
        #expect(answer.effects == [.endConversation], "\(answer.text)")
        #expect(
            ["Goodbye.", "Good night.", "Goodbye. You're welcome.", "You're welcome. Goodbye."].contains(answer.text),
            "\(answer.text)")
    }

    @Test(arguments: [
        "help", "Help!", "what can you do", "What can you do?", "what can I ask you", "what can I say",
        "how does this work", "what are you able to do", "what do you know", "help me", "what else can you do",
        "what kind of things can you do", "I don't know what to say", "what commands do you know",
        "um, what can you do for me", "can you help me",
    ])
    func helps(_ text: String) {
        let answer = DialogFixture.answer(text)
        #expect(
            answer.text
                == """
                I can tell you the time and the date, keep lists, set timers and reminders, do sums, convert units, \
                roll dice and flip coins, speak louder or slower, and tell a joke. Try: set a timer for ten minutes.
                """,
            "\(answer.text)")
    }

    @Test(arguments: [
        "repeat that", "can you repeat that", "Could you repeat that, please?", "say that again", "say it again please",
        "what did you say", "What?", "pardon", "sorry?", "come again", "I didn't catch that", "I didn't hear you",
        "one more time", "again", "what was that", "Excuse me?", "please repeat", "can you say that again", "repeat",
        "huh", "what did you just say", "Sorry, what did you say?", "I'm sorry, could you repeat that?",
    ])
    func repeatsTheLastAnswer(_ text: String) {
        var talk = DialogFixture()
        talk.say("what's twelve times seven")
        #expect(talk.say(text).text == "12 times 7 is 84.")
        #expect(DialogFixture.answer(text).text == "I haven't said anything yet.")
    }

    @Test func repeatsAnAlarmThatRang() {
        var talk = DialogFixture()
        talk.say("hello")
        talk.conversation.turns.append(.init(user: "", assistant: "Your pasta timer is done."))
        #expect(talk.say("what did you say").text == "Your pasta timer is done.")
    }

    @Test(arguments: [
        "tell me about the history of time", "play some music", "what's the weather", "turn on the lights",
        "who is the president of France", "tell me a bedtime story about dragons", "call my mother",
        "how much wood would a woodchuck chuck",
        "book a table for two", "send a message to Anna", "what's the capital of Spain", "order a large pizza",
        "what is the meaning of life", "time flies like an arrow", "the date palm", "open the door",
        "what time does the train leave", "what time is the movie", "what time is my appointment in Paris tomorrow",
        "when is my birthday", "how old are you in dog years today", "purple monkey dishwasher", "asdf ghjk",
        "is it going to rain tomorrow", "how do you spell goodbye", "say goodbye to my little friend",
        "large mocha with whole milk", "iced coffee with a bit of brown sugar", "once upon a time there was a king",
        "it was the best of times", "to be or not to be", "I need help with my homework about medieval history",
        "set the temperature to 20 degrees", "I have to go to the store and buy some milk",
        "what's the time complexity of quicksort", "the quick brown fox jumps over the lazy dog", "日本語", "привет мир",
        "buy low sell high", "date me", "what day did he say that", "repeat after me I am a teapot",
        "you said that yesterday", "how many times have I told you", "count to ten", "flip a pancake", "roll the dough",
    ])
    func declinesPolitely(_ text: String) {
        let answer = DialogFixture.answer(text)
        #expect(
            answer.text
                == """
                I can't do that yet. I can tell you the time and the date, keep lists, set timers and reminders, \
                do sums, and more.
                """,
            "\(answer.text)")
        #expect(answer.effects.isEmpty)
    }

    @Test func declinesShorterTheSecondTime() {
        var talk = DialogFixture()
        talk.say("play some music")
        #expect(talk.say("sing the anthem").text == "I can't do that yet. Say help to hear what I can do.")
        #expect(talk.say("what time is it").text == "It's ten thirty in the morning.")
        #expect(talk.say("sing the anthem").text.contains("do sums"))
    }

    @Test(arguments: ["", "   ", "...", "?!", "♪"])
    func asksAgainWhenThereIsNothing(_ text: String) {
        #expect(DialogFixture.answer(text).text == "I didn't catch that. Could you say it again?")
    }
}
