import Foundation
import RiposteCore
import RiposteTesting
import Testing

@testable import RiposteSpeaking

@Suite(.enabled(if: PronunciationResources.isThere, PronunciationResources.hint))
struct PronouncerTests {
    @Test func knowsWhereEachWordStands() throws {
        let sentence = "Dr. Lee ran 12 km — “wow”!"
        let said = try PronunciationResources.pronouncer().pronunciation(of: sentence)
        let pairs = said.words.map { (String(sentence[$0.source]), sounds($0, said)) }
        #expect(pairs.contains { $0 == ("Lee", "lˈi") })
        #expect(pairs.contains { $0 == ("ran", "ɹˈæn") })
        // One written measure became two words, and both point to it.
        #expect(pairs.filter { $0.0 == "12 km" }.map(\.1) == ["twˈɛlv", "kəlˈɑməTəɹz"])
        #expect(pairs.contains { $0 == ("—", "—") })
        // Ranges ascend and cover every sound but the spaces.
        let covered = said.words.reduce(0) { $0 + $1.phonemes.count }
        #expect(covered == said.phonemes.unicodeScalars.count { $0 != " " } + insideSpaces(said))
        for (left, right) in zip(said.words, said.words.dropFirst()) {
            #expect(left.phonemes.upperBound <= right.phonemes.lowerBound)
            #expect(left.source.lowerBound <= right.source.lowerBound)
        }
    }

    private func sounds(_ word: Pronunciation.Word, _ said: Pronunciation) -> String {
        String(Array(said.phonemes.unicodeScalars)[word.phonemes])
    }

    private func insideSpaces(_ said: Pronunciation) -> Int {
        said.words.reduce(0) { sum, word in sum + sounds(word, said).unicodeScalars.count { $0 == " " } }
    }

    @Test(arguments: [
        ("[Riposte](/ɹɪpˈOst/) is quick.", "ɹɪpˈOst ɪz kwˈɪk."),
        ("I said [tomato](/təmˈɑtO/), didn't I?", "ˌI sˈɛd təmˈɑtO, dˈɪdᵊnt ˌI?"),
        ("See [this](example) now.", "sˈi ðɪs nˈW."),
        ("See [tomato](/təˈmeɪtoʊ/).", "sˈi təmˈAtO."), ("See [this](/ː/) now.", "sˈi ðɪs nˈW."),
    ])
    func takesPronunciationsFromTheText(_ sentence: String, _ phonemes: String) throws {
        #expect(try PronunciationResources.pronouncer().phonemes(for: sentence) == phonemes)
    }

    @Test(arguments: [
        ("Your code is 0427.", "Your code is zero four two seven."), ("Press 00.", "Press zero zero."),
        ("Enter 048213.", "Enter zero four eight two one three."),
        ("Agent 007 is here.", "Agent zero zero seven is here."),
        ("It is 3.0.", "It is three."), ("Use Python 3.10.", "Use Python 3.1 zero."),
        ("A loss of -$1,000.", "A loss of minus one thousand dollars."),
        ("It is -$5.50.", "It is minus five dollars and fifty cents."),
        ("It takes $5–$10.", "It takes five dollars to ten dollars."),
        ("It is 3025 km.", "It is three thousand twenty five kilometers."),
    ])
    func saysNumbers(_ written: String, _ spoken: String) throws {
        let pronouncer = try PronunciationResources.pronouncer()
        #expect(try pronouncer.phonemes(for: written) == pronouncer.phonemes(for: spoken))
    }

