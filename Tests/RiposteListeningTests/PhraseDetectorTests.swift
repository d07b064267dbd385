import Foundation
import RiposteCore
import RiposteTesting
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
        #expect(!enrolment.spellings.contains("jarvis"))
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
        // Somebody says what is like the phrase, but is not it.
        threshold.heard(0.45, at: 16_000)
        let raised = threshold.threshold(0.5, at: 16_000)
        #expect(raised > 0.5)
        // It does not rise without end, and falls back.
        threshold.heard(0.999, at: 32_000)
        #expect(threshold.threshold(0.5, at: 32_000) < 0.85)
        #expect(threshold.threshold(0.5, at: 16_000 * 3_600) == 0.5)
        // What is nothing like it changes nothing.
        var quiet = AmbientThreshold()
        quiet.heard(0.01, at: 16_000)
        #expect(quiet.threshold(0.5, at: 16_000) == 0.5)
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
