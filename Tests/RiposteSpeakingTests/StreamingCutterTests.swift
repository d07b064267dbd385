import Testing

@testable import RiposteSpeaking

/// Where text is cut into sentences.
@Suite struct StreamingCutterTests {
    private func cut(_ text: String, early: Bool = false) -> [String] {
        var configuration = SentenceCutter.Configuration()
        if !early { configuration.minimumFirstClause = .max }
        var cutter = SentenceCutter(configuration: configuration)
        return (cutter.append(text) + cutter.finish()).map(\.text)
    }

    /// Each row is a text, cut at its bars.
    @Test(arguments: [
        "Hello there. | How are you? | Fine!",
        "It is 3.5 degrees. | Pi is 3.14159. | Really.",
        "Dr. Smith met Mrs. Jones at St. Mary's. | They talked.",
        "Mr. and Mrs. Brown vs. Prof. Green. | He won.",
        "Bring fruit, e.g. apples, i.e. Golden Delicious. | Thanks.",
        "He lives in the U.S. and likes it. | She lives in the U.K. | They met in the U.S. Army.",
        "The meeting is at 5 p.m. on Friday. | It ends at 6 p.m. | Then we eat.",
        "J. K. Rowling wrote it. | George R. R. Martin did not.",
        "So do I. | And you?",
        "Take vitamin C. | It helps.",
        "See https://example.com/a.b?c=d.e&f=g! | Then call.",
        "Go to example.com. | Click there.",
        "Well... maybe. | Or not... | Perhaps… no. | Wait… | What?",
        "\"Is it you?\" she asked. | \"Yes!\" | He left.",
        "He said \"stop.\" | Then he ran.",
        "(It was late.) | We slept.",
        "What?! | No way!! | Really?",
        "1. Boil the water. | 2. Add the tea. | 3. Wait.",
        "It was in 1999. | Then came 2000.",
        "No. 5 is alive. | No. | It is not.",
        "Acme Inc. makes anvils. | It is owned by Foo Ltd. | The end.",
        "On Jan. 5 it snowed. | On Feb. 6 it did not.",
        "She has a Ph.D. in physics. | Good.",
        "Great! | 😊 Next one.",
        "**Important.** | Do it now.",
        "The file is main.swift. | Open it.",
        "version 2.0.1 is out. | Get it.",
        "今日は晴れです。| 明日は雨です。",
        "See [Mr. A. Bee. He is](https://e.org/a. b) now. | Then [this one. That one] and go.",
        "Run `a. B! C` first. | Then ``x. ` Y`` too.",
        "It is [Riposte. Yes](/ɹɪpˈOst. A/) here. | Good.",
        "An open [bracket. | And a ` mark. | The end.",
    ])
    func cutsAtTheEndsOfSentences(row: String) {
        let expected = row.split(separator: "|").map { $0.trimmingCharacters(in: .whitespaces) }
        let isWide = row.contains("。")
        #expect(cut(expected.joined(separator: isWide ? "" : " ")) == expected)
    }

