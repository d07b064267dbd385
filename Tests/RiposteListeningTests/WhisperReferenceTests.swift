import Foundation
import RiposteAudio
import RiposteCore
import RiposteListening
import RiposteTesting
import Testing

/// Reference values are faster-whisper's, greedy, without timestamps (`Tools/reference/whisper_transcripts.py`).
// Needs the recordings, and the checkpoints: what the store keeps is in 8 bits.
@Suite(.enabled(if: TestResources.recordings != nil, "no recordings; set RIPOSTE_RECORDINGS"))
struct WhisperReferenceTests {
    struct Reference: Decodable {
        var text: String
        var averageLogProbability: Double?
        var noSpeechProbability: Double?
    }

    /// All 60 recordings with `RIPOSTE_LONG_TESTS`, else a handful.
    static let count = ProcessInfo.processInfo.environment["RIPOSTE_LONG_TESTS"] == nil ? 6 : 60

    @Test(.enabled(if: WhisperCheckpoints.areThere, WhisperCheckpoints.hint))
    func tinyEqualsFasterWhisper() async throws {
        let share = try await share(
            "tiny.en", WhisperCheckpoints.prepared("whisper-tiny.en"), .fasterWhisper, checksScores: true)
        #expect(share >= 0.95)
    }

    @Test(.enabled(if: WhisperCheckpoints.areThere, WhisperCheckpoints.hint))
    func baseEqualsFasterWhisper() async throws {
        let share = try await share(
            "base", WhisperCheckpoints.prepared("whisper-base"), .fasterWhisper, checksScores: true)
        #expect(share >= 0.95)
    }

    /// Five texts side by side, as faster-whisper's own default.
    @Test(.enabled(if: WhisperCheckpoints.areThere, WhisperCheckpoints.hint), arguments: ["tiny.en", "base"])
    func beamsEqualFasterWhisper(name: String) async throws {
        var configuration = WhisperTranscriber.Configuration.fasterWhisper
        configuration.beam = BeamSearch()
        let share = try await share(
            name, WhisperCheckpoints.prepared("whisper-\(name)"), configuration, checksScores: true,
            fixture: "transcripts-beam.json")
        #expect(share >= 0.95)
    }

    /// What the silence memory and 8 bits change: not more than another way of padding does.
    @Test(.enabled(if: PreparedModels.hasWhisper("whisper-base", .int8), "no whisper-base"))
    func baseStaysNearFasterWhisper() async throws {
        let share = try await share(
            "base", #require(PreparedModels.whisperBase), .init(), checksScores: false)
        #expect(share >= 0.8)
    }

    /// The share of recordings with the same words.
    private func share(
        _ name: String, _ model: URL, _ configuration: WhisperTranscriber.Configuration, checksScores: Bool,
        fixture: String = "transcripts.json"
    ) async throws -> Double {
        let references = try #require(
            try Fixture.decode([String: [String: Reference]].self, from: fixture)[name])
        #expect(references.count == 60)
        let folder = try #require(TestResources.recordings).appendingPathComponent("commands")
        let transcriber = WhisperTranscriber(folder: model, configuration: configuration)
        let files = references.sorted { $0.key < $1.key }.prefix(Self.count)
        var same = 0
        for (file, reference) in files {
            let samples = try WaveFile(reading: folder.appendingPathComponent(file)).samples
            let transcript = try await transcriber.transcribe(samples)
            guard Self.words(transcript.text) == Self.words(reference.text) else { continue }
            same += 1
            guard checksScores else { continue }
            #expect(
                abs(exp(transcript.evidence?["mean"] ?? 1) - exp(reference.averageLogProbability ?? 0)) < 0.01,
                "\(file)"
            )
            #expect(abs(transcript.noSpeechProbability - (reference.noSpeechProbability ?? 0)) < 0.01, "\(file)")
        }
        return Double(same) / Double(files.count)
    }

    /// Without case and punctuation; numbers as they are.
    private static func words(_ text: String) -> [Substring] {
        String(text.lowercased().map { $0.isLetter || $0.isNumber || $0 == "'" ? $0 : " " }).split(separator: " ")
    }
}

extension WhisperTranscriber.Configuration {
    /// As faster-whisper computes: its padding, single precision, and no second try.
    fileprivate static var fasterWhisper: Self {
        var configuration = Self.reference
        configuration.window = .zeroPadded
        configuration.fallbackTemperatures = []
        return configuration
    }
}
