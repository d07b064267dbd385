import Foundation
import Testing

@testable import RiposteDialog

@Suite struct EntityTests {
    @Test(
        arguments: [
            ("zero", 0), ("seven", 7), ("nineteen", 19), ("twenty-one", 21), ("twenty one", 21), ("ninety nine", 99),
            ("one hundred", 100), ("a hundred", 100), ("a hundred and five", 105), ("one hundred five", 105),
            ("three hundred forty-two", 342), ("two thousand", 2000), ("two thousand five hundred and six", 2506),
            ("1,000", 1000), ("1,234,567", 1_234_567), ("12,345.5", 12345.5), ("twelve hundred", 1200),
            ("a million", 1e6), ("1.5 million", 1.5e6), ("two point five million", 2.5e6),
            ("three billion four hundred million and two", 3_400_000_002), ("1.5", 1.5), (".5", 0.5),
            ("point five", 0.5), ("two point five", 2.5), ("3 point 5", 3.5), ("three point one four", 3.14),
            ("three point fourteen", 3.14), ("zero point two five", 0.25), ("two point oh five", 2.05), ("2 1/2", 2.5),
            ("2½", 2.5), ("1/2", 0.5), ("½", 0.5), ("two and a half", 2.5), ("2 and a half", 2.5),
            ("three and three quarters", 3.75), ("half", 0.5), ("a half", 0.5), ("one half", 0.5), ("a quarter", 0.25),
            ("three quarters", 0.75), ("two thirds", 2.0 / 3), ("a couple of", 2), ("a couple", 2), ("a dozen", 12),
            ("half a dozen", 6), ("two dozen", 24), ("three fifty", 350), ("four twenty five", 425), ("TEN", 10),
            ("fourty two", 42), ("one thousand and one", 1001),
        ] as [(String, Double)])
    func readsNumbers(_ text: String, _ value: Double) throws {
        let found = try #require(NumberExtractor().whole(Utterance(text)))
        #expect(abs(found - value) < 1e-9)
    }

    @Test(
        arguments: [
            ("-5", -5), ("minus five", -5), ("negative two and a half", -2.5),
        ] as [(String, Double)])
    func readsSignedNumbers(_ text: String, _ value: Double) {
        #expect(NumberExtractor(allowsSign: true).whole(Utterance(text)) == value)
        #expect(NumberExtractor().whole(Utterance(text)) == nil)
    }

