import Foundation
import RiposteCore
import RiposteTesting
import Testing

@testable import RiposteSpeaking

/// SSML: what it means, and what is said about what is wrong.
@Suite struct MarkupTests {
    private func parts(_ inner: String) throws -> [SpeechMarkup.Part] {
        try SpeechMarkup(parsing: "<speak>\(inner)</speak>").parts
    }

    private func style(rate: Double = 1, volume: Double = 1, pitch: Double = 1, voice: String? = nil) -> MarkupStyle {
        MarkupStyle(voice: voice, rate: rate, volume: volume, pitch: pitch)
    }

    @Test func plainTextIsOnePart() throws {
        let markup = try SpeechMarkup(
            parsing: """
                <?xml version="1.0"?>
                <!-- a comment -->
                <speak version="1.1" xml:lang="en-US">Tom &amp; Ann &#x26; <![CDATA[<Bob>]]></speak>
                """)
        #expect(markup.parts == [.text("Tom & Ann & <Bob>", style())])
        #expect(markup.plainText == "Tom & Ann & <Bob>")
    }

    @Test func breaksMarksAndSentences() throws {
        #expect(
            try parts("<p><s>One</s><s>Two</s></p>Three<break time=\"300ms\"/><mark name=\"here\"/>Four") == [
                .end(.paragraph), .end(.sentence), .text("One", style()), .end(.sentence), .end(.sentence),
                .text("Two", style()), .end(.sentence), .end(.paragraph), .text("Three", style()), .pause(0.3),
                .mark("here"), .text("Four", style()),
            ])
        #expect(try parts("<break/>") == [.pause(0.4)])
        #expect(try parts("<break strength=\"none\"/>") == [.pause(0)])
        #expect(try parts("<break time=\"1.5s\"/>") == [.pause(1.5)])
    }

    @Test func voicesAreBounded() throws {
        let few = (0..<8).map { "<voice name=\"v\($0)\">a</voice>" }.joined()
        #expect(try parts(few + few).count == 16)
        #expect(throws: RiposteError.self) { try parts(few + "<voice name=\"v8\">a</voice>") }
    }

    @Test func markupIsRecognised() {
        for text in ["<speak>", " <speak\txml:lang='en'>", "<speak\r\n>", "<?xml version='1.0'?>", "<speak/>"] {
            #expect(SpeechMarkup.isMarkup(text))
        }
        for text in ["<speaker>", "speak", "<speak"] { #expect(!SpeechMarkup.isMarkup(text)) }
    }

    @Test(
        arguments: [
            ("rate=\"fast\"", 1.5, 1, 1), ("rate=\"80%\"", 0.8, 1, 1), ("rate=\"+10%\"", 1.1, 1, 1),
            ("rate=\"1.2\"", 1.2, 1, 1),
            ("volume=\"silent\"", 1, 0, 1), ("volume=\"50\"", 1, 0.5, 1), ("volume=\"-6dB\"", 1, 0.501, 1),
            ("volume=\"+10\"", 1, 1.1, 1), ("volume=\"-30\"", 1, 0.7, 1), ("volume=\"-200\"", 1, 0, 1),
            ("pitch=\"+12st\"", 1, 1, 2), ("pitch=\"-10%\"", 1, 1, 0.9), ("pitch=\"low\"", 1, 1, 0.85),
            ("rate=\"slow\" pitch=\"high\" volume=\"soft\"", 0.75, 0.501, 1.15),
        ] as [(String, Double, Double, Double)])
    func prosody(_ attributes: String, _ rate: Double, _ volume: Double, _ pitch: Double) throws {
        guard case .text("a", let style)? = try parts("<prosody \(attributes)>a</prosody>").first else {
            Issue.record("no text")
            return
        }
        #expect(
            abs(style.rate - rate) < 0.001 && abs(style.volume - volume) < 0.001 && abs(style.pitch - pitch) < 0.001)
    }

    @Test func stylesNest() throws {
        let parts = try parts(
            "a<prosody rate=\"50%\">b<voice name=\"joe\">c</voice><prosody rate=\"50%\">d</prosody></prosody>e")
        #expect(
            parts == [
                .text("a", style()), .text("b", style(rate: 0.5)), .text("c", style(rate: 0.5, voice: "joe")),
                .text("d", style(rate: 0.25)), .text("e", style()),
            ])
        // Whatever is asked for, an engine gets what it can do.
        let options = style(rate: 0.01, volume: 9, pitch: 9).options(in: SpeechOptions())
        #expect(options == SpeechOptions(rate: 80, volume: 1, pitch: 2))
    }

    @Test(arguments: [
        ("<say-as interpret-as=\"characters\">a1-B</say-as>", "[A](/ˈA/), one, dash, B"),
        ("<say-as interpret-as=\"ordinal\">21</say-as>", "twenty-first"),
        ("<say-as interpret-as=\"cardinal\">1984</say-as>", "one thousand nine hundred and eighty-four"),
        ("<say-as interpret-as=\"digits\">407</say-as>", "four zero seven"),
        ("<say-as interpret-as=\"telephone\">+1 555-0199</say-as>", "plus one, five five five, zero one nine nine"),
        ("<say-as interpret-as=\"fraction\">3/4</say-as>", "three quarters"),
        ("<say-as interpret-as=\"date\" format=\"dmy\">2/3/2021</say-as>", "March second, twenty twenty-one"),
        ("<say-as interpret-as=\"date\">2021-03-02</say-as>", "March second, twenty twenty-one"),
        ("<say-as interpret-as=\"date\" format=\"md\">99/99</say-as>", "99/99"),
        ("<say-as interpret-as=\"date\" format=\"yyyymmdd\">1960-09-10</say-as>", "September tenth, nineteen sixty"),
        ("<say-as interpret-as=\"date\" format=\"yyyymmdd\">20240910</say-as>", "September tenth, twenty twenty-four"),
        ("<say-as interpret-as=\"date\" format=\"dmy\">10092024</say-as>", "September tenth, twenty twenty-four"),
        ("<say-as interpret-as=\"date\">99999999</say-as>", "99999999"),
        ("<say-as interpret-as=\"fraction\">2 1/2</say-as>", "two and a half"),
        ("<say-as interpret-as=\"fraction\">1 3/4</say-as>", "one and three quarters"),
        ("<say-as interpret-as=\"fraction\">5 / 8</say-as>", "five eighths"),
        ("<say-as interpret-as=\"ordinal\">1,000</say-as>", "one thousandth"),
        ("<say-as interpret-as=\"cardinal\">1,000</say-as>", "one thousand"),
        ("<say-as interpret-as=\"time\">1'21\"</say-as>", "one minute twenty-one seconds"),
        ("<say-as interpret-as=\"time\">7:30</say-as>", "7:30"), ("<say-as interpret-as=\"time\">5'</say-as>", "5'"),
        ("<phoneme ph=\"\">tomato</phoneme>", "tomato"), ("<phoneme ph=\"ː\">tomato</phoneme>", "tomato"),
        ("<say-as interpret-as=\"fraction\">①/2</say-as>", "①/2"),
        ("<say-as interpret-as=\"fraction\">三/५</say-as>", "三/५"),
        ("<say-as interpret-as=\"expletive\">darn</say-as>", ""),
        ("<say-as interpret-as=\"unheard-of\">x</say-as>", "x"),
        ("<sub alias=\"World Wide Web\">WWW</sub>", "World Wide Web"),
        ("<phoneme alphabet=\"ipa\" ph=\"təˈmɑːtoʊ\">tomato</phoneme>", "[tomato](/təmˈɑtO/)"),
        ("<phoneme alphabet=\"x-sampa\" ph=\"t@&quot;mA:toU\">tomato</phoneme>", "[tomato](/təmˈɑtO/)"),
        ("<amazon:effect name=\"x\">soft</amazon:effect>", "soft"), ("<desc>none</desc>", ""),
    ])
    func replacements(_ inner: String, _ text: String) throws {
        let joined = try parts(inner).map { if case .text(let text, _) = $0 { text } else { "" } }.joined()
        #expect(joined == text)
    }

    @Test(arguments: [
        ("", 1, 1, "no <speak>"), ("hello", 1, 1, "outside"), ("<speak>a", 1, 9, "not closed"),
        ("<speak>\n <p>x</s></speak>", 2, 6, "closes <p> of line 2"), ("<p>x</p>", 1, 1, "outermost"),
        ("<speak>\n\n  <blink>x</blink></speak>", 3, 3, "<blink> is not known"),
        ("<speak>a &nbsp; b</speak>", 1, 10, "&nbsp;"), ("<speak>a & b</speak>", 1, 10, "&amp;"),
        ("<speak><break time=\"soon\"/></speak>", 1, 8, "time=\"soon\""),
        ("<speak><break time=\"99s\"/></speak>", 1, 8, "60 s"),
        ("<speak><prosody rate=\"nan\">x</prosody></speak>", 1, 8, "rate=\"nan\""),
        ("<speak><sub>x</sub></speak>", 1, 8, "alias"), ("<speak><mark/></speak>", 1, 8, "name"),
        ("<speak><voice>x</voice></speak>", 1, 8, "neither"),
        ("<speak><voice name=\"/etc/voice.onnx\">x</voice></speak>", 1, 8, "path"),
        ("<speak><p a=\"1\" a=\"2\"/></speak>", 1, 17, "twice"),
        ("<speak><p a=1/></speak>", 1, 13, "quotation marks"), ("<speak></speak><speak></speak>", 1, 16, "second"),
        ("<!DOCTYPE x [<!ENTITY a \"b\">]><speak>&a;</speak>", 1, 1, "not allowed"),
        ("<speak><say-as interpret-as=\"date\"><p/></say-as></speak>", 1, 36, "only have text"),
        ("<speak><phoneme ph=\"a)b\">x</phoneme></speak>", 1, 8, "ph="), ("<speak><!-- x</speak>", 1, 8, "comment"),
        ("<speak><p", 1, 10, "lacks its >"), ("<speak><></speak>", 1, 9, "name is expected"),
    ])
    func errorsNameThePlace(_ text: String, _ line: Int, _ column: Int, _ what: String) {
        let error = #expect(throws: RiposteError.self) { try SpeechMarkup(parsing: text) }
        #expect(error?.code == .badInput)
        let message = error?.message ?? ""
        #expect(message.contains("line \(line), column \(column):"), "\(message)")
        #expect(message.contains(what), "\(message)")
    }

    @Test func isBounded() {
        let deep = "<speak>" + String(repeating: "<p>", count: 100_000)
        let error = #expect(throws: RiposteError.self) { try SpeechMarkup(parsing: deep) }
        #expect(error?.message.contains("nested deeper") ?? false)
        let long = "<speak>" + String(repeating: "a", count: 1_000_001) + "</speak>"
        #expect(throws: RiposteError.self) { try SpeechMarkup(parsing: long) }
        let many = "<speak>" + String(repeating: "<p/>", count: 60_000) + "</speak>"
        #expect(throws: RiposteError.self) { try SpeechMarkup(parsing: many) }
        let silent = "<speak>" + String(repeating: "<break time=\"60s\"/>", count: 6) + "</speak>"
        #expect(throws: RiposteError.self) { try SpeechMarkup(parsing: silent) }
    }

    /// Markup that was damaged anywhere is read or refused, and nothing else.
    @Test func damagedMarkupIsRefused() throws {
        let text = """
            <speak>One <emphasis level="strong">two</emphasis> <break time="200ms"/><sub alias="b">a</sub> \
            <prosody rate="+20%" pitch="high">x &amp; y</prosody><mark name="m"/></speak>
            """
        var generator = SystemRandomNumberGenerator()
        let scalars = Array(text.unicodeScalars)
        for _ in 0..<2000 {
            var damaged = scalars
            for _ in 0...Int.random(in: 0...2, using: &generator) {
                let place = Int.random(in: 0..<damaged.count, using: &generator)
                if Bool.random(using: &generator) {
                    damaged.remove(at: place)
                } else {
                    damaged[place] = scalars[Int.random(in: 0..<scalars.count, using: &generator)]
                }
            }
            let given = String(damaged)
            do {
                _ = try SpeechMarkup(parsing: given)
            } catch let error as RiposteError {
                #expect(error.code == .badInput && error.message.contains("line"), "\(given)")
            }
        }
    }

    @Test func looksLikeMarkup() {
        #expect(SpeechMarkup.isMarkup("  \n<speak>a</speak>"))
        #expect(SpeechMarkup.isMarkup("<?xml version=\"1.0\"?><speak/>"))
        #expect(!SpeechMarkup.isMarkup("Speak <speak>"))
        #expect(!SpeechMarkup.isMarkup("<speaker> is a word"))
    }
}
