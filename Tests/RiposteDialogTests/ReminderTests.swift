import Foundation
import RiposteCore
import Testing

@testable import RiposteDialog

@Suite struct ReminderTests {
    @Test(
        arguments: [
            ("Remind me in 10 minutes to check the oven.", 600, "to check the oven", "in 10 minutes to check the oven"),
            ("remind me in ten minutes to check the oven", 600, "to check the oven", "in 10 minutes to check the oven"),
            ("remind me to check the oven in ten minutes", 600, "to check the oven", "in 10 minutes to check the oven"),
            ("in ten minutes remind me to check the oven", 600, "to check the oven", "in 10 minutes to check the oven"),
            ("In 10 minutes, remind me to check the oven", 600, "to check the oven", "in 10 minutes to check the oven"),
            (
                "could you remind me to call my mom in half an hour please", 1800, "to call your mom",
                "in 30 minutes to call your mom"
            ),
            (
                "set a reminder for ten minutes to take my pills", 600, "to take your pills",
                "in 10 minutes to take your pills"
            ),
            ("set a reminder to stretch in an hour", 3600, "to stretch", "in 1 hour to stretch"),
            ("remind me in 5 minutes", 300, nil, "in 5 minutes"),
            ("Remind me in two hours about the meeting.", 7200, "about the meeting", "in 2 hours about the meeting"),
            (
                "remind me in an hour that the laundry is done", 3600, "that the laundry is done",
                "in 1 hour that the laundry is done"
            ),
            (
                "remind me to turn off the stove five minutes from now", 300, "to turn off the stove",
                "in 5 minutes to turn off the stove"
            ),
            ("remind me at 11 to call Anna", 1800, "to call Anna", "at eleven o'clock in the morning to call Anna"),
            ("remind me to call Anna at 5 pm", 23_400, "to call Anna", "at five o'clock in the afternoon to call Anna"),
            (
                "Remind me tomorrow at 9 a.m. to water the plants.", 81_000, "to water the plants",
                "at nine o'clock in the morning tomorrow to water the plants"
            ),
            (
                "remind me to water the plants tomorrow at noon", 91_800, "to water the plants",
                "at noon tomorrow to water the plants"
            ),
            (
                "remind me at half past ten tonight to lock the door", 43_200, "to lock the door",
                "at ten thirty at night to lock the door"
            ),
            (
                "remind me tomorrow morning at seven to run", 73_800, "to run",
                "at seven o'clock in the morning tomorrow to run"
            ),
            ("remind me this evening at 8 to read", 34_200, "to read", "at eight o'clock in the evening to read"),
        ] as [(String, Double, String?, String)])
    func remindsLater(_ text: String, _ seconds: Double, _ label: String?, _ echo: String) throws {
        let answer = DialogFixture.answer(text)
        try #require(answer.alarms.count == 1, "\(answer.text)")
        let alarm = answer.alarms[0]
        #expect(alarm.due == DialogFixture.now.addingTimeInterval(seconds))
        #expect(alarm.duration == seconds)
        #expect(alarm.label == label)
        #expect(answer.text == "Okay, I'll remind you \(echo).")
        #expect(alarm.text == (label.map { "This is your reminder \($0)." } ?? "This is your reminder."))
    }

    @Test(
        arguments: [
            ("Set an alarm for 7 a.m.", 73_800, "seven o'clock in the morning tomorrow"),
            ("set an alarm for 11:15", 2700, "eleven fifteen in the morning"),
            ("wake me up at half past six tomorrow", 72_000, "six thirty in the morning tomorrow"),
            ("set an alarm for quarter to eleven", 900, "ten forty-five in the morning"),
            ("wake me at seven", 30_600, "seven o'clock in the evening"),
            ("Wake me up at 6:30 tomorrow morning.", 72_000, "six thirty in the morning tomorrow"),
            ("set an alarm for noon", 5400, "noon"), ("set alarm at 10:45 pm", 44_100, "ten forty-five at night"),
            ("alarm for five thirty in the morning", 68_400, "five thirty in the morning tomorrow"),
            ("set an alarm for tomorrow at eight", 77_400, "eight o'clock in the morning tomorrow"),
            ("wake me up in twenty minutes", 1200, "20 minutes from now"),
            ("set an alarm for 10 minutes", 600, "10 minutes from now"),
            ("Set an alarm in half an hour.", 1800, "30 minutes from now"),
            ("set an alarm for 22:00", 41_400, "ten o'clock at night"),
            ("set an alarm for twelve oh five pm", 5700, "twelve oh five in the afternoon"),
        ] as [(String, Double, String)])
    func setsAlarm(_ text: String, _ seconds: Double, _ echo: String) {
        let answer = DialogFixture.answer(text)
        #expect(answer.alarms.first?.due == DialogFixture.now.addingTimeInterval(seconds), "\(answer.text)")
        #expect(answer.text == "Alarm set for \(echo).")
    }

    @Test(arguments: ["in ten minutes", "ten minutes", "In 10 minutes, please.", "ten minutes from now"])
    func asksWhen(_ time: String) {
        var talk = DialogFixture()
        #expect(talk.say("remind me to call my mom").text == "When should I remind you?")
        let answer = talk.say(time)
        #expect(answer.text == "Okay, I'll remind you in 10 minutes to call your mom.")
        #expect(answer.alarms.first?.label == "to call your mom")
    }

    @Test func asksWhenTheAlarmIs() {
        var talk = DialogFixture()
        #expect(talk.say("set an alarm").text == "For what time?")
        #expect(talk.say("seven am", after: 0).alarms.first?.due == DialogFixture.now.addingTimeInterval(1 + 73_799))
    }

    @Test func findsAlarmsByTheirTime() {
        var talk = DialogFixture()
        talk.say("set a timer for two hours")
        let noon = talk.say("set an alarm for noon").alarms[0]
        #expect(talk.say("cancel the alarm").effects == [.cancelAlarm(id: noon.id)])
        let early = talk.say("set an alarm for 6:45 am").alarms[0]
        talk.say("set an alarm for 7:15 am")
        #expect(talk.say("cancel my alarm for 6:45").effects == [.cancelAlarm(id: early.id)])
    }

    @Test func listsAndCancelsEveryKind() {
        var talk = DialogFixture()
        let reminder = talk.say("remind me in 20 minutes to check the oven").alarms[0]
        let alarm = talk.say("set an alarm for noon").alarms[0]
        #expect(
            talk.say("what reminders do I have").text == "You have a reminder to check the oven with 20 minutes left.")
        #expect(talk.say("cancel the reminder").effects == [.cancelAlarm(id: reminder.id)])
        #expect(talk.say("turn off the alarm").effects == [.cancelAlarm(id: alarm.id)])
        #expect(talk.say("cancel the reminder").text == "There is no reminder to cancel.")
    }

    @Test(arguments: [
        "that reminds me of home", "what a wake up call", "I was alarmed at seven", "the reminder was nice",
        "remind me in a billion hours to sleep",
        "set an alarm for 25 o'clock",
    ])
    func leavesOtherTalkAlone(_ text: String) {
        #expect(DialogFixture.answer(text).effects.isEmpty, "\(DialogFixture.answer(text).text)")
    }
}
