import Foundation
import RiposteCore
import RiposteTesting
import Testing

@testable import RiposteDialog

/// The same words on every run, so that a failure can be seen again.
struct SeededGenerator: RandomNumberGenerator {
    var state: UInt64

    // SplitMix64.
    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var word = state
        word = (word ^ (word >> 30)) &* 0xBF58_476D_1CE4_E5B9
        word = (word ^ (word >> 27)) &* 0x94D0_49BB_1331_11EB
        return word ^ (word >> 31)
    }
}

@Suite struct RobustnessTests {
    @Test func meetsTheRole() async {
        let problems = await ResponderConformance.problems(of: DialogFixture.responder)
        #expect(problems.isEmpty, "\(problems)")
    }

    /// The suite itself must notice a bad responder.
    @Test func roleChecksNoticeMistakes() async {
        struct Silent: Responder {
            func reply(to utterance: Transcript, in conversation: Conversation) -> AsyncThrowingStream<Reply, any Error>
            {
                AsyncThrowingStream { $0.finish() }
            }
        }
        struct Fickle: Responder {
            func reply(to utterance: Transcript, in conversation: Conversation) -> AsyncThrowingStream<Reply, any Error>
            {
                AsyncThrowingStream { continuation in
                    continuation.yield(Reply("One."))
                    continuation.yield(Reply("Number \(UInt64.random(in: 0 ... .max))."))
                    continuation.finish()
                }
            }
        }
        let silent = await ResponderConformance.problems(of: Silent(), utterances: ["hello"])
        #expect(silent.map(\.message) == ["there is nothing to say"])
        let fickle = await ResponderConformance.problems(of: Fickle(), utterances: ["hello"])
        #expect(fickle.contains { $0.message.hasPrefix("two sentences run together") })
        #expect(fickle.contains { $0.message.hasPrefix("the second answer differs") })
    }

    private static let vocabulary =
        DialogFixture.responder.vocabulary.sorted() + [
            "10:30", "1.5", "1/2", "½", "%", "-", "+", ".", ",", "?", "'", "°", "0", "1000000", "21st", "€", "日本", "🙂",
            "\u{301}", "²", "x", "99999999999999999999",
        ]

    private static func check(_ answer: SkillAnswer, _ text: String) {
        #expect(!answer.sentences.isEmpty, "\(text)")
        #expect(answer.sentences.allSatisfy { $0.contains { $0.isLetter } }, "\(text): \(answer.text)")
        #expect(!answer.text.contains { "%°*/+=<>{}[]|_#@^".contains($0) }, "\(text): \(answer.text)")
        #expect(!answer.text.contains("nan") && !answer.text.contains("inf "), "\(text): \(answer.text)")
        #expect(!answer.text.contains("  "), "\(text): \(answer.text)")
        for alarm in answer.alarms { #expect(alarm.due > DialogFixture.now && alarm.duration > 0, "\(text)") }
    }

    /// Sentences of known words in any order reach the depths of every rule.
    @Test(arguments: 0..<8)
    func answersAnyWords(_ seed: UInt64) {
        var random = SeededGenerator(state: seed)
        for _ in 0..<250 {
            let count = Int.random(in: 1...14, using: &random)
            let text = (0..<count).compactMap { _ in Self.vocabulary.randomElement(using: &random) }.joined(
                separator: " ")
            Self.check(DialogFixture.answer(text), text)
        }
    }

    /// Parts of real requests, cut and joined anywhere.
    @Test(arguments: 0..<4)
    func answersMutilatedRequests(_ seed: UInt64) {
        let requests = [
            "set a pasta timer for ten and a half minutes", "what is 15% of 80 divided by zero",
            "remind me tomorrow at half past ten to call my mom",
            "how many miles is five foot ten in kilometers", "what day was July 4th, 1976",
            "how many days until Christmas", "cancel the ten minute timer",
        ]
        var random = SeededGenerator(state: 100 + seed)
        var talk = DialogFixture()
        for _ in 0..<200 {
            let one = requests.randomElement(using: &random) ?? ""
            let other = requests.randomElement(using: &random) ?? ""
            let text = String(
                one.prefix(Int.random(in: 0...one.count, using: &random))
                    + other.suffix(Int.random(in: 0...other.count, using: &random)))
            let answer = talk.say(text)
            #expect(!answer.text.isEmpty, "\(text)")
        }
    }

    @Test(arguments: 0..<4)
    func answersAnyCharacters(_ seed: UInt64) {
        var random = SeededGenerator(state: 1000 + seed)
        for _ in 0..<250 {
            let count = Int.random(in: 0...60, using: &random)
            var text = ""
            for _ in 0..<count {
                let limit: UInt32 = Bool.random(using: &random) ? 0x7F : 0x1_FFFF
                if let scalar = Unicode.Scalar(UInt32.random(in: 0...limit, using: &random)) {
                    text.unicodeScalars.append(scalar)
                }
            }
            #expect(DialogFixture.answer(text).text.contains { $0.isLetter })
            _ = Confirmation(text)
        }
    }

    @Test(arguments: [
        String(repeating: "set a timer for ten minutes and ", count: 2_000), String(repeating: "9", count: 100_000),
        String(repeating: "a", count: 1_000_000),
        String(repeating: "the square root of ", count: 1_000) + "two",
        String(repeating: "minus ", count: 5_000) + "one", String(repeating: "plus ", count: 5_000),
        String(repeating: "1 plus ", count: 5_000) + "1",
        String(repeating: "remind me to ", count: 1_000), String(repeating: "what time is it in ", count: 500),
        String(repeating: "um ", count: 5_000), String(repeating: "e\u{301}\u{301}", count: 20_000),
        String(repeating: "how many cups in ", count: 500), String(repeating: "hello. ", count: 500),
        String(repeating: "half of ", count: 2_000) + "8", String(repeating: "9,", count: 5_000),
        String(repeating: "'", count: 10_000),
    ])
    func answersVeryLongInput(_ text: String) {
        let start = ContinuousClock.now
        let answer = DialogFixture.answer(text)
        #expect(answer.text.contains { $0.isLetter })
        // Without optimisation and beside other work; a rule that backtracks without bound would take minutes.
        #expect(ContinuousClock.now - start < .seconds(5))
    }

    @Test func streamsSentences() async throws {
        let stream = DialogFixture.responder.reply(
            to: Transcript(text: "hello"), in: Conversation(now: DialogFixture.now))
        var pieces: [Reply] = []
        for try await piece in stream { pieces.append(piece) }
        #expect(pieces.map(\.text) == ["Hello. ", "What can I do for you?"])
    }

    @Test func givesEffectsEarlyAndTheEndLast() async throws {
        let stream = DialogFixture.responder.reply(
            to: Transcript(text: "Set a timer for five minutes. Goodbye."), in: Conversation(now: DialogFixture.now))
        var pieces: [Reply] = []
        for try await piece in stream { pieces.append(piece) }
        #expect(pieces.map(\.text) == ["Timer set for 5 minutes. ", "Goodbye."])
        #expect(pieces.map(\.effects.count) == [1, 1])
        #expect(pieces.last?.effects == [.endConversation])
    }
}
