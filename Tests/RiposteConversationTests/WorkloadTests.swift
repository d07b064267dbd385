import RiposteCore
import RiposteTesting
import Synchronization
import Testing

@testable import RiposteConversation

/// A busy machine makes fewer partial transcripts, then prepares nothing early; and it recovers.
@Suite(.timeLimit(.minutes(10))) struct WorkloadTests {
    @Test func lateTranscriptsShedWorkAndTimelyOnesBringItBack() {
        var workload = Workload()
        func levels(_ seconds: [Double], _ work: Workload.Work) -> [Workload.Level] {
            seconds.map {
                workload.finished(work, after: $0)
                return workload.level
            }
        }
        #expect(levels([1, 0.3, 1, 0.6, 1], .partial) == [.full, .full, .full, .full, .full])
        #expect(levels([1, 1, 1, 1], .partial) == [.fewerPartials, .fewerPartials, .noSpeculation, .noSpeculation])
        #expect(workload.partialInterval(0.3) == nil)
        // Neither late nor timely: it stays as it is.
        #expect(levels([1, 1.4, 0.5, 1, 0.5], .final).allSatisfy { $0 == .noSpeculation })
        #expect(levels([0.5, 0.5, 0.5], .final) == [.fewerPartials, .fewerPartials, .full])
        #expect(workload.partialInterval(0.3) == 0.3 && workload.partialInterval(nil) == nil)
    }

    @Test func aBusyMachineAnswersEveryTurn() async throws {
        let turns = 8
        let input = ScriptedDevice.speech((0..<turns).map { _ in (silence: 3, speech: 1.2) } + [(3, 0)])
        let device = ScriptedDevice(input: input)
        var configuration = Session.Configuration()
        configuration.pace = .fast
        configuration.inputEnd = input.count
        configuration.endOfTurn = nil
        // A third of a second is late here, so that the test takes seconds.
        var workload = Workload.Configuration()
        (workload.latePartial, workload.lateFinal) = (0.25, 0.25)
        configuration.workload = workload
        let transcriber = BusyTranscriber(slow: 1...3)
        let session = Session(
            parts: .init(
                source: { device }, sink: device, voiceActivity: { ScriptedScorer() }, transcriber: transcriber,
                responder: ScriptedResponder { _, _ in [Reply("Okay.")] }, synthesizer: ScriptedSynthesizer()),
            configuration: configuration)
        async let heard = session.events.reduce(into: (reports: [TurnReport](), levels: [Workload.Level]())) {
            switch $1 {
            case .turnEnded(let report): $0.reports.append(report)
            case .workload(let level): $0.levels.append(level)
            default: break
            }
        }
        try await session.run()
        let (reports, levels) = await heard
        #expect(reports.map(\.outcome) == [TurnOutcome](repeating: .answered, count: turns))
        #expect(levels == [.fewerPartials, .noSpeculation, .fewerPartials, .full])
        // Partial transcripts: none in the third turn, in the last as many as ever.
        let partials = transcriber.partials
        #expect(partials[3] == nil && (partials[turns] ?? 0) >= 3, "\(partials)")
        // In the third turn the transcript is begun at the endpoint, in the last one it is there by then.
        let third = try #require(reports.count >= turns ? reports[2] : nil)
        #expect(try #require(third.transcriptMs) > (try #require(third.endpointMs)))
        #expect(try #require(reports.last?.transcriptMs) < (try #require(reports.last?.endpointMs)))
    }
}

/// A recogniser that takes its time in some utterances, and counts what it is asked.
private final class BusyTranscriber: Transcriber {
    let name = "busy"
    private let slow: ClosedRange<Int>
    private let state = Mutex<(utterances: Int, partials: [Int: Int])>((0, [:]))

    /// - Parameter slow: utterances, counted from 1; 0 is the warm-up.
    init(slow: ClosedRange<Int>) { self.slow = slow }

    /// How many partial transcripts were asked for in each utterance.
    var partials: [Int: Int] { state.withLock { $0.partials } }

    func load() {}

    func beginUtterance(_ request: TranscriptionRequest) -> any Transcription {
        let number = state.withLock { state in
            defer { state.utterances += 1 }
            return state.utterances
        }
        return Utterance(owner: self, number: number, delay: slow.contains(number) ? .milliseconds(350) : .zero)
    }

    private struct Utterance: Transcription {
        let owner: BusyTranscriber
        let number: Int
        let delay: Duration

        func append(_ samples: [Float]) {}

        func partial() async throws -> Transcript {
            owner.state.withLock { $0.partials[number, default: 0] += 1 }
            try await Task.sleep(for: delay)
            return Transcript(text: "Tell me", kind: .partial)
        }

        func final() async throws -> Transcript {
            try await Task.sleep(for: delay)
            return Transcript(text: "Tell me more.")
        }
    }
}
