import Foundation
import RiposteCore
import RiposteTesting
import Synchronization
import Testing

@testable import RiposteConversation

/// Alarms where several sessions could ring them, and what is kept of an answer while it is given.
@Suite(.timeLimit(.minutes(10))) struct SessionAlarmTests {
    private struct Outcome {
        var heard: [String]
        var kept: [ConversationEntry]
        var left: [Alarm]
        var asked: [String]
    }

    /// - Parameter grants: whether it may ring; nil: nobody is asked.
    private func run(_ input: [Float], grants: Bool?, alarms: [Alarm] = [], at start: Date = Date()) async throws
        -> Outcome
    {
        let device = ScriptedDevice(input: input)
        let kept = Mutex<[ConversationEntry]>([])
        let asked = Mutex<[String]>([])
        var configuration = Session.Configuration()
        configuration.pace = .fast
        configuration.inputEnd = input.count
        configuration.endOfTurn = nil
        configuration.claimsAlarms = grants == nil ? nil : true
        var parts = Session.Parts(
            source: { device }, sink: device, voiceActivity: { ScriptedScorer() },
            transcriber: ScriptedTranscriber([Transcript(text: "Set it.")]),
            responder: ScriptedResponder { _, conversation in
                let alarm = Alarm(id: "new", due: conversation.now + 3600, text: "Ring", duration: 3600)
                return [Reply("It is "), Reply("set.", effects: [.schedule(alarm)])]
            }, synthesizer: ScriptedSynthesizer())
        parts.remember = { entries in kept.withLock { $0 += entries } }
        parts.claim = { alarm in
            asked.withLock { $0.append(alarm.id) }
            return grants ?? false
        }
        let session = Session(
            parts: parts, configuration: configuration, conversation: Conversation(alarms: alarms, now: start))
        async let heard = session.events.reduce(into: [String]()) { heard, event in
            if case .turnEnded(let report) = event { heard.append(report.heard) }
        }
        try await session.run()
        return Outcome(
            heard: await heard, kept: kept.withLock { $0 }, left: await session.conversation.alarms,
            asked: asked.withLock { $0 })
    }

    private let silence = [Float](repeating: 0, count: 5 * 16_000)

    @Test(arguments: [true, nil]) func ringsWhereItMay(grants: Bool?) async throws {
        let start = Date()
        let alarms = [
            Alarm(id: "a", due: start + 1, text: "First.", duration: 1),
            Alarm(id: "b", due: start + 1.5, text: "Second.", duration: 1),
        ]
        let outcome = try await run(silence, grants: grants, alarms: alarms, at: start)
        #expect(outcome.heard == ["First.", "Second."])
        #expect(outcome.asked == (grants == nil ? [] : ["a", "b"]))
        #expect(outcome.left.isEmpty)
        // It has rung before it is over: once something of it is heard.
        let expected: [ConversationEntry] = ["a", "b"].flatMap { id in
            [
                .rang(alarm: id), .turn(turn: .init(user: "", assistant: id == "a" ? "First." : "Second.")),
                .expectation(expectation: .anything),
            ]
        }
        #expect(outcome.kept == expected)
    }

    @Test func leavesToOthersWhatIsTheirs() async throws {
        let start = Date()
        let alarm = Alarm(id: "a", due: start + 1, text: "First.", duration: 1)
        let outcome = try await run(silence, grants: false, alarms: [alarm], at: start)
        #expect(outcome.heard.isEmpty && outcome.kept.isEmpty && outcome.left.isEmpty)
        #expect(outcome.asked == ["a"])
    }

    /// Whoever has to go on finds the user's words and the whole answer, before it has ended, and then its end.
    @Test func keepsWhatIsBeingAnswered() async throws {
        let outcome = try await run(ScriptedDevice.speech([(0.5, 1), (4, 0)]), grants: nil)
        #expect(outcome.heard == ["It is set."])
        #expect(outcome.kept.first == .answering(turn: .init(user: "Set it.", assistant: "It is set.")))
        guard case .effect(.schedule(let alarm), _) = outcome.kept.dropFirst().first else {
            Issue.record("\(outcome.kept)")
            return
        }
        #expect(alarm.id == "new")
        #expect(outcome.kept.contains(.turn(turn: .init(user: "Set it.", assistant: "It is set."))))
        // What has been kept makes no offer any more.
        var conversation = Conversation()
        for entry in outcome.kept { conversation.apply(entry) }
        #expect(conversation.offer == nil && conversation.turns.count == 1 && conversation.alarms.count == 1)
    }
}
