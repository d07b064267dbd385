import Foundation
import RiposteCore
import RiposteTesting
import Synchronization
import Testing

@testable import RiposteConversation

/// A session with a wake word, on the sample clock. Voices are constant sound; the script says where the word is.
@Suite(.timeLimit(.minutes(10))) struct WakeSessionTests {
    /// The command follows the word without a pause, and the word is told late: all of the command is heard.
    @Test func aCommandWithoutAPauseIsHeardWhole() async throws {
        let talk = Talk([(1, 2.5), (2, 0)], words: [(1, 1.6, 2.4)], transcripts: ["Computer, set a timer."])
        let reports = try await talk.run()
        #expect(reports.map(\.transcript) == ["Set a timer."])
        #expect(reports.map(\.heard) == ["You said Set a timer."])
        #expect(abs((reports.first?.speechStartMs ?? 0) - 1_000) <= 64)
        // The word and the command, to the last sample.
        #expect(abs(try #require(talk.recogniser.voice.first) - 2.5) < 0.033)
        #expect(talk.woken == 1)
    }

    /// What was said before the word is nobody's business.
    @Test func whatWasSaidBeforeTheWordIsNotHeard() async throws {
        let talk = Talk([(0.5, 4), (2, 0)], words: [(2.5, 3.1, 3.3)], transcripts: ["Computer, stop."])
        let reports = try await talk.run()
        #expect(reports.map(\.transcript) == ["Stop."])
        #expect(abs(try #require(talk.recogniser.voice.first) - 2) < 0.033)
    }

    @Test func withoutTheWordNothingIsAnswered() async throws {
        let talk = Talk([(1, 2), (2, 2), (1, 0)], words: [], transcripts: ["Set a timer."])
        #expect(try await talk.run().isEmpty)
        #expect(talk.recogniser.voice.isEmpty && talk.woken == 0)
    }

    /// "Computer" — a pause, the sound that it woke — "what time is it?"
    @Test func aCommandAfterAPauseIsATurnOfItsOwn() async throws {
        let talk = Talk(
            [(1, 0.6), (1.5, 1), (2, 0)], words: [(1, 1.6, 1.7)], transcripts: ["Computer.", "What time is it?"])
        let reports = try await talk.run()
        #expect(reports.map(\.outcome) == [.dropped, .answered])
        #expect(reports.last?.transcript == "What time is it?")
        #expect(await talk.device.played.first?.heard == WakingSound.samples().count)
    }

    @Test func afterAnAnswerTheWordIsNotNeededForAWhile() async throws {
        let talk = Talk(
            [(1, 2), (4, 1), (14, 1), (2, 0)], words: [(1, 1.6, 1.7)],
            transcripts: ["Computer, hello.", "And then?", "Never said."])
        let reports = try await talk.run()
        #expect(reports.map(\.transcript) == ["Hello.", "And then?"])
        #expect(talk.asleep == 1)
    }

    /// 300 ms after the assistant stopped, which had said the word itself.
    @Test func theWordRightAfterTheAnswerCounts() async throws {
        let talk = Talk(
            [(1, 2), (1.5, 1.5), (2, 0)], words: [(1, 1.6, 1.7), (4.5, 5.1, 5.3)],
            transcripts: ["Computer, who are you?", "Computer, thanks."], answer: "I am a computer.")
        let reports = try await talk.run()
        #expect(reports.map(\.transcript) == ["Who are you?", "Thanks."])
        #expect(reports.map(\.outcome) == [.answered, .answered])
        // The answer ends at about 4.2 s.
        #expect(reports.first?.heard == "I am a computer.")
    }

    @Test func theWordInItsOwnMouthIsVetoed() async throws {
        let answer = "I am a computer program that runs on this machine and on no other"
        let talk = Talk(
            [(1, 2), (6, 0)], words: [(1, 1.6, 1.7), (4.1, 4.4, 4.5)], transcripts: ["Computer, who are you?"],
            answer: answer)
        let reports = try await talk.run()
        #expect(reports.map(\.outcome) == [.answered])
        #expect(reports.first?.heard == answer)
    }

    /// The word is told while the answer sounds, though voice activity makes out nothing but the answer.
    @Test func theWordHalfDrownedByTheAnswerTakesTheTurn() async throws {
        let answer = (1...40).map { "word\($0)" }.joined(separator: " ")
        let talk = Talk(
            [(1, 2), (4.5, 1), (3, 0)], words: [(1, 1.6, 1.7), (5, 5.6, 5.8)],
            transcripts: ["Computer, tell me a story.", "", "Set a timer."], answer: answer)
        let reports = try await talk.run()
        #expect(reports.map(\.outcome) == [.interrupted, .dropped, .answered])
        let heard = try #require(reports.first).heard.split(separator: " ").count
        // The answer begins at about 3.8 s; the word is told at 5.8 s.
        #expect((15...25).contains(heard), "\(heard) words")
        #expect(reports.last?.transcript == "Set a timer.")
    }

    /// The word over the answer with a command behind it: voice activity hears both.
    @Test func theWordAndACommandOverTheAnswer() async throws {
        let answer = (1...60).map { "word\($0)" }.joined(separator: " ")
        let talk = Talk(
            [(1, 2), (3, 2), (3, 0)], words: [(1, 1.6, 1.7), (6, 6.2, 6.3)],
            transcripts: ["Computer, tell me a story.", "Computer, set a timer."], answer: answer)
        let reports = try await talk.run()
        #expect(reports.first?.outcome == .interrupted)
        #expect(reports.last?.transcript == "Set a timer.")
        #expect(reports.last?.outcome == .answered || reports.last?.outcome == .interrupted)
    }

    @Test func twiceInARowIsOneTurn() async throws {
        let talk = Talk(
            [(1, 3), (2, 0)], words: [(1, 1.6, 1.7), (1.7, 2.3, 2.4)],
            transcripts: ["Computer, computer, stop."])
        let reports = try await talk.run()
        #expect(reports.map(\.transcript) == ["Stop."])
        #expect(talk.woken == 1)
    }

    /// A recording with a wake word decides the same when it is run again, without the detector.
    @Test func aRecordingDecidesTheSame() async throws {
        let folder = try TestResources.temporaryFolder()
        defer { try? FileManager.default.removeItem(at: folder) }
        let file = folder.appendingPathComponent("session.jsonl")
        let talk = Talk(
            [(1, 2), (4, 1), (2, 0)], words: [(1, 1.6, 1.7)], transcripts: ["Computer, hello.", "And then?"])
        #expect(try await talk.run(recordingTo: file).count == 2)
        let recording = try SessionRecording(reading: file)
        #expect(recording.isComplete)
        #expect(recording.replayMachine() == nil)
        #expect(await recording.replaySession() == nil)
    }
}