    @Test(arguments: [
        "", "   ", "…", "()", "😀", "[", "]()", "\u{E000}", "\u{0301}", "''''", "-", "$", "£.", "1,,2..3", "ﬁ½²",
    ])
    func survivesOddities(_ sentence: String) throws {
        let said = try PronunciationResources.pronouncer().pronunciation(of: sentence)
        for word in said.words { #expect(word.phonemes.upperBound <= said.phonemes.unicodeScalars.count) }
    }

    /// No text may stop the assistant: random strings from the characters that rules look at.
    @Test func survivesNoise() throws {
        var generator = SeededGenerator(state: 7)
        let alphabet = Array("aAbIVX z019.,:;/-–—'’\"“”$£€%°²&@#+=<>()[]{}*_~^|\\!?…éß½\u{301}\u{200D}")
        let pronouncer = try PronunciationResources.pronouncer()
        for _ in 0..<2000 {
            let text = String(
                (0..<Int.random(in: 1...30, using: &generator)).compactMap { _ in
                    alphabet.randomElement(using: &generator)
                })
            let said = try pronouncer.pronunciation(of: text)
            #expect(said.words.allSatisfy { $0.phonemes.upperBound <= said.phonemes.unicodeScalars.count }, "\(text)")
        }
    }

    @Test func saysOnlyWhatVoicesKnow() throws {
        let data = try Data(contentsOf: PronunciationResources.prepared().appendingPathComponent("vocab.json"))
        let known = Set(try JSONDecoder().decode([String: Int].self, from: data).keys)
        for sample in try PronunciationResources.fixture("PronunciationReference.json") {
            let said = try PronunciationResources.pronouncer().phonemes(for: sample.text)
            let unknown = said.unicodeScalars.filter { !known.contains(String($0)) }
            #expect(unknown.isEmpty, "\(sample.text): \(unknown)")
        }
    }

    @Test func saysWhatIsMissing() throws {
        let folder = try TestResources.temporaryFolder()
        defer { try? FileManager.default.removeItem(at: folder) }
        do {
            _ = try Pronouncer(folder: folder)
            Issue.record("an empty folder was taken for a voice")
        } catch let error as RiposteError {
            #expect(error.code == .modelMissing)
            #expect(error.message.contains("riposte models fetch hibari"))
        }
    }
}

struct StressTests {
    @Test(arguments: [
        (StressChange.remove, "ˌʌndəɹstˈænd", "ʌndəɹstænd"),
        (.weaken, "hˈWs", "hˌWs"),
        (.weaken, "ʌndˌu", "ʌndˌu"),
        (.makeSecondary, "ðæt", "ðˌæt"),
        (.makeSecondary, "ˌʌndəɹstˈænd", "ʌndəɹstˌænd"),
        (.atLeastSecondary, "stɹæt", "stɹˌæt"),
        (.atLeastSecondary, "hˈWs", "hˈWs"),
        (.atLeastPrimary, "stɹˌæt", "stɹˈæt"),
        (.atLeastPrimary, "pst", "pst"),
    ])
    func changesStress(_ change: StressChange, _ before: String, _ after: String) {
        #expect(change.applied(to: before) == after)
    }
}

struct EspeakSpellingTests {
    @Test(arguments: [
        ("həlˈO ðˈɛɹ.", "həlˈoʊ ðˈɛɹ."),
        ("mˈʌðəɹ ɪz hˈɪɹ", "mˈʌðɚɹ ɪz hˈɪɹ"),
        ("bˈɜɹd, wˈɔTəɹ!", "bˈɜːd, wˈɔːɾɚ!"),
        ("nˈO — “ɹˈiᵊli!” (jˈɛs)…", "nˈoʊ; ɹˈiəli! jˈɛs."),
        ("ˌI hˈæpi ʃˌi əbˈWt bəfˈɔɹ", "aɪ hˈæpi ʃiː ɐbˈaʊt bᵻfˈɔːɹ"),
        ("ðə tˈIməɹ ɪz sˈɛt fɔɹ tˈɛn mˈɪnɪts.", "ðə tˈaɪmɚɹ ɪz sˈɛt fɔːɹ tˈɛn mˈɪnɪts."),
        ("wˌʌt wʊd ju lˈIk tə hˈɪɹ?", "wˌʌt wʊd juː lˈaɪk tə hˈɪɹ?"),
        ("ʃi sˈɛlz sˈi ʃˈɛlz bI ðə sˈi ʃˈɔɹ.", "ʃiː sˈɛlz sˈiː ʃˈɛlz baɪ ðə sˈiː ʃˈɔːɹ."),
        (
            "hi bəlˈivz ðə wˈɜɹld ɪz wˈɜɹθ ðə hˈɜɹi, ænd wi ɑɹ ˈɜɹli.",
            "hiː bᵻlˈiːvz ðə wˈɜːld ɪz wˈɜːθ ðə hˈɜːɹi, ænd wiː ɑːɹ ˈɜːli."
        ),
        ("ðə bˈɑTəl ʌv wˈɔTəɹ, ˈʌndəɹ.", "ðə bˈɑːɾəl ʌv wˈɔːɾɚ, ˈʌndɚ."),
        ("ʧˈYs ʤˈʌmps nˈW ɡˈO", "tʃˈɔɪs dʒˈʌmps nˈaʊ ɡˈoʊ"),
        ("", ""),
    ])
    func rewrites(_ misaki: String, _ espeak: String) {
        #expect(Pronunciation.espeakPhonemes(fromMisaki: misaki) == espeak)
    }
}

struct SeededGenerator: RandomNumberGenerator {
    var state: UInt64

    mutating func next() -> UInt64 {
        state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
        return state ^ (state >> 29)
    }
}
