import Foundation
import Testing

@testable import RiposteSpeaking

@Suite(.enabled(if: PronunciationResources.isThere, PronunciationResources.hint))
struct NormalizationTests {
    /// Whatever a program gives.
    @Test func whatIsNoNumberStaysAsItIs() {
        #expect(SpokenNumber.cardinal("zzz") == "zzz" && SpokenNumber.cardinal("①") == "①")
        #expect(!SpokenNumber.year(-5).isEmpty && !SpokenNumber.year(.min).isEmpty && !SpokenNumber.year(.max).isEmpty)
    }

    private func normalize(_ text: String) throws -> String {
        try TextNormalizer(folder: PronunciationResources.prepared()).normalize(text)
    }

    @Test(arguments: [
        ("at 7:30 pm", "at seven thirty P.M."), ("at 10:00", "at ten o'clock"), ("05:07", "five oh seven"),
        ("2:30pm–4pm", "two thirty P.M. to 4pm"), ("9am-5pm", "9 A.M. to 5pm"),
        ("1:02:03", "one oh two and three seconds"),
        ("25:10", "25 to 10"), ("3:2", "3 to 2"), ("Mon-Fri", "Monday to Friday"),
    ])
    func times(_ text: String, _ spoken: String) throws { #expect(try normalize(text) == spoken) }

    @Test(arguments: [
        ("3/4/2021", "March fourth, 2021"), ("25/12/99", "December twenty-fifth, 1999"),
        ("2024-02-29", "February twenty-ninth, 2024"), ("Jan. 7, 2020", "January seventh, 2020"),
        ("the 5 of May.", "the fifth of May."), ("5 Mar. 2020", "the fifth of March 2020"),
        ("May 40", "May 40"), ("99/99/2020", "99/99/2020"),
        ("May 5–7, 2024", "May fifth to seventh, 2024"), ("July 4-6.", "July fourth to sixth."),
        ("December 24th-26th", "December twenty-fourth to twenty-sixth"), ("May 7-5", "May seventh-5"),
        ("5–7 May 2024", "the fifth to the seventh of May 2024"), ("May 5 – 7 pm", "May fifth – 7 pm"),
        ("24th-26th of May", "the twenty-fourth to the twenty-sixth of May"),
        ("The 5-7 May", "The fifth to the seventh of May"), ("May 30 – June 2", "May thirtieth to June second"),
    ])
    func dates(_ text: String, _ spoken: String) throws { #expect(try normalize(text) == spoken) }

    @Test(arguments: [
        ("$3.5M", "3.5 million dollars"), ("£3bn", "3 billion pounds"), ("¥500", "500 yen"), ("50¢", "50 cents"),
        ("20 €", "20 euros"), ("$9.99", "$9.99"), ("USD 1", "1 dollar"),
        ("12.5 km", "12.5 kilometers"), ("1 lb", "1 pound"), ("20 m²", "20 square meters"),
        ("-5°C", "-5 degrees Celsius"),
        ("1°", "1 degree"), ("200 g", "200 grams"), ("5G", "5G"), ("1h 30m", "1 hour 30 minutes"),
        ("120 km/h", "120 kilometers per hour"),
        ("3025 km", "3,025 kilometers"), ("1905 m high", "1,905 meters high"), ("1204 €", "1,204 euros"),
        ("EUR 1984", "1,984 euros"), ("1500 m", "1500 meters"), ("-1984 m", "-1,984 meters"),
        ("1.20 m", "1.2 meters"), ("05 km", "5 kilometers"), ("1.0 km", "1 kilometer"), ("20.0°", "20 degrees"),
        ("1.5–2.5 km", "1.5 to 2.5 kilometers"), ("5°–10°C", "5 degrees to 10 degrees Celsius"),
        ("5-10 °F", "5 to 10 degrees Fahrenheit"), ("5°C - 10°C", "5 degrees Celsius to 10 degrees Celsius"),
        ("20℃, 70℉", "20 degrees Celsius, 70 degrees Fahrenheit"),
        ("5 mL, 2 l", "5 milliliters, 2 liters"), ("1 dL", "1 deciliter"), ("60 dB", "60 decibels"),
        ("200 kcal", "200 kilocalories"), ("1013 hPa", "1,013 hectopascals"), ("72 bpm", "72 beats per minute"),
        ("1 gal", "1 gallon"), ("5 m/s", "5 meters per second"), ("9.81 m/s²", "9.81 meters per second squared"),
    ])
    func quantities(_ text: String, _ spoken: String) throws { #expect(try normalize(text) == spoken) }

    @Test(arguments: [
        ("A loss of -$1,000.", "A loss of minus $1,000."), ("-$5M", "minus 5 million dollars"),
        ("$5–$10", "$5 to $10"), ("$20 - $30", "$20 to $30"),
        ("$5M-$10M", "5 million dollars to 10 million dollars"), ("$15-20", "$15 to 20"),
        ("US$20", "20 U.S. dollars"), ("A$1", "1 Australian dollar"), ("C$3 million", "3 million Canadian dollars"),
        ("NZ$5.50", "5 New Zealand dollars and 50 cents"), ("HK$2.00", "2 Hong Kong dollars"),
        ("-US$5", "minus 5 U.S. dollars"), ("US$5–US$10", "5 U.S. dollars to 10 U.S. dollars"),
        ("5.50 €", "€5.50"), ("USD 9.99", "$9.99"), ("$1.50M", "1.5 million dollars"),
    ])
    func money(_ text: String, _ spoken: String) throws { #expect(try normalize(text) == spoken) }

    @Test(arguments: [
        ("10 − 4 = 6.", "10 minus 4 equals 6."), ("10 - 4 = 6", "10 minus 4 equals 6"), ("8-3=5", "8 minus 3 equals 5"),
        ("8 - 3 is 5", "8 minus 3 is 5"), ("1990 - 1995 is 5 years", "1990 to 1995 is 5 years"),
        ("6/2 = 3", "6 divided by 2 equals 3"), ("100 / 4 is 25", "100 divided by 4 is 25"),
        ("1/4 = 0.25", "1 quarter equals 0.25"), ("10 - 4 - 3 = 3", "10 minus 4 minus 3 equals 3"),
        ("5 x 3", "5 times 3"), ("5x3=15", "5 times 3 equals 15"), ("1920x1080", "1920x1080"),
        ("3 x 5 inches", "3 by 5 inches"), ("$20 - $5 = $15", "$20 minus $5 equals $15"), ("−5 km", "-5 kilometers"),
        ("a != b", "a not equal to b"), ("a == b", "a equals b"), ("5 >= 3", "5 greater than or equal to 3"),
    ])
    func arithmetic(_ text: String, _ spoken: String) throws { #expect(try normalize(text) == spoken) }

    @Test(arguments: [
        ("555-1234.", "5 5 5, 1 2 3 4."), ("(555) 867-5309", "5 5 5, 8 6 7, 5 3 0 9"),
        ("1-800-555-0199", "1, 8 0 0, 5 5 5, 0 1 9 9"), ("10-20.", "10 to 20."), ("10%–20%", "10% to 20%"),
        ("1/2", "one half"), ("2 1/2 cups", "2 and a half cups"), ("1 3/4", "1 and 3 quarters"), ("24/7.", "24 7."),
        ("50/50", "50 50"), ("12/25", "December twenty-fifth"), ("+5", "plus 5"), ("1999-12-1", "1999-12-1"),
        ("10-20% off", "10 to 20% off"), ("10–20%", "10 to 20%"),
        ("3/16 of an inch", "3 sixteenths of an inch"), ("on 3/16", "on March sixteenth"), ("1/100", "1 hundredth"),
        ("5/64", "5 sixty-fourths"), ("5/12 mile", "5 twelfths mile"), ("2 3/16", "2 and 3 sixteenths"),
        ("by 3/16", "by March sixteenth"), ("1/2024", "1/2024"), ("1/60", "1 sixtieth"), ("1/1000 s", "1 thousandth s"),
        ("2½ cups", "2 and a half cups"), ("½ cup", "one half cup"),
        ("2 ¾", "2 and three quarters"),
        ("1½ km", "1 and a half kilometers"), ("¼ lb", "one quarter pound"),
    ])
    func pairs(_ text: String, _ spoken: String) throws { #expect(try normalize(text) == spoken) }

    @Test(arguments: [
        ("+44 20 7946 0958", "plus 4 4, 2 0, 7 9 4 6, 0 9 5 8"),
        ("+1 (555) 867-5309.", "plus 1, 5 5 5, 8 6 7, 5 3 0 9."),
        ("call 555.867.5309 now", "call 5 5 5, 8 6 7, 5 3 0 9 now"), ("1 800 555 0199", "1, 8 0 0, 5 5 5, 0 1 9 9"),
        ("+442079460958", "plus 4 4, 2 0 7, 9 4 6, 0 9 5 8"), ("(+15558675309)", "(plus 1, 5 5 5, 8 6 7, 5 3 0 9)"),
        ("+44 (0)20 7946 0958", "plus 4 4, 2 0, 7 9 4 6, 0 9 5 8"),
        ("+49(0)30 123456.", "plus 4 9, 3 0, 1 2 3 4 5 6."),
        ("+353861234567 now", "plus 3 5 3, 8 6 1, 2 3 4, 5 6 7 now"), ("+12345678%", "plus 12345678%"),
        ("Call 911.", "Call 9 1 1."), ("call 200 people", "call 200 people"), ("call 911 people", "call 911 people"),
        ("we call 555 a number", "we call 555 a number"), ("text 1984", "text 1984"),
        ("dial 1040 now", "dial 1 0 4 0 now"), ("Text 741741 for help", "Text 7 4 1 7 4 1 for help"),
        ("text 40000 users", "text 40000 users"),
        ("it is +5 or +12", "it is plus 5 or plus 12"),
        ("3 400 5000", "3 400 5000"),
        ("Call 2125551234 now.", "Call 2 1 2, 5 5 5, 1 2 3 4 now."), ("call 5551234", "call 5 5 5, 1 2 3 4"),
        ("call 1000000 people", "call 1000000 people"), ("020 7946 0958.", "0 2 0, 7 9 4 6, 0 9 5 8."),
        ("0800 123 456", "0 8 0 0, 1 2 3, 4 5 6"), ("07700-900123", "0 7 7 0 0, 9 0 0 1 2 3"), ("007 600", "007 600"),
    ])
    func telephones(_ text: String, _ spoken: String) throws { #expect(try normalize(text) == spoken) }

    @Test(arguments: [
        ("$5/month", "$5 per month"), ("60 miles/hour", "60 miles per hour"), ("and/or", "and/or"),
        ("5'10\" tall", "5 feet 10 inches tall"), ("a 27\" screen", "a 27 inch screen"),
        ("say \"I am 5\"", "say \"I am 5\""),
        ("Rocky II", "Rocky 2"), ("World War II", "World War 2"), ("Pope Francis I.", "Pope Francis the first."),
        ("Malcolm X", "Malcolm X"), ("World War I began", "World War 1 began"),
        ("Type I diabetes", "Type 1 diabetes"), ("the type I like", "the type I like"),
        ("Louis XIV's", "Louis the fourteenth's"), ("Henry VIII's wives", "Henry the eighth's wives"),
        ("Pope John XXIII", "Pope John the twenty-third"), ("John V. Smith", "John V. Smith"),
        ("George C. Scott", "George C. Scott"), ("CO2, CO₂", "C O 2, C O 2"), ("Na₂CO₃", "Na 2 C O 3"),
        ("Brand X", "Brand X"), ("Plan IV", "Plan 4"), ("MIX IV", "MIX IV"), ("Otto III was", "Otto the third was"),
    ])
    func moreQuantities(_ text: String, _ spoken: String) throws { #expect(try normalize(text) == spoken) }

    @Test(arguments: [
        ("St. Paul lives on Oak St.", "Saint Paul lives on Oak Street."), ("I said no.", "I said no."),
        ("## Results", "Results"), ("so #happy", "so hashtag happy"), ("no. 5", "number 5"), ("No. 5", "Number 5"),
        ("#5", "number 5"), ("Gen Z", "Gen Z"),
        ("Gen. Lee", "General Lee"),
        ("Chapter IV", "Chapter 4"), ("Henry VIII", "Henry the eighth"), ("the part I like", "the part I like"),
        ("Act I.", "Act 1."), ("Part IIII", "Part IIII"), ("x = 5", "x equals 5"), ("a | b", "a, b"),
    ])
    func abbreviationsAndSigns(_ text: String, _ spoken: String) throws { #expect(try normalize(text) == spoken) }

    @Test(arguments: [
        ("anna@example.com.", "anna at example dot com."),
        ("(see https://www.example.org/help/)", "(see example dot org slash help/)"),
        ("bob_smith99@mail.co.uk!", "bob underscore smith 99 at mail dot co dot uk!"),
        ("wikipedia.org", "wikipedia dot org"), ("The end.", "The end."), ("e.g. this", "e.g. this"),
        ("stop.But", "stop.But"), ("3.14", "3.14"), ("Is it me?I ask", "Is it me?I ask"),
    ])
    func addresses(_ text: String, _ spoken: String) throws { #expect(try normalize(text) == spoken) }

    @Test func keepsWhiteSpaceSingle() throws {
        #expect(try normalize("  two\u{A0}\n words ,  here ! ") == "two words, here!")
        #expect(try normalize("It costs .5 or so ( well ... ) !") == "It costs .5 or so ( well... )!")
        #expect(try normalize("It uses .NET and a .txt file .") == "It uses dot NET and a dot txt file.")
    }

    @Test func remembersOrigins() throws {
        let text = try TextNormalizer(folder: PronunciationResources.prepared()).trace("on 3/4/2021, ok")
        let string = text.string
        #expect(string == "on March fourth, 2021, ok")
        let scalars = Array(string.unicodeScalars)
        let month = try #require(scalars.firstIndex(of: "M"))
        #expect(text.origin(of: month..<(month + 5)) == 3..<11)
        #expect(text.origin(of: (scalars.count - 2)..<scalars.count) == 13..<15)
    }
}

struct NumberWordsTests {
    @Test(arguments: [
        ("0", "zero"), ("13", "thirteen"), ("21", "twenty-one"), ("100", "one hundred"),
        ("342", "three hundred and forty-two"),
        ("1001", "one thousand and one"), ("1000000", "one million"), ("0012", "twelve"),
        ("1234567", "one million two hundred and thirty-four thousand five hundred and sixty-seven"),
    ])
    func cardinals(_ digits: String, _ words: String) { #expect(NumberWords.cardinal(digits) == words) }

    @Test(arguments: [
        ("1", "first"), ("12", "twelfth"), ("20", "twentieth"), ("23", "twenty-third"),
        ("101", "one hundred and first"),
    ])
    func ordinals(_ digits: String, _ words: String) { #expect(NumberWords.ordinal(digits) == words) }

    @Test(arguments: [
        (1984, "nineteen eighty-four"), (1905, "nineteen oh-five"), (2005, "two thousand and five"),
        (2010, "twenty ten"),
        (1900, "nineteen hundred"), (2000, "two thousand"),
    ])
    func years(_ year: Int, _ words: String) { #expect(NumberWords.year(year) == words) }

    @Test func decimals() {
        #expect(NumberWords.decimal("3.140") == "three point one four zero")
        #expect(NumberWords.decimal("2.0") == "two")
        #expect(NumberWords.decimal(".5") == "zero point five")
    }

    /// 40 digits are beyond the names of numbers.
    @Test func countsWithoutEnd() {
        #expect(NumberWords.cardinal(String(repeating: "7", count: 40)).split(separator: " ").count == 40)
    }

    @Test(
        arguments: [("IV", 4), ("XIV", 14), ("MCMXC", 1990), ("IIII", nil), ("VX", nil), ("", nil)] as [(String, Int?)])
    func romanNumerals(_ numeral: String, _ value: Int?) { #expect(RomanNumeral.value(of: numeral) == value) }
}
