import Foundation
import RiposteCore
import RiposteTesting
import Synchronization
import Testing

@testable import RiposteListening

// Needs the models: `riposte models fetch whisper-tiny.en silero-vad`.
@Suite(
    .enabled(
        if: PreparedModels.whisperTiny != nil && PreparedModels.sileroVAD != nil, "no whisper-tiny.en or silero-vad"),
    .enabled(if: WakeWordFixture.hasRecordings, "no recordings; set RIPOSTE_RECORDINGS"))
struct PhraseDetectorTests {
    private static let phrases = ["alexa", "computer", "jarvis", "hey riposte"]

    private func listener(_ phrases: [String] = phrases) throws -> PhraseListener {
        PhraseListener(folder: try #require(PreparedModels.whisperTiny), phrases: phrases)
    }

    private func detector(_ phrases: [String] = phrases) throws -> PhraseDetector {
        PhraseDetector(
            try listener(phrases), voiceActivity: try SileroScorer(folder: #require(PreparedModels.sileroVAD)))
    }

    @Test func conforms() async throws {
        let sound = try WakeWordFixture.samples("wake/alexa/115.wav")
        try await WakeWordDetectorConformance.check(detector(["alexa"]), sound: sound)
    }

    /// Eight recordings of each word; the rest are for the benchmark.
    @Test(arguments: ["alexa", "computer", "jarvis"]) func hearsWordsThatNobodyTrained(_ word: String) async throws {
        let folder = try #require(TestResources.recordings).appendingPathComponent("wake/\(word)")
        let files = try FileManager.default.contentsOfDirectory(atPath: folder.path).filter { $0.hasSuffix(".wav") }
            .sorted().prefix(8)
        let detector = try detector()
        var heard = 0
        for file in files {
            let found = try await WakeWordFixture.heard(WakeWordFixture.samples("wake/\(word)/\(file)"), detector)
            if found.contains(where: { $0.word == word }) { heard += 1 }
            #expect(found.allSatisfy { $0.word == word }, "\(file): \(found.map(\.word))")
        }
        #expect(heard >= 7, "\(heard) of \(files.count)")
    }

    @Test func hearsNoneInOtherSpeech() async throws {
        let detector = try detector()
        for file in TestResources.spokenOrders.prefix(6) {
            let found = try await WakeWordFixture.heard(
                WakeWordFixture.samples("commands/\(file.lastPathComponent)"), detector)
            #expect(found.isEmpty, "\(file.lastPathComponent): \(found.map(\.word))")
        }
    }

    /// A click is not speech: the recogniser is not woken.
    @Test func aClickIsNotLookedAt() async throws {
        let looks = Mutex(0)
        let detector = PhraseDetector(try listener(), voiceActivity: ScriptedScorer()) { _ in
            looks.withLock { $0 += 1 }
        }
        var sound = [Float](repeating: 0, count: 32_000)
        sound[8_000] = 1
        _ = try await WakeWordFixture.heard(sound, detector)
        #expect(looks.withLock { $0 } == 0)
        for index in 8_000..<16_000 { sound[index] = index.isMultiple(of: 2) ? 0.5 : -0.5 }
        _ = try await WakeWordFixture.heard(sound, detector)
        #expect(looks.withLock { $0 } > 0)
    }

    /// A word is heard in the same way whatever another stream had in it, however long that was.
    @Test func anotherStreamDoesNotCount() async throws {
        let word = try WakeWordFixture.samples("wake/alexa/115.wav")
        let detector = try detector(["alexa"])
        let score = try #require(try await WakeWordFixture.heard(word, detector).first).score
        // Just enough for the word, and less than the near miss before asks for.
        var configuration = PhraseDetector.Configuration()
        configuration.threshold = score
        let strict = PhraseDetector(
            try listener(["alexa"]), voiceActivity: try SileroScorer(folder: #require(PreparedModels.sileroVAD)),
            configuration: configuration)
        let pause = [Float](repeating: 0, count: 160_000)
        let half = Array(word.prefix(word.count * 2 / 3)) + pause
        _ = try await WakeWordFixture.heard(pause + half + half + pause, strict)
        let found = try await WakeWordFixture.heard(word, strict)
        #expect(found.map(\.score) == [score])
    }

    /// An engine may tell a word before its end.
    @Test func whatIsRefusedIsLookedAtOnceMore() async throws {
        let word = try WakeWordFixture.samples("wake/computer/04685ec1-bfbf-4c53-a852-60274a74d80e.wav")
        let listener = try listener(["computer"])
        let verifier = PhraseVerifier(listener)
        let end = 67 * 512
        var scores: [Double] = []
        for position in [end - PhraseVerifier.again, end] {
            let piece = Array(word[max(0, position - PhraseVerifier.window)..<position])
            scores.append(try await verifier.look(for: "computer", in: piece).score)
        }
        // Between what the recogniser says of the clipped word and of the whole one.
        try #require(scores[0] < scores[1])
        var configuration = VerifiedWakeWordDetector.Configuration()
        configuration.threshold = (scores[0] + scores[1]) / 2
        let early = end - PhraseVerifier.again
        let engine = ScriptedWakeWord([WakeWordDetection(word: "computer", position: early, speech: 0..<early)])
        let verified = VerifiedWakeWordDetector(engine, verifier: verifier, configuration: configuration)
        let found = try await WakeWordFixture.heard(word, verified)
        #expect(found.map(\.position) == [end])
    }

    /// The recogniser confirms what an engine heard, and refuses what it did not.
    @Test func verifies() async throws {
        let word = try WakeWordFixture.samples("wake/computer/04685ec1-bfbf-4c53-a852-60274a74d80e.wav")
        let order = try #require(TestResources.spokenOrders.first)
        let other = try WakeWordFixture.samples("commands/\(order.lastPathComponent)")
        let sound = other + word
        func scripted() -> ScriptedWakeWord {
            ScriptedWakeWord([
                WakeWordDetection(word: "computer", position: 32_000, speech: 16_000..<32_000),
                WakeWordDetection(
                    word: "computer", position: other.count + 67 * 512, speech: other.count..<other.count + 67 * 512),
            ])
        }
        let verified = VerifiedWakeWordDetector(scripted(), verifier: PhraseVerifier(try listener()))
        let found = try await WakeWordFixture.heard(sound, verified)
        #expect(found.map(\.position) == [other.count + 67 * 512])
        #expect((0...1).contains(try #require(found.first).score))
    }

    /// A larger recogniser is asked where the small one hears something, and their scores are joined.
    @Test func aLargerRecogniserConfirms() async throws {
        var configuration = PhraseListener.Configuration()
        configuration.confirming = try #require(PreparedModels.whisperBase)
        let small = try listener(["computer"])
        let both = PhraseListener(
            folder: try #require(PreparedModels.whisperTiny), phrases: ["computer"], configuration: configuration)
        #expect(both.isConfirmed && !small.isConfirmed)
        let word = try WakeWordFixture.samples("wake/computer/04685ec1-bfbf-4c53-a852-60274a74d80e.wav")
        let order = try #require(TestResources.spokenOrders.first)
        let other = Array(try WakeWordFixture.samples("commands/\(order.lastPathComponent)").prefix(32_000))
        for (sound, least) in [(word, 0.2), (other, 0.0)] {
            let alone = try await small.look(at: sound).scores[0]
            let look = try await both.look(at: sound, confirmingFrom: least)
            let larger = try #require(look.confirmations)[0]
            #expect(abs(look.scores[0] - PhraseScore.joined(alone, larger)) < 1e-9)
            #expect((look.scores[0] >= 0.5) == (least == 0.2))
        }
        // What the small one does not hear at all is not looked at twice.
        #expect(try await both.look(at: other).confirmations == nil)
    }

    @Test func aJoinedScoreLiesBetween() {
        #expect(abs(PhraseScore.joined(0.3, 0.3) - 0.3) < 1e-9)
        #expect(abs(PhraseScore.joined(0.1, 0.9) - 0.5) < 1e-9)
        // One that is sure does not outvote one that is as sure of the opposite and a little more.
        #expect(PhraseScore.joined(0.99, 0.005) < 0.5)
    }

    @Test func aVerifierRefusesWordsItWasNotMadeFor() async throws {
        let verifier = PhraseVerifier(try listener(["alexa"]))
        let error = await #expect(throws: RiposteError.self) {
            try await verifier.look(for: "computer", in: [Float](repeating: 0, count: 16_000))
        }
        #expect(error?.code == .badInput)
    }

    @Test func enrolmentLearnsHowItIsWritten() async throws {
        let listener = try listener(["jarvis"])
        let folder = try #require(TestResources.recordings).appendingPathComponent("wake/jarvis")
        let files = try FileManager.default.contentsOfDirectory(atPath: folder.path).filter { $0.hasSuffix(".wav") }
            .sorted().prefix(5)
        let recordings = try files.map { try WakeWordFixture.samples("wake/jarvis/\($0)") }
        let enrolment = try await listener.enrolment(of: "jarvis", recordings: recordings)
        #expect(enrolment.scores.count == 5)
        // Typed in a way that nobody writes it, it is learnt how it is written; what is a noise does not count.
        let odd = try self.listener(["jarviss"])
        let silence = [Float](repeating: 0, count: 16_000)
        let learnt = try await odd.enrolment(of: "jarviss", recordings: recordings + [silence])
        #expect(learnt.spellings.contains("jarvis"))
        #expect(learnt.scores.count <= 5)
        var plain: [Double] = []
        for recording in recordings { plain.append(try await odd.look(at: recording).scores[0]) }
        #expect(try #require(learnt.scores.max()) > #require(plain.max()))
        let error = await #expect(throws: RiposteError.self) {
            try await listener.enrolment(of: "jarvis", recordings: [[Float](repeating: 0, count: 16_000)])
        }
        #expect(error?.code == .badInput)
    }
}

@Suite struct PhraseValueTests {
    @Test func theThresholdFollowsTheRoom() {
        var threshold = AmbientThreshold()
        #expect(threshold.threshold(0.5, at: 0) == 0.5)
        // Somebody says what is like the phrase, but is not it, and not a try either.
        threshold.heard(0.45, at: 16_000)
        #expect(threshold.threshold(0.5, at: 16_000) == 0.5)
        let raised = threshold.threshold(0.5, at: 16_000 + 64_000)
        #expect(raised > 0.5)
        // It does not rise without end, and falls back.
        threshold.heard(0.999, at: 160_000)
        #expect((raised..<0.85).contains(threshold.threshold(0.5, at: 160_000 + 64_000)))
        #expect(threshold.threshold(0.5, at: 16_000 * 3_600) == 0.5)
        // What is nothing like it changes nothing.
        var quiet = AmbientThreshold()
        quiet.heard(0.01, at: 16_000)
        #expect(quiet.threshold(0.5, at: 160_000) == 0.5)
    }

    /// Whoever is not heard tries again, and is not to find it harder each time.
    @Test func triesAreNotTheRoom() {
        var threshold = AmbientThreshold()
        for second in stride(from: 1, through: 10, by: 2) {
            threshold.heard(0.48, at: second * 16_000)
            #expect(threshold.threshold(0.5, at: (second + 2) * 16_000) == 0.5)
        }
        threshold.told(at: 11 * 16_000)
        #expect(threshold.threshold(0.5, at: 30 * 16_000) == 0.5)
        // What is less like it does not keep what came near from counting.
        threshold.heard(0.48, at: 40 * 16_000)
        threshold.heard(0.01, at: 42 * 16_000)
        #expect(threshold.threshold(0.5, at: 44 * 16_000) > 0.5)
        threshold.told(at: 60 * 16_000)
        #expect(threshold.threshold(0.5, at: 60 * 16_000) > 0.5)
    }

    /// A later look of one engine may cover speech in which another has told the word.
    @Test func sideBySideAWordIsToldOnce() async throws {
        func detection(_ position: Int, from start: Int) -> WakeWordDetection {
            WakeWordDetection(word: "computer", position: position, speech: start..<position)
        }
        let detectors = WakeWordDetectors([
            ScriptedWakeWord([detection(16_000, from: 4_000), detection(64_000, from: 52_000)]),
            ScriptedWakeWord([detection(20_000, from: 2_000), detection(34_000, from: 8_000)]),
        ])
        for _ in 0..<2 {
            let found = try await WakeWordFixture.heard([Float](repeating: 0, count: 80_000), detectors)
            #expect(found.map(\.position) == [16_000, 64_000])
        }
    }

    @Test func enrolmentLowersTheThresholdButNotFar() {
        #expect(PhraseEnrolment(spellings: [], scores: []).threshold(0.5) == 0.5)
        let low = PhraseEnrolment(spellings: [], scores: [0.9, 0.01]).threshold(0.5)
        #expect(low < 0.5 && low > 0.2)
        #expect(PhraseEnrolment(spellings: [], scores: [0.99]).threshold(0.5) > 0.5)
    }

    @Test func soundAlike() throws {
        let alike = SoundAlike()
        #expect(try alike.similarity(of: "computer", to: "Computer.") == 1)
        #expect(try alike.similarity(of: "computer", to: "please, computer, stop") == 1)
        #expect(try alike.similarity(of: "hey riposte", to: "Hey, repost!") > 0.7)
        #expect(try alike.similarity(of: "computer", to: "a double latte") < 0.5)
        #expect(try alike.similarity(of: "computer", to: "") == 0)
    }
}