/// A session over scripted parts.
private final class Talk: Sendable {
    let device: ScriptedDevice
    let recogniser: MeasuringTranscriber
    private let configuration: Session.Configuration
    private let parts: Session.Parts
    private let events = Mutex<(woken: Int, asleep: Int)>((0, 0))

    var woken: Int { events.withLock { $0.woken } }
    var asleep: Int { events.withLock { $0.asleep } }

    /// - Parameters:
    ///   - speech: pieces of silence and speech, in seconds.
    ///   - words: where the word begins, ends and is told, in seconds.
    init(
        _ speech: [(silence: Double, speech: Double)], words: [(Double, Double, Double)], transcripts: [String],
        answer: String? = nil
    ) {
        let input = ScriptedDevice.speech(speech)
        let device = ScriptedDevice(input: input)
        let recogniser = MeasuringTranscriber(transcripts)
        (self.device, self.recogniser) = (device, recogniser)
        var configuration = Session.Configuration()
        configuration.pace = .fast
        configuration.inputEnd = input.count
        configuration.endOfTurn = nil
        configuration.turn.wake = .init()
        configuration.wakeWords = ["computer"]
        var parts = Session.Parts(
            source: { device }, sink: device, voiceActivity: { ScriptedScorer() }, transcriber: recogniser,
            responder: ScriptedResponder { utterance, conversation in
                [Reply(conversation.turns.isEmpty ? answer ?? "You said \(utterance.text)" : "Okay.")]
            }, synthesizer: ScriptedSynthesizer())
        parts.wakeWord = ScriptedWakeWord(
            words.map { start, end, told in
                WakeWordDetection(
                    word: "computer", position: Int(told * 16_000), speech: Int(start * 16_000)..<Int(end * 16_000))
            })
        self.parts = parts
        self.configuration = configuration
    }

    func run(recordingTo file: URL? = nil) async throws -> [TurnReport] {
        var parts = parts
        let recorder = try file.map { try RecordingWriter($0, keepsSound: false) }
        parts.recorder = recorder
        let session = Session(parts: parts, configuration: configuration)
        try await recorder?.begin(session, versions: ["recogniser": "scripted"])
        async let reports = session.events.reduce(into: [TurnReport]()) { reports, event in
            switch event {
            case .turnEnded(let report): reports.append(report)
            case .woke: self.events.withLock { $0.woken += 1 }
            case .asleep: self.events.withLock { $0.asleep += 1 }
            default: break
            }
        }
        try await session.run()
        try await recorder?.finish()
        return await reports
    }
}

/// Understands what the script says, and counts how much voice each turn was understood from.
private final class MeasuringTranscriber: Transcriber {
    let name = "measuring"
    private let script: [String]
    private let begun = Mutex(-1)
    private let counts = Mutex<[Int: Int]>([:])

    init(_ script: [String]) { self.script = script }

    /// Seconds of voice, by turn.
    var voice: [Double] { counts.withLock { counts in counts.keys.sorted().map { Double(counts[$0] ?? 0) / 16_000 } } }

    func load() {}

    func beginUtterance(_ request: TranscriptionRequest) -> any Transcription {
        // The first one is the warm-up.
        let index = begun.withLock { begun in
            begun += 1
            return begun - 1
        }
        return Utterance(
            text: index < 0 || script.isEmpty ? "" : script[min(index, script.count - 1)], index: index, owner: self)
    }

    fileprivate func note(_ samples: [Float], _ index: Int) {
        guard index >= 0 else { return }
        let voice = samples.count { abs($0) > 0.1 }
        counts.withLock { $0[index, default: 0] += voice }
    }

    private struct Utterance: Transcription {
        let text: String
        let index: Int
        let owner: MeasuringTranscriber

        func append(_ samples: [Float]) { owner.note(samples, index) }

        func partial() async throws -> Transcript {
            var partial = Transcript(text: text)
            partial.kind = .partial
            return partial
        }

        func final() async throws -> Transcript { Transcript(text: text) }
    }
}