    @Test(arguments: [
        "", "banana", "and", "point", "hundred", "million", "a", "ten thirty", "five six", "one two three", "-",
    ])
    func readsNoNumber(_ text: String) { #expect(NumberExtractor().whole(Utterance(text)) == nil) }

    @Test func findsNumbersInASentence() {
        let utterance = Utterance("add twenty-one eggs, 3.5 cups and half a dozen rolls")
        let found = NumberExtractor().all(in: utterance)
        #expect(found.map(\.value) == [21, 3.5, 6])
        #expect(found.map { utterance.text(of: $0.range) } == ["twenty-one", "3.5", "half a dozen"])
    }

    @Test(arguments: [
        ("first", 1), ("21st", 21), ("twenty first", 21), ("twenty-third", 23), ("3rd", 3), ("thirtieth", 30),
        ("twelfth", 12),
    ])
    func readsOrdinals(_ text: String, _ value: Int) { #expect(OrdinalExtractor().whole(Utterance(text)) == value) }

    @Test(
        arguments: [
            ("ten minutes", 600), ("1 hour 30 minutes", 5400), ("an hour and a half", 5400), ("half an hour", 1800),
            ("half hour", 1800), ("90 seconds", 90), ("10-minute", 600), ("1h", 3600), ("90s", 90), ("1h30m", 5400),
            ("a couple of minutes", 120), ("too minutes", 120), ("two and a half hours", 9000),
            ("an hour and half a minute", 3630), ("one day, two hours and three seconds", 93_603),
            ("a fortnight", 1_209_600), ("two hours and a quarter", 8100), ("three quarters of an hour", 2700),
            ("a minute", 60),
        ] as [(String, Double)])
    func readsDurations(_ text: String, _ seconds: Double) {
        #expect(DurationExtractor().whole(Utterance(text)) == seconds)
    }

    @Test func keepsDurationsOfTheSameUnitApart() {
        let utterance = Utterance("five minutes and ten minutes and two hours")
        #expect(DurationExtractor().all(in: utterance).map(\.value) == [300, 600, 7200])
    }

    @Test(arguments: [
        "minutes", "to minutes", "ten", "10:30", "second timer", "a second timer", "for minutes", "ten people",
    ])
    func readsNoDuration(_ text: String) { #expect(DurationExtractor().whole(Utterance(text)) == nil) }

    @Test(arguments: [
        ("10:30", 10, 30, true), ("10:30 am", 10, 30, false), ("10:30 p.m.", 22, 30, false), ("7 pm", 19, 0, false),
        ("7pm", 19, 0, false), ("12 am", 0, 0, false), ("12 pm", 12, 0, false), ("half past ten", 10, 30, true),
        ("quarter to five", 4, 45, true), ("a quarter past nine", 9, 15, true), ("ten to one", 12, 50, true),
        ("20 minutes past 7", 7, 20, true), ("ten thirty", 10, 30, true), ("seven oh five", 7, 5, true),
        ("six o'clock", 6, 0, true), ("six o'clock in the evening", 18, 0, false), ("noon", 12, 0, false),
        ("midnight", 0, 0, false), ("ten thirty in the morning", 10, 30, false), ("eleven at night", 23, 0, false),
        ("22:15", 22, 15, false), ("00:10", 0, 10, false), ("half past ten pm", 22, 30, false),
    ])
    func readsClockTimes(_ text: String, _ hour: Int, _ minute: Int, _ isAmbiguous: Bool) {
        #expect(
            ClockTimeExtractor().whole(Utterance(text))
                == ClockTime(hour: hour, minute: minute, isAmbiguous: isAmbiguous))
    }

    @Test func readsABareHourOnlyWhenToldTo() {
        #expect(ClockTimeExtractor().whole(Utterance("seven")) == nil)
        #expect(
            ClockTimeExtractor(allowsBareHour: true).whole(Utterance("seven"))
                == ClockTime(hour: 7, minute: 0, isAmbiguous: true))
    }

    @Test(
        arguments: [
            ("today", .offset(days: 0)), ("the day after tomorrow", .offset(days: 2)),
            ("in three weeks", .offset(days: 21)), ("ten days ago", .offset(days: -10)),
            ("in 2 months", .monthOffset(2)), ("friday", .weekday(6, weeks: 0)), ("next Friday", .weekday(6, weeks: 1)),
            ("July 4th", .date(month: 7, day: 4, year: nil)),
            ("the fourth of July, 1976", .date(month: 7, day: 4, year: 1976)),
            ("December 25", .date(month: 12, day: 25, year: nil)), ("Christmas", .holiday(.christmas, year: nil)),
            ("new year's eve", .holiday(.newYearsEve, year: nil)),
        ] as [(String, DayReference)])
    func readsDays(_ text: String, _ day: DayReference) { #expect(DayExtractor().whole(Utterance(text)) == day) }

    @Test func keepsWherePartsStoodInTheText() {
        let text = "Set a timer for twenty-five minutes, please."
        let utterance = Utterance(text)
        let found = DurationExtractor().all(in: utterance)
        #expect(found.map { utterance.text(of: $0.range) } == ["twenty-five minutes"])
    }
}

@Suite struct TokenizerTests {
    @Test(arguments: [
        ("What's the time?", "what is the time"), ("It’s 10:30 a.m.", "it is 10:30 am"), ("twenty-one", "twenty one"),
        ("350°F", "350 degrees f"), ("15%", "15 percent"), ("12x7", "12 x 7"), ("3+4", "3 plus 4"),
        ("10-3", "10 minus 3"), ("10 - 3", "10 minus 3"), ("-5", "minus 5"), ("10-minute", "10 minute"),
        ("1,000.5", "1000.5"), ("1, 2", "1 2"), ("don't", "do not"), ("can't", "can not"), ("today's", "today"),
        ("o'clock", "oclock"), ("São Paulo", "sao paulo"), ("21st", "21st"), ("5km", "5 km"), ("", ""), ("?!…", ""),
        ("rock 'n' roll", "rock n roll"),
    ])
    func evensOutSpelling(_ text: String, _ words: String) {
        let utterance = Utterance(text)
        #expect(utterance.words(of: 0..<utterance.count) == words)
    }

    @Test func cutsSentences() {
        #expect(Utterance("Hello. What time is it? 10.5 a.m.").sentences == [0..<1, 1..<5, 5..<7])
    }

    @Test(arguments: [
        ("um, could you please tell me the time", "the time"), ("please", "please"),
        ("hey riposte set a timer thanks", "set a timer"), ("um", ""), ("Okay.", "okay"),
        ("10 mm in inches", "10 mm in inches"),
    ])
    func takesPolitenessAway(_ text: String, _ words: String) {
        let request = Utterance(text).request
        #expect(request.words(of: 0..<request.count) == words)
    }

    @Test(arguments: [
        ("time", "time", false), ("timmer", "timer", true), ("minuets", "minutes", true), ("convrt", "convert", true),
        ("cancle", "cancel", true), ("abcdef", "abcxyz", false), ("timer", "timers", true), ("ab", "ba", true),
    ])
    func findsNearMisses(_ one: String, _ other: String, _ isNear: Bool) {
        #expect(SpellingCorrector.isOneStep(from: Array(one.utf8), to: Array(other.utf8)) == isNear)
    }
}

@Suite struct PhraseTests {
    @Test func matchesWholeUtterances() {
        let phrase = Phrase("(what is|tell me) the time [right now]")
        #expect(phrase.matches(Utterance("What's the time?")))
        #expect(phrase.matches(Utterance("tell me the time right now")))
        #expect(!phrase.matches(Utterance("tell me the time of day")))
        #expect(!phrase.matches(Utterance("the time")))
    }

    @Test func fillsSlotsAsShortAsPossible() {
        let utterance = Utterance("remind me to call to say hello")
        let slots = Phrase("remind <who> to <task>").match(utterance) { $0 }
        #expect(slots == ["who": 1..<2, "task": 3..<7])
    }

    @Test func triesOtherWaysWhenRefused() {
        let utterance = Utterance("a b c")
        let slots = Phrase("<x> <y>").match(utterance) { $0["x"] == 0..<2 ? $0 : nil }
        #expect(slots == ["x": 0..<2, "y": 2..<3])
    }

    @Test(arguments: ["(a|b", "a)", "[a", "<a", "a|b]c", "", "()", "[]"])
    func readsAnyPattern(_ pattern: String) { _ = Phrase(pattern).matches(Utterance("a")) }
}