    /// Lines: entries of a list end, wrapped lines go on.
    @Test func cutsAtTheEndsOfLines() {
        #expect(
            cut("To do:\n- buy milk\n- call Bob\n\nThat is all") == [
                "To do:", "- buy milk", "- call Bob", "That is all",
            ])
        #expect(cut("1. tea\n2. coffee\n10. water") == ["1. tea", "2. coffee", "10. water"])
        #expect(cut("A Title\nThe text begins") == ["A Title", "The text begins"])
        #expect(cut("a line that\nis continued here.") == ["a line that\nis continued here."])
        let wrapped = "This is a long line that somebody wrapped at sixty columns, in\nParis. It was long ago."
        #expect(cut(wrapped).count == 2)
        let mixed = "Short one. And this is the rest of a line that was wrapped near\nLondon. Yes."
        #expect(cut(mixed).count == 3)
        #expect(cut("One\r\n\r\nTwo\r\nThree") == ["One", "Two", "Three"])
        #expect(cut("  \n \n ") == [])
        #expect(cut("") == [])
    }

    /// Long sentences are not cut in links and code, and nobody waits for the end of a bracket that has none.
    @Test func linksStayWhole() {
        let address = "https://example.org/" + String(repeating: "x, ", count: 40)
        let link = "[a text, with commas, that is long](\(address))"
        let long = String(repeating: "word ", count: 30) + link + String(repeating: " word", count: 40) + "."
        let parts = cut(long)
        #expect(parts.count > 1 && parts.contains { $0.contains(link) }, "\(parts)")
        var cutter = SentenceCutter()
        #expect(cutter.append("Look [here. Now. ").isEmpty)
        #expect(cutter.flushIfComplete() == nil)
        #expect(cutter.append(String(repeating: "word. Word ", count: 60)).count > 20)
        for least in [0, 1, 2] {
            var configuration = SentenceCutter.Configuration()
            configuration.minimumBeginning = least
            var cutter = SentenceCutter(configuration: configuration)
            #expect(cutter.takeBeginning() == nil)
            _ = cutter.append("Go and see")
            #expect(cutter.takeBeginning()?.text == "Go")
        }
    }

    @Test func tellsWhatEndsThere() {
        var cutter = SentenceCutter()
        let sentences = cutter.append("One. Two.\nThree") + cutter.finish()
        #expect(sentences.map(\.ending) == [.sentence, .paragraph, .sentence])
    }

    /// The first clause of a long answer goes ahead, later ones do not.
    @Test func firstClauseGoesEarly() {
        let text =
            "I have set a timer for the pasta you are making, and I will tell you when it is done. "
            + "There is one more thing that I wanted to say, which is that the oven is still on."
        #expect(
            cut(text, early: true) == [
                "I have set a timer for the pasta you are making,", "and I will tell you when it is done.",
                "There is one more thing that I wanted to say, which is that the oven is still on.",
            ])
        // Too short to be worth it, too little left, a date, a number.
        for whole in [
            "Yes, I have set a timer for you now.", "I have set the timer for your dinner, sir.",
            "The first one will be on Monday, the May 4, 2026, in the morning.",
            "There are about two million and 1,250,000 of them in there.",
        ] {
            #expect(cut(whole, early: true).count <= (whole.hasPrefix("The first") ? 2 : 1), "\(whole)")
        }
        #expect(cut("We will meet again on the day of May 4, 2026 in the morning.", early: true).count == 1)
    }

    @Test func longSentencesAreCut() {
        let clauses = (1...40).map { "clause number \($0) of the sentence" }.joined(separator: ", ")
        let words = String(repeating: "word ", count: 400)
        let oneWord = String(repeating: "x", count: 3000)
        for text in [clauses, words, oneWord] {
            let parts = cut(text)
            #expect(parts.count > 3)
            #expect(parts.allSatisfy { $0.count <= 480 && !$0.isEmpty })
            let isSpaceless: (Character) -> Bool = { !$0.isWhitespace }
            #expect(parts.joined().filter(isSpaceless) == text.filter(isSpaceless))
        }
        #expect(cut(clauses).dropLast().allSatisfy { $0.hasSuffix(",") })
    }

    /// A sentence is out as soon as the text says that it is over, not later.
    @Test func sentencesComeOutAtOnce() {
        var cutter = SentenceCutter()
        #expect(cutter.append("Hello the") == [])
        #expect(cutter.append("re! ").map(\.text) == ["Hello there!"])
        #expect(cutter.append("It costs 3.") == [])
        #expect(cutter.append("50 now. N").map(\.text) == ["It costs 3.50 now."])
        #expect(cutter.append("ever") == [])
        #expect(cutter.finish().map(\.text) == ["Never"])
        #expect(cutter.finish() == [])
    }

    /// When the writer pauses, a whole sentence need not wait for what comes next.
    @Test func pendingSentencesCanBeFlushed() {
        var cutter = SentenceCutter()
        _ = cutter.append("Let me look.")
        #expect(cutter.flushIfComplete()?.text == "Let me look.")
        #expect(cutter.flushIfComplete() == nil)
        _ = cutter.append(" Ask Dr.")
        #expect(cutter.flushIfComplete() == nil)
        _ = cutter.append(" No")
        #expect(cutter.flushIfComplete() == nil)
        #expect(cutter.append("lan. It is 3.").map(\.text) == ["Ask Dr. Nolan."])
        #expect(cutter.flushIfComplete() == nil)
        #expect(cutter.finish().map(\.text) == ["It is 3."])
    }

    /// How the text is split into pieces makes no difference: letters, and random pieces.
    @Test func piecesMakeNoDifference() {
        let text = """
            Dr. Jones, who lives in the U.S. and is 35.5 years old, said: "Is it? I don't know..." Then she left! \
            See example.com/x?y=1. It's about 5 p.m. now, e.g. tea time (or so it seems.) 😊👩‍👩‍👧 Café, né\u{301}e.
            - one
            - two, which is a much longer entry than the first one and goes on, for quite a while, in fact

            The End. No. 5! 第一。第二！ See [the page. Now, a, b](https://x.y/a. b), and `c. D` or ``e`. F``. An [open. One.
            """
        var whole = SentenceCutter()
        let expected = whole.append(text) + whole.finish()
        #expect(expected.count > 8)
        var generator = SystemRandomNumberGenerator()
        for round in 0..<60 {
            var cutter = SentenceCutter()
            var sentences: [Sentence] = []
            var rest = text.unicodeScalars[...]
            while !rest.isEmpty {
                let count = round == 0 ? 1 : Int.random(in: 1...(round), using: &generator)
                sentences += cutter.append(String(rest.prefix(count)))
                rest = rest.dropFirst(count)
            }
            sentences += cutter.finish()
            #expect(sentences == expected)
        }
    }

    /// Nothing is lost and nothing is added.
    @Test func textIsKept() {
        let text = "A b. C, d; e? \"F!\" g...\n\n* h\n* i   j.k L.  "
        #expect(cut(text).joined().filter { !$0.isWhitespace } == text.filter { !$0.isWhitespace })
    }

    @Test func longTextsTakeLinearTime() {
        let text = String(repeating: "This is a sentence of some length, and it has a clause. ", count: 4000)
        var cutter = SentenceCutter()
        let clock = ContinuousClock()
        let duration = clock.measure { #expect(cutter.append(text).count > 3900) }
        #expect(duration < .seconds(20), "\(duration)")
    }

    @Test(
        arguments: [
            ("One two three four", nil),
            ("The train from the central station and", "The train from the central station"),
            ("The train from the central station and the", "The train from the central station"),
            ("Every single green bottle fell over yes", "Every single green bottle fell over"),
            ("The mountain is all of 8,849 m", "The mountain is all"),
            ("He paid them a sum of $5 million", "He paid them a sum of"),
            ("The feast is always on January 5th", "The feast is always"),
            ("We went to see old Dr. Smith", "We went to see old"),
            ("The shop will be open until 7 pm", "The shop will be open"), ("There were exactly 12 of", nil),
            ("There were eggs, 12 or 14, and now", "There were eggs, 12 or 14,"),
            ("It is in `some code that is", nil), ("See [the page that is", nil), ("", nil), ("   ", nil),
        ] as [(String, String?)])
    func takesBeginnings(_ text: String, _ beginning: String?) {
        var cutter = SentenceCutter()
        #expect(cutter.append(text + " ").isEmpty)
        let taken = cutter.takeBeginning()
        #expect(taken?.text == beginning)
        #expect(taken == nil || taken?.ending == .clause)
        let rest = cutter.finish().map(\.text).joined(separator: " ")
        let all = [beginning ?? "", rest].filter { !$0.isEmpty }.joined(separator: " ")
        #expect(all == text.split(separator: " ").joined(separator: " "))
    }
}
