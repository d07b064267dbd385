import Foundation
import RiposteCore
import RiposteListening
import RiposteTesting
import Testing

@testable import RiposteConversation

/// A television, or a noise that voice activity takes for a voice, doesn't hold the turn open.
@Suite(.timeLimit(.minutes(10))) struct BackgroundVoiceTests {
    private static let (user, soft, television, noise): (Float, Float, Float, Float) = (0.5, 0.13, 0.125, 0.45)
    private static let order = "What time is it now?"

    @Test func aTelevisionDoesNotHoldTheTurnOpen() async throws {
        let (reports, session) = try await converse([(0, 0.5), (Self.user, 1.5), (Self.television, 20), (0, 1)])
        let report = try #require(reports.first)
        #expect(reports.count == 1 && report.outcome == .answered, "\(reports.map(\.transcript))")
        #expect(report.transcript == Self.order && report.takenBackMs.isEmpty)
        // The words end at 2 s.
        #expect(try #require(report.endpointMs) < 3_500)
        #expect(await session.conversation.turns.map(\.user) == [Self.order])
    }

    @Test func theUserIsHeardOverTheTelevision() async throws {
        let (reports, _) = try await converse(
            [(0, 0.5), (Self.user, 1.5), (Self.television, 6), (Self.user, 1.5), (Self.television, 6), (0, 1)])
        #expect(reports.map(\.outcome) == [.answered, .answered])
        #expect(reports.allSatisfy { $0.transcript.hasPrefix(Self.order) }, "\(reports.map(\.transcript))")
    }

    @Test func aNoiseThatVoiceActivityTakesForAVoiceDoesNotEither() async throws {
        let (reports, _) = try await converse([(0, 0.5), (Self.user, 1.5), (Self.noise, 20), (0, 1)])
        let report = try #require(reports.first)
        #expect(reports.count == 1 && report.outcome == .answered, "\(reports.map(\.transcript))")
        #expect(report.transcript == Self.order)
        #expect(try #require(report.endpointMs) < 4_000)
    }

    @Test func whoSpeaksSoftlyOrPausesAndGoesOnIsNotCut() async throws {
        for pieces in [
            [(0, 0.5), (Self.user, 1.2), (Self.soft, 0.6), (0, 3)],
            [(0, 0.5), (Self.user, 0.9), (0, 0.4), (Self.soft, 0.6), (0, 3)],
            [(0, 0.5), (Self.user, 0.9), (Self.soft, 0.6), (Self.user, 0.3), (0, 3)],
        ] as [[(level: Float, seconds: Double)]] {
            let (reports, _) = try await converse(pieces)
            #expect(reports.map(\.transcript) == [Self.order])
        }
    }

    @Test func withoutItTheTelevisionIsHeardToTheEnd() async throws {
        let (reports, _) = try await converse(
            [(0, 0.5), (Self.user, 1.5), (Self.television, 10), (0, 3)], isOn: false)
        #expect(reports.first?.transcript.contains("news") == true)
        #expect(try #require(reports.first?.endpointMs) > 12_000)
    }

    @Test func theReplayDecidesTheSame() async throws {
        let folder = try TestResources.temporaryFolder()
        defer { try? FileManager.default.removeItem(at: folder) }
        let file = folder.appendingPathComponent("session.jsonl")
        let recorder = try RecordingWriter(file, keepsSound: false)
        _ = try await converse(
            [(0, 0.5), (Self.user, 1.5), (Self.television, 6), (Self.user, 1.5), (Self.noise, 6), (0, 1)],
            recorder: recorder)
        try await recorder.finish()
        let recording = try SessionRecording(reading: file)
        #expect(recording.replayMachine() == nil)
        #expect(await recording.replaySession() == nil)
    }

    private func converse(
        _ pieces: [(level: Float, seconds: Double)], isOn: Bool = true, recorder: RecordingWriter? = nil
    ) async throws -> ([TurnReport], Session) {
        let input = pieces.flatMap { [Float](repeating: $0.level, count: Int($0.seconds * 16_000)) }
        let device = ScriptedDevice(input: input)
        var configuration = Session.Configuration()
        configuration.pace = .fast
        configuration.inputEnd = input.count
        configuration.turn.quietLimit = nil
        if !isOn { configuration.background = nil }
        var parts = Session.Parts(
            source: { device }, sink: device, voiceActivity: { ScriptedScorer() },
            transcriber: LevelTranscriber(order: Self.order),
            responder: ScriptedResponder { _, _ in [Reply("Okay.")] }, synthesizer: ScriptedSynthesizer())
        parts.recorder = recorder
        let session = Session(parts: parts, configuration: configuration)
        try await recorder?.begin(session, versions: [:])
        async let reports = session.events.reduce(into: [TurnReport]()) { reports, event in
            if case .turnEnded(let report) = event { reports.append(report) }
        }
        try await session.run()
        return (await reports, session)
    }
}

/// Understands by level: 0.3 s of the user's voice is a word of the order, 0.3 s of a television's one of the news;
/// a noise has no words.
private struct LevelTranscriber: Transcriber {
    let name = "level"
    let order: String

    func load() {}

    func beginUtterance(_ request: TranscriptionRequest) -> any Transcription { Utterance(order: order) }

    private actor Utterance: Transcription {
        let order: String
        var samples: [Float] = []

        init(order: String) { self.order = order }

        func append(_ samples: [Float]) { self.samples += samples }

        func partial() -> Transcript {
            var partial = final()
            partial.kind = .partial
            return partial
        }

        func final() -> Transcript {
            let spoken = Double(samples.count { $0 == 0.5 || $0 == 0.13 }) / 4_800
            let words = order.split(separator: " ").prefix(Int(spoken + 0.1))
            let news = Int(Double(samples.count { $0 == 0.125 }) / 4_800)
            return Transcript(text: (words + [Substring](repeating: "news", count: news)).joined(separator: " "))
        }
    }
}
