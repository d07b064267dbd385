import Foundation
import RiposteCore
import Testing

@testable import RiposteDialog

@Suite struct TimeAndDateTests {
    @Test(arguments: [
        "What time is it?", "what time is it", "what's the time", "whats the time", "What is the time, please?",
        "tell me the time",
        "Can you tell me the time?", "could you tell me what time it is", "do you have the time",
        "have you got the time", "time please",
        "Um, what time is it?", "uh what time is it right now", "Hey, what time is it now?", "what is the current time",
        "current time",
        "the time please", "do you know what time it is", "What time do you have?", "So, what time is it?",
        "WHAT TIME IS IT",
        "what time it is", "do you know the time", "Please tell me what time it is.", "give me the time",
        "I'd like to know the time",
        "I want to know what time it is", "okay what time is it", "what time is it. What time is it?",
        "what is the currnt time",
    ])
    func tellsTime(_ text: String) {
        #expect(DialogFixture.answer(text).text == "It's ten thirty in the morning.")
    }

    @Test(arguments: [
        ("What time is it in Tokyo?", "It's seven thirty in the evening in Tokyo."),
        ("what's the time in London", "It's eleven thirty in the morning in London."),
        ("What time is it in New York right now?", "It's six thirty in the morning in New York."),
        ("what time is it in San Francisco", "It's three thirty in the morning in San Francisco."),
        ("what time is it in Paris, France", "It's twelve thirty in the afternoon in Paris."),
        ("what time is it now in Sydney", "It's eight thirty in the evening in Sydney."),
        ("what's the time over in Berlin", "It's twelve thirty in the afternoon in Berlin."),
        ("how long until 5 pm", "6 hours and 30 minutes until five o'clock in the afternoon."),
        ("how many hours until midnight", "13 hours and 30 minutes until midnight."),
        ("time in India", "It's four o'clock in the afternoon in India."),
        ("what time is it in the UK", "It's eleven thirty in the morning in the UK."),
        ("what time is it in Hawaii", "It's twelve thirty in the morning in Hawaii."),
        ("what time is it in São Paulo", "It's seven thirty in the morning in Sao Paulo."),
        ("what time is it in Australia", "Australia has several time zones. Which city do you mean?"),
        ("what time is it in Atlantis", "I don't know the time in Atlantis."),
        ("what time is it in the middle of nowhere", "I don't know the time in The Middle Of Nowhere."),
    ])
    func tellsTimeElsewhere(_ text: String, _ expected: String) {
        #expect(DialogFixture.answer(text).text == expected)
    }

    @Test func asksWhichCity() {
        var talk = DialogFixture()
        talk.say("what time is it in Australia")
        #expect(talk.say("Sydney").text == "It's eight thirty in the evening in Sydney.")
        talk.say("what time is it in Australia")
        #expect(talk.say("play some music").text.hasPrefix("I can't do that yet."))
    }

    @Test func saysWhenItIsAnotherDayThere() {
        let evening = Conversation(now: DialogFixture.now.addingTimeInterval(8 * 3600))
        let tokyo = DialogFixture.responder.answer(to: "what time is it in Tokyo", in: evening)
        #expect(tokyo.text == "It's three thirty in the morning, tomorrow already, in Tokyo.")
    }

    @Test func followsTheGivenTimeZone() {
        let responder = BuiltInResponder(.init(timeZone: DialogFixture.zone("America/New_York")))
        let conversation = Conversation(now: DialogFixture.now)
        #expect(responder.answer(to: "what time is it", in: conversation).text == "It's six thirty in the morning.")
        let late = Conversation(now: DialogFixture.now.addingTimeInterval(-8 * 3600))
        #expect(responder.answer(to: "what day is it", in: late).text == "It's Tuesday, June second.")
    }

    @Test(arguments: [
        (0, 0, "midnight"), (0, 5, "twelve oh five in the morning"), (12, 0, "noon"),
        (6, 0, "six o'clock in the morning"), (9, 45, "nine forty-five in the morning"),
        (13, 15, "one fifteen in the afternoon"), (18, 30, "six thirty in the evening"),
        (23, 59, "eleven fifty-nine at night"),
    ])
    func saysClockTimes(_ hour: Int, _ minute: Int, _ words: String) {
        #expect(SpokenDate.time(hour: hour, minute: minute) == words)
    }

    @Test(arguments: [
        "what day is it", "What day is it today?", "what's the date", "What's today's date?", "what is the date today",
        "what's the day today",
        "what day is today", "tell me the date", "what date is it", "today's date", "what's today",
        "What day of the week is it?", "do you know what day it is",
        "what is today's date please", "could you tell me what day it is today", "what day of the month is it",
    ])
    func tellsDate(_ text: String) {
        #expect(DialogFixture.answer(text).text == "It's Wednesday, June third.")
    }

