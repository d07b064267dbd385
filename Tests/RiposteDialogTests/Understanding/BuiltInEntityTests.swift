import Foundation
import Testing

@testable import RiposteDialog

@Suite struct BuiltInEntityTests {
    /// Wednesday, 25 November 2026, 15:00 in UTC.
    private static let now = Date(timeIntervalSince1970: 1_795_618_800)

    private func found(_ kind: BuiltInEntity, _ text: String, expecting: [String] = []) -> [String] {
        var calendar = Calendar(identifier: .gregorian)
        calendar.timeZone = .gmt
        return BuiltInEntities(kinds: [kind], calendar: calendar)
            .entities(in: Utterance(text), expecting: expecting, now: Self.now).map(\.value)
    }

    @Test(
        arguments: [
            (.number, "twenty-one eggs and two and a half cups", ["21", "2.5"]),
            (.number, "minus five", ["-5"]), (.number, "a couple of", ["2"]),
            (.ordinal, "the third one", ["3"]), (.ordinal, "the twenty first", ["21"]),
            (.time, "wake me at half past ten", ["22:30"]), (.time, "at seven", ["19:00"]),
            (.time, "at seven in the morning", ["07:00"]), (.time, "quarter to five pm", ["16:45"]),
            (.time, "noon", ["12:00"]), (.time, "15:45", ["15:45"]), (.time, "for ten minutes", []),
            (.date, "the day after tomorrow", ["2026-11-27"]), (.date, "tomorrow", ["2026-11-26"]),
            (.date, "next friday", ["2026-11-27"]), (.date, "the fourth of july", ["2027-07-04"]),
            (.date, "in twenty twenty six", ["2026"]), (.date, "nineteen eighty four", ["1984"]),
            (.date, "twenty oh nine", ["2009"]), (.date, "in three weeks", ["2026-12-16"]),
            (.date, "december 24th 2027", ["2027-12-24"]),
            (.duration, "a couple of hours", ["7200"]), (.duration, "an hour and a half", ["5400"]),
            (.duration, "ninety seconds", ["90"]), (.duration, "too minutes", ["120"]),
            (.interval, "from nine to five", ["09:00/17:00"]),
            (.interval, "between ten thirty and noon", ["10:30/12:00"]),
            (.interval, "from tomorrow until friday", ["2026-11-26/2026-11-27"]),
            (.interval, "from paris to rome", []),
        ] as [(BuiltInEntity, String, [String])])
    func numbersAndTimes(_ kind: BuiltInEntity, _ text: String, _ values: [String]) {
        #expect(found(kind, text) == values)
    }

    @Test(
        arguments: [
            (.money, "twelve dollars and fifty cents", ["12.5 USD"]), (.money, "$12.50", ["12.5 USD"]),
            (.money, "five bucks", ["5 USD"]), (.money, "20 euros", ["20 EUR"]), (.money, "£3", ["3 GBP"]),
            (.money, "twelve ninety nine dollars", ["12.99 USD"]), (.money, "fifty cents", ["0.5 USD"]),
            (.money, "two pounds of flour", []), (.money, "three pounds fifty", ["3.5 GBP"]),
            (.temperature, "twenty degrees", ["20 degree"]),
            (.temperature, "minus five degrees celsius", ["-5 celsius"]),
            (.temperature, "350°F", ["350 fahrenheit"]), (.temperature, "five miles", []),
            (.percentage, "15%", ["15"]), (.percentage, "two and a half percent", ["2.5"]),
            (.percentage, "fifty per cent", ["50"]), (.percentage, "fifty", []),
            (.email, "write to jo.smith@example.com please", ["jo.smith@example.com"]),
            (.email, "jo dot smith at example dot com", ["jo.smith@example.com"]),
            (.email, "jo underscore smith 42 at mail dot example dot co dot uk", ["jo_smith42@mail.example.co.uk"]),
            (.email, "meet me at the station", []),
            (.url, "open www.example.com", ["www.example.com"]), (.url, "go to example dot org", ["example.org"]),
            (.url, "https://example.com/help", ["https://example.com/help"]),
            (.url, "jo at example dot com", []), (.url, "a dot on the map", []),
            (.phone, "call 555-0123", ["5550123"]), (.phone, "five five five oh one two three", ["5550123"]),
            (.phone, "double five five oh one two three", ["5550123"]), (.phone, "+44 20 7946 0958", ["+442079460958"]),
            (.phone, "triple five one two three four", ["5551234"]), (.phone, "one two three", []),
        ] as [(BuiltInEntity, String, [String])])
    func moneyMeasuresAndAddresses(_ kind: BuiltInEntity, _ text: String, _ values: [String]) {
        #expect(found(kind, text) == values)
    }

    @Test func aBareAnswerIsTakenForWhatIsWaitedFor() {
        #expect(found(.time, "seven") == [])
        #expect(found(.time, "seven please", expecting: ["time"]) == ["19:00"])
        #expect(found(.number, "too", expecting: ["number"]) == ["2"])
        #expect(found(.temperature, "twenty one", expecting: ["temperature"]) == ["21 degree"])
    }

    @Test func placesAreCountedInScalars() throws {
        var calendar = Calendar(identifier: .gregorian)
        calendar.timeZone = .gmt
        let text = "👍🏽 für zwölf: twenty percent"
        let found = try #require(
            BuiltInEntities(kinds: [.percentage], calendar: calendar).entities(in: Utterance(text), now: Self.now).first
        )
        let scalars = Array(text.unicodeScalars)
        #expect(String(String.UnicodeScalarView(scalars[found.start..<found.end])) == "twenty percent")
    }
}
