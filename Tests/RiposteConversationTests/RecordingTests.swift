import Foundation
import RiposteCore
import RiposteTesting
import Testing

@testable import RiposteConversation

@Suite(.timeLimit(.minutes(10))) struct RecordingTests {
    /// Two turns, a pause inside the first, an answer that is taken back, an interruption.
    static let input = ScriptedDevice.speech([(0.5, 1), (0.5, 1), (0.9, 0.6), (2.9, 1), (3, 0)])

    @Test(arguments: [true, false]) func aReplayDecidesTheSame(withSound: Bool) async throws {
        let folder = try TestResources.temporaryFolder()
        defer { try? FileManager.default.removeItem(at: folder) }
        let file = folder.appendingPathComponent("session.jsonl")
        let reports = try await record(to: file, keepsSound: withSound)
        #expect(reports.count >= 2 && reports.contains { !$0.takenBackMs.isEmpty })
        let recording = try SessionRecording(reading: file)
        #expect(recording.isComplete)
        #expect((recording.header.sound != nil) == withSound)
        #expect(recording.replayMachine() == nil)
        #expect(await recording.replaySession() == nil)
        #expect(recording.decisions.count > 10)
    }

    @Test func aReplayWithOtherSettingsTellsTheFirstDifference() async throws {
        let folder = try TestResources.temporaryFolder()
        defer { try? FileManager.default.removeItem(at: folder) }
        let file = folder.appendingPathComponent("session.jsonl")
        _ = try await record(to: file, keepsSound: false)
        var text = try String(contentsOf: file, encoding: .utf8)
        text.replace("\"endpointSilence\":0.7", with: "\"endpointSilence\":1.5", maxReplacements: 1)
        let recording = try SessionRecording(Data(text.utf8), name: "changed")
        // The machine's own inputs are as they were; the detector that makes them is not.
        #expect(recording.replayMachine() == nil)
        let difference = try #require(await recording.replaySession())
        #expect("\(difference)".contains("recorded: {") && "\(difference)".contains("replayed: {"))
        text.replace("\"takeBackWindow\":24000", with: "\"takeBackWindow\":0", maxReplacements: 1)
        #expect(try SessionRecording(Data(text.utf8), name: "changed").replayMachine() != nil)
    }

    @Test func aChangeThatWasMeantIsAccepted() async throws {
        let folder = try TestResources.temporaryFolder()
        defer { try? FileManager.default.removeItem(at: folder) }
        let file = folder.appendingPathComponent("session.jsonl")
        _ = try await record(to: file, keepsSound: false)
        let text = try String(contentsOf: file, encoding: .utf8)
        let changed = text.replacing("\"endpointSilence\":0.7", with: "\"endpointSilence\":1.5", maxReplacements: 1)
        let recording = try SessionRecording(Data(changed.utf8), name: "changed")
        #expect(await recording.replaySession() != nil)
        try await recording.decidedAnew().write(to: file)
        let accepted = try SessionRecording(reading: file)
        #expect(accepted.isComplete && accepted.replayMachine() == nil)
        #expect(await accepted.replaySession() == nil)
        // What happened is what it was.
        func told(_ recording: SessionRecording) -> [SessionRecording.Line] {
            recording.lines.filter { if case .told = $0 { true } else { false } }
        }
        #expect(told(accepted) == told(recording))
    }

    @Test func damagedAndNewerFilesAreToldApart() async throws {
        let folder = try TestResources.temporaryFolder()
        defer { try? FileManager.default.removeItem(at: folder) }
        let file = folder.appendingPathComponent("session.jsonl")
        _ = try await record(to: file, keepsSound: false)
        let text = try String(contentsOf: file, encoding: .utf8)
        func message(_ text: String) -> String? {
            do {
                _ = try SessionRecording(Data(text.utf8), name: "it")
                return nil
            } catch { return "\(error)" }
        }
        #expect(message("") == "it is no recording of a session.")
        #expect(message("{\"turn\":1}\n") == "it is no recording of a session.")
        let newer = text.replacing("\"version\":1", with: "\"version\":7", maxReplacements: 1)
        #expect(message(newer)?.contains("newer Riposte (format 7") == true)
        var lines = text.split(separator: "\n").map(String.init)
        lines[10] = String(lines[10].dropLast(3))
        #expect(message(lines.joined(separator: "\n") + "\n") == "it is damaged in line 11.")
        // A setting from later times is missing: it has its default.
        let older = text.replacing("\"minimumPause\":0.096,", with: "", maxReplacements: 1)
        #expect(
            try older != text
                && SessionRecording(Data(older.utf8), name: "it").header.configuration.endpoint.minimumPause == 0.096)
        // A program that was killed leaves half a line: all before it counts.
        let cut = try SessionRecording(Data(text.dropLast(200).utf8), name: "it")
        #expect(!cut.isComplete && cut.lines.count > 100)
        #expect(await cut.replaySession() == nil)
    }

    /// A failing conversation becomes a test when its recording is copied into the folder.
    @Test(arguments: recordings) func aKeptRecordingIsDecidedTheSame(_ name: String) async throws {
        let recording = try SessionRecording(reading: Self.folder.appendingPathComponent(name))
        let advice: Comment = "if that was meant: riposte replay --accept Tests/RiposteConversationTests/Recordings"
        #expect(recording.replayMachine() == nil, advice)
        #expect(await recording.replaySession() == nil, advice)
    }

    static let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
        .appendingPathComponent("Recordings")

    static var recordings: [String] {
        let names = (try? FileManager.default.contentsOfDirectory(atPath: folder.path)) ?? []
        return names.filter { $0.hasSuffix(".jsonl") }.sorted()
    }

    private func record(to file: URL, keepsSound: Bool) async throws -> [TurnReport] {
        var configuration = Session.Configuration()
        configuration.pace = .fast
        configuration.inputEnd = Self.input.count
        configuration.endOfTurn = nil
        let device = ScriptedDevice(input: Self.input)
        var parts = Session.Parts(
            source: { device }, sink: device, voiceActivity: { ScriptedScorer() },
            transcriber: ScriptedTranscriber([Transcript(text: "Tell me a story."), Transcript(text: "Stop.")]),
            responder: ScriptedResponder { utterance, _ in
                [Reply(utterance.text == "Stop." ? "Okay." : (1...30).map { "word\($0)" }.joined(separator: " "))]
            },
            synthesizer: ScriptedSynthesizer())
        let recorder = try RecordingWriter(file, keepsSound: keepsSound)
        parts.recorder = recorder
        let session = Session(parts: parts, configuration: configuration)
        try await recorder.begin(session, versions: ["recogniser": "scripted"])
        async let reports = session.events.reduce(into: [TurnReport]()) { reports, event in
            if case .turnEnded(let report) = event { reports.append(report) }
        }
        try await session.run()
        try await recorder.finish()
        return await reports
    }
}