    @Test(arguments: [
        ("what day is it tomorrow", "Tomorrow is Thursday, June fourth."),
        ("What day is tomorrow?", "Tomorrow is Thursday, June fourth."),
        ("what's the date tomorrow", "Tomorrow is Thursday, June fourth."),
        ("what was yesterday's date", "Yesterday was Tuesday, June second."),
        ("What day was it yesterday?", "Yesterday was Tuesday, June second."),
        ("what day is the day after tomorrow", "The day after tomorrow is Friday, June fifth."),
        ("what day is it in three days", "In three days is Saturday, June sixth."),
        ("what's the date in two weeks", "In two weeks is Wednesday, June seventeenth."),
        ("what was the date ten days ago", "Ten days ago was Sunday, May twenty-fourth."),
        ("what day is Christmas", "Christmas is Friday, December twenty-fifth."),
        ("When is Christmas?", "Christmas is Friday, December twenty-fifth."),
        ("when is Easter", "Easter is Sunday, March twenty-eighth, 2027."),
        ("when's Thanksgiving", "Thanksgiving is Thursday, November twenty-sixth."),
        ("when is new year's eve", "New Year's Eve is Thursday, December thirty-first."),
        ("when is Valentine's Day", "Valentine's Day is Sunday, February fourteenth, 2027."),
        ("what day is July 4th", "July fourth is a Saturday."),
        ("what day of the week is the 4th of July", "July fourth is a Saturday."),
        ("What day was July 4th, 1976?", "July fourth, 1976 was a Sunday."),
        ("what day is the fourth of July twenty twenty seven", "July fourth, 2027 is a Sunday."),
        ("what day is March 1st", "March first is a Monday in 2027."),
        ("what's the date next Friday", "Next Friday is June fifth."),
        ("what date is Sunday", "Sunday is June seventh."), ("what is the date on Monday", "Monday is June eighth."),
        ("what was the date last Friday", "Last Friday was May twenty-ninth."),
        ("what day is February 30th", "There is no such day."), ("what year is it", "It's 2026."),
        ("what month is it", "It's June."), ("What week is it?", "It's week 23."),
        ("is it Wednesday", "Yes, it's Wednesday, June third."),
        ("Is today Friday?", "No, it's Wednesday, June third."),
        ("what day will it be tomorrow", "Tomorrow is Thursday, June fourth."),
        ("what day of the week was January 1st 2000", "January first, 2000 was a Saturday."),
        ("when is the twenty first of June", "June twenty-first is a Sunday."),
        ("What day is the 21st of June?", "June twenty-first is a Sunday."),
        ("when is Halloween", "Halloween is Saturday, October thirty-first."),
    ])
    func tellsOtherDays(_ text: String, _ expected: String) {
        #expect(DialogFixture.answer(text).text == expected)
    }

    @Test(arguments: [
        ("how many days until Christmas", "205 days until Christmas."),
        ("How many days are there until Christmas?", "205 days until Christmas."),
        ("how long until Christmas", "205 days until Christmas."),
        ("how many days till Christmas", "205 days until Christmas."),
        ("how many days to Christmas", "205 days until Christmas."),
        ("how many sleeps until Christmas", "205 days until Christmas."),
        ("how many weeks until Christmas", "29 weeks and 2 days until Christmas."),
        ("how long is it until Christmas", "205 days until Christmas."),
        ("how many days until tomorrow", "1 day until tomorrow."),
        ("how many days until June 10th", "7 days until June tenth."),
        ("how many days until the 3rd of June", "June third is today."),
        ("how far away is Christmas", "205 days until Christmas."),
        ("how many days until Friday", "2 days until Friday."),
        ("how many days left until New Year's", "212 days until New Year's Day."),
        ("how many days since New Year's Day", "153 days since New Year's Day."),
        ("how many days until January 1st 2030", "1308 days until January first, 2030."),
        ("how many days until christmas eve", "204 days until Christmas Eve."),
    ])
    func countsDays(_ text: String, _ expected: String) {
        #expect(DialogFixture.answer(text).text == expected)
    }

    @Test(arguments: [
        (2024, 3, 31), (2025, 4, 20), (2026, 4, 5), (2027, 3, 28), (2038, 4, 25), (1961, 4, 2), (2000, 4, 23),
        (2285, 3, 22),
    ])
    func knowsEaster(_ year: Int, _ month: Int, _ day: Int) {
        let date = Holiday.easter.date(in: year, calendar: DialogFixture.calendar)
        #expect(date == DayReference.day(year, month, day, DialogFixture.calendar))
    }
}
