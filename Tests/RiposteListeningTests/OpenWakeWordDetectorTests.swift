import Foundation
import RiposteCore
import RiposteListening
import RiposteTesting
import Testing

// Needs the model: `riposte models fetch openwakeword`.
@Suite(.enabled(if: PreparedModels.openWakeWord != nil, "no openwakeword model"))
struct OpenWakeWordDetectorTests {
    private func detector(_ words: [String], _ configuration: OpenWakeWordDetector.Configuration = .init()) throws
        -> OpenWakeWordDetector
    {
        try OpenWakeWordDetector(
            folder: #require(PreparedModels.openWakeWord), words: words, configuration: configuration)
    }

    @Test(.enabled(if: WakeWordFixture.hasRecordings, "no recordings; set RIPOSTE_RECORDINGS"))
    func equalsItsOwnPackage() async throws {
        let references = try WakeWordFixture.load().openWakeWord
        #expect(references.count == 12)
        let detector = try detector(["alexa", "hey jarvis"])
        var highest: Float = 0
        for reference in references {
            let scores = try await detector.scores(of: WakeWordFixture.samples(reference.file))
            #expect(scores.count == reference.scores.count)
            let differences = zip(scores, reference.scores).flatMap { zip($0, $1).map { abs($0 - $1) } }
            #expect((differences.max() ?? 1) < 1e-3, "\(reference.file)")
            highest = max(highest, scores.joined().max() ?? 0)
        }
        #expect(highest > 0.9)
    }

    @Test(.enabled(if: WakeWordFixture.hasRecordings, "no recordings; set RIPOSTE_RECORDINGS"))
    func conforms() async throws {
        let silence = [Float](repeating: 0, count: 16_000)
        let sound = try silence + WakeWordFixture.samples("wake/alexa/115.wav") + silence
        try await WakeWordDetectorConformance.check(detector(["alexa", "hey jarvis"]), sound: sound)
    }

    @Test func knowsTheWordsOfItsPackage() throws {
        let words = try OpenWakeWordDetector.words(in: #require(PreparedModels.openWakeWord))
        #expect(words == ["alexa", "hey jarvis", "hey marvin", "hey mycroft", "timer", "weather"])
        let error = #expect(throws: RiposteError.self) { try detector(["computer"]) }
        #expect(error?.code == .badInput && error?.message.contains("hey mycroft") == true)
    }

    /// With a threshold of 0 it would tell a word at once and never another.
    @Test func valuesOutOfRangeAreErrors() throws {
        let changes: [(inout OpenWakeWordDetector.Configuration) -> Void] = [
            { $0.threshold = 0 }, { $0.thresholds["alexa"] = 1.1 }, { $0.patience = 0 }, { $0.debounce = -1 },
            { $0.debounce = .nan }, { $0.debounce = .infinity },
        ]
        for change in changes {
            var configuration = OpenWakeWordDetector.Configuration()
            change(&configuration)
            let error = #expect(throws: RiposteError.self) { try detector(["alexa"], configuration) }
            #expect(error?.code == .badInput)
        }
    }

    @Test(.enabled(if: WakeWordFixture.hasRecordings, "no recordings; set RIPOSTE_RECORDINGS"))
    func atTheLowestThresholdItHearsOnAndOn() async throws {
        var configuration = OpenWakeWordDetector.Configuration()
        configuration.threshold = 0.01
        let silence = [Float](repeating: 0, count: 32_000)
        let word = try WakeWordFixture.samples("wake/alexa/115.wav")
        let sound = silence + word + silence + silence + word + silence
        let found = try await WakeWordFixture.heard(sound, detector(["alexa"], configuration))
        let second = silence.count * 3 + word.count
        #expect(found.contains { $0.position > silence.count && $0.position < second })
        #expect(found.contains { $0.position > second })
        #expect(found.allSatisfy { $0.position > 5 * 1_280 })
    }

    @Test func anotherModelIsNoWakeWord() async throws {
        let file = try #require(PreparedModels.openWakeWord).appending(path: "embedding_model.onnx")
        let detector = try detector([file.path])
        let error = await #expect(throws: RiposteError.self) { try await detector.load() }
        #expect(error?.code == .corrupt)
    }

    /// A word is told once though it is noticed in many steps, and not at all when that many are not asked for.
    @Test(.enabled(if: WakeWordFixture.hasRecordings, "no recordings; set RIPOSTE_RECORDINGS"))
    func patienceAndDebounce() async throws {
        let silence = [Float](repeating: 0, count: 16_000)
        let sound = try silence + WakeWordFixture.samples("wake/alexa/115.wav") + silence
        let once = try await WakeWordFixture.heard(sound, detector(["alexa"]))
        #expect(once.count == 1)
        var configuration = OpenWakeWordDetector.Configuration()
        configuration.patience = 3
        let later = try await WakeWordFixture.heard(sound, detector(["alexa"], configuration))
        #expect(later.count == 1)
        #expect(try #require(later.first).position == #require(once.first).position + 2 * 1_280)
        configuration.patience = 100
        #expect(try await WakeWordFixture.heard(sound, detector(["alexa"], configuration)).isEmpty)
    }
}
