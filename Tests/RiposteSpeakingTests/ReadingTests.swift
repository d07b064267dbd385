import Foundation
import RiposteCore
import RiposteTesting
import Testing

@testable import RiposteSpeaking

/// What becomes of text that was written for the eye.
@Suite struct ReadingTests {
    private func read(_ pieces: String...) -> [String] {
        var reader = TextReader(TextReading(), understandsPhonemes: true)
        return pieces.map { reader.spoken($0).split(separator: " ").joined(separator: " ") }
    }

    @Test(arguments: [
        ("**Ready.** It took *two* minutes.", "Ready. It took two minutes."),
        ("__Yes__, _really_, ~~no~~ maybe.", "Yes, really, no maybe."),
        ("## Today\n- tea\n- milk", "Today. tea. milk"), ("* one\n* two.\n* three", "one. two. three"),
        ("- [ ] call Anna\n- [x] pay", "call Anna. pay"), ("> He said so.", "He said so."),
        ("A line that is wrapped\nin the middle.", "A line that is wrapped in the middle."),
        ("See [the page](https://example.org/a_(b)) and [this][1].", "See the page and this."),
        ("![A cat](cat.png) Nice.", "A cat Nice."), ("As was shown [3], and [^note] more.", "As was shown, and more."),
        ("[Riposte](/ɹɪpˈOst/) is it.", "[Riposte](/ɹɪpˈOst/) is it."),
        ("| Name | Age |\n|---|:-:|\n| Ann | 5 |", "Name, Age. Ann, 5."), ("One\n\n---\n\nTwo.", "One Two."),
        ("Tom &amp; Ann<br>go &#39;home&#39;.", "Tom & Ann go 'home'."),
        ("5 * 3 is 15, 2*3 is 6.", "5 times 3 is 15, 2 times 3 is 6."),
        ("It has *2* legs, not 1 *2*, *2* *3*.", "It has 2 legs, not 1 2, 2 3."),
        ("don&#x27;t &#X41;&#66;", "don't AB"), ("a&#0;b &#57344; &#xE000;c &#x110000;d", "a b c d"),
        ("&#8203;x &#zz; &#;", "x &#zz; &#;"),
        ("a snake_case word, 5 < 6 and x = y", "a snake_case word, 5 < 6 and x = y"),
        (#"So \(2 \times 3 \leq 7\)."#, "So 2 times 3 is at most 7."), (#"A \*star\*."#, "A star."),
        ("No marks here, at all.", "No marks here, at all."), ("-5 degrees", "-5 degrees"),
        ("<https://example.org>", "https://example.org"),
    ])
    func markdown(_ written: String, _ spoken: String) { #expect(read(written) == [spoken]) }

    /// A block of code may come in many pieces.
    @Test func codeBlocksAreLeftOut() {
        #expect(
            read("Run this:\n```sh\nls -l", "cat a.txt", "```\nThen wait.", "Done.") == [
                "Run this:", "", "Then wait.", "Done.",
            ])
        #expect(read("```ls```", "And on.") == ["", "And on."])
        #expect(read("~~~~\n```\nstill code", "~~~~", "Text.") == ["", "", "Text."])
    }

    @Test(arguments: [
        ("`userName`", "user Name"), ("`max_count`", "max count"), ("`main.py`", "main dot py"),
        ("`f(x, y)`", "f x, y"),
        ("`a == b`", "a equals b"), ("`x != 3.5`", "x is not equal to 3.5"),
        ("`git commit --amend`", "git commit amend"),
        ("`Array<Int>`", "Array Int"), ("`/usr/bin`", "usr slash bin"), ("``a`b``", "a b"), ("A ` alone", "A alone"),
        ("`i -> j`", "i to j"), ("`don't`", "don't"), ("`#!`", "not"),
    ])
    func code(_ written: String, _ spoken: String) { #expect(read(written) == [spoken]) }

    @Test(arguments: [
        ("Well done! 🎉", "Well done!"), ("👩‍👩‍👧‍👦 family, 👍🏽 good", "family, good"), ("I ❤️ tea.", "I love tea."),
        ("Rated 4.5 ★ by us", "Rated 4.5 stars by us"), ("A ➜ B", "A to B"), ("✅ Milk", "Milk"),
        ("Milk: ✅", "Milk: yes"),
        ("Press 1️⃣ now", "Press 1 now"), ("🇩🇪 Germany", "Germany"), ("20 °C, 5 € and ™", "20 °C, 5 € and ™"), ("🙂", ""),
    ])
    func emoji(_ written: String, _ spoken: String) { #expect(read(written) == [spoken]) }

    @Test(arguments: [
        ("zero\u{200B}width\u{FEFF} and so\u{AD}ft", "zerowidth and soft"),
        ("\u{202E}right\u{202C} to left", "right to left"),
        ("bell\u{7}s and \u{0}nulls", "bell s and nulls"), ("broken \u{FFFD} bytes", "broken bytes"),
        ("Z" + String(repeating: "\u{301}", count: 50) + "algo", "Z\u{301}\u{301}\u{301}algo"),
        ("own \u{E000} use", "own use"),
        ("مرحبا بالعالم", "مرحبا بالعالم"), ("Zoë’s naïve café", "Zoë’s naïve café"),
    ])
    func unspokenCharacters(_ written: String, _ spoken: String) { #expect(read(written) == [spoken]) }
}

/// The user's own dictionary.
@Suite struct PronunciationDictionaryTests {
    @Test func replacesWords() throws {
        let dictionary = try PronunciationDictionary(
            parsing: """
                # Names
                nginx = engine X
                Siobhan = /ʃɪvˈɔn/
                "et al." = and others
                et = and

                US = United States
                """)
        #expect(dictionary.count == 5)
        #expect(dictionary.applied(to: "Nginx, NGINX and nginxes") == "engine X, engine X and nginxes")
        #expect(dictionary.applied(to: "Siobhan, siobhan") == "[Siobhan](/ʃɪvˈɔn/), siobhan")
        #expect(dictionary.applied(to: "Lee et al. wrote et") == "Lee and others wrote and")
        #expect(dictionary.applied(to: "US and us, USA") == "United States and us, USA")
        #expect(dictionary.applied(to: "Nginx's and nginx'll") == "engine X's and nginx'll")
        #expect(dictionary.applied(to: "'et' o'et et\u{301}") == "'and' o'et et\u{301}")
        #expect(dictionary.applied(to: "[US](/ˌʌs/) is given") == "[US](/ˌʌs/) is given")
    }

    @Test(arguments: [
        ("a b", 1), ("x = y\n= z", 2), ("\n\nx =", 3), ("x = /ab", 1), ("x = //", 1), ("a[b] = c", 1), ("x = /a/b/", 1),
    ])
    func errorsNameTheLine(_ text: String, _ line: Int) {
        let error = #expect(throws: RiposteError.self) { try PronunciationDictionary(parsing: text, name: "words.txt") }
        #expect(error?.code == .badInput)
        #expect(error?.message.contains("words.txt, line \(line)") ?? false, "\(error?.message ?? "")")
    }

    @Test func isBounded() throws {
        let many = (0...50_000).map { "w\($0) = x" }.joined(separator: "\n")
        #expect(throws: RiposteError.self) { try PronunciationDictionary(parsing: many) }
        #expect(throws: RiposteError.self) {
            try PronunciationDictionary(parsing: String(repeating: "a", count: 300) + " = b")
        }
        let missing = #expect(throws: RiposteError.self) {
            try PronunciationDictionary(contentsOf: URL(fileURLWithPath: "/nowhere/words.txt"))
        }
        #expect(missing?.code == .storage)
    }

    @Test(arguments: [
        ("rɪˈpoʊst", "ɹɪpˈOst"), ("ɹɪpˈOst", "ɹɪpˈOst"), ("ˈtʃɜːrtʃ", "ʧˈɜɹʧ"), ("ˈdʒɔɪ", "ʤˈY"), ("ˈmʌðɚ", "mˈʌðəɹ"),
    ])
    func internationalAlphabet(_ given: String, _ misaki: String) {
        #expect(PhonemeAlphabet.misaki(fromInternational: given) == misaki)
    }

    @Test(.enabled(if: PronunciationResources.isThere, PronunciationResources.hint))
    func isHeard() throws {
        let dictionary = try PronunciationDictionary(parsing: "Riposte = /rɪˈpoʊst/\nSQL = sequel")
        var reader = TextReader(TextReading(dictionary: dictionary), understandsPhonemes: true)
        let pronouncer = try PronunciationResources.pronouncer()
        let said = try pronouncer.phonemes(for: reader.spoken("Riposte speaks SQL."))
        #expect(said == (try pronouncer.phonemes(for: "[Riposte](/ɹɪpˈOst/) speaks sequel.")))
        var plain = TextReader(TextReading(dictionary: dictionary), understandsPhonemes: false)
        #expect(plain.spoken("Riposte speaks SQL.") == "Riposte speaks sequel.")
    }
}
