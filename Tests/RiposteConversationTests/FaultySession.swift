import Foundation
import RiposteCore
import RiposteTesting
import Synchronization

@testable import RiposteConversation

/// Runs one session with faults, and says what was wrong with how it went.
struct FaultySession {
    let plan: FaultPlan
    private static let conversation = Conversation(now: Date(timeIntervalSinceReferenceDate: 0))

    /// How it went: everything that must not be, and how its turns ended.
    struct Course: Sendable {
        var problems: [String]
        var outcomes: [TurnOutcome]
    }

    func run() async -> Course {
        let recorder = MemoryRecorder(cancelAfter: plan.cancelledAfter)
        let ledger = ScriptedVoiceLedger()
        let devices = devices()
        let sink = FaultySink(
            ledger: ledger, behaviour: { plan.behaviour(of: 1, time: $0) }, device: { await devices.current })
        let session = session(devices, sink, ledger, recorder)
        let reports = Mutex<[TurnReport]>([])
        let begun = Mutex<[Int]>([])
        let running = Task { try await session.run() }
        recorder.cancel.withLock { $0 = { running.cancel() } }
        let events = Task {
            for await event in session.events {
                switch event {
                case .turnBegan(let turn): begun.withLock { $0.append(turn) }
                case .turnEnded(let report): reports.withLock { $0.append(report) }
                default: break
                }
            }
        }
        // In vain, a session would wait for a microphone that does not come back: after a while it is ended.
        let watchdog = Task {
            try await Task.sleep(for: .seconds(plan.comesBack ? 30 : 4))
            running.cancel()
            try await Task.sleep(for: .seconds(20))
            return true
        }
        let ends = AsyncStream<Bool> { output in
            Task {
                _ = await running.result
                output.yield(true)
            }
            Task { if (try? await watchdog.value) == true { output.yield(false) } }
        }
        let isOver = await ends.first { _ in true } ?? false
        watchdog.cancel()
        guard isOver else {
            return Course(problems: ["seed \(plan.seed): it hangs in \(await session.machine.state)"], outcomes: [])
        }
        await events.value
        let ended = reports.withLock { $0 }
        var problems = await problems(session, recorder, sink.played, ended)
        let told = begun.withLock { $0.sorted() }
        if told != ended.map(\.turn).sorted() {
            problems.append("turns \(told) were told of, \(ended.map(\.turn)) ended")
        }
        return Course(
            problems: problems.map { "seed \(plan.seed): \($0)" }, outcomes: ended.map(\.outcome))
    }

    private func devices() -> DeviceQueue {
        var devices = [ScriptedDevice(input: plan.input, failsAt: plan.microphone?.position)]
        if plan.microphone?.behaviour == .fails, plan.comesBack { devices.append(ScriptedDevice(input: plan.input)) }
        if plan.microphone?.behaviour == .isEmpty { devices = [ScriptedDevice(input: plan.input)] }
        return DeviceQueue(devices)
    }

    private func session(
        _ devices: DeviceQueue, _ sink: FaultySink, _ ledger: ScriptedVoiceLedger, _ recorder: MemoryRecorder
    ) -> Session {
        let plan = plan
        let (answers, judgements) = (Counter(), Counter())
        var parts = Session.Parts(
            source: {
                let device = await devices.next()
                guard plan.microphone?.behaviour == .isEmpty else { return device }
                return FaultySource(device, at: plan.microphone?.position ?? 0, .isEmpty)
            },
            sink: sink, voiceActivity: { FaultyScorer(failing: plan.failingWindows) },
            transcriber: ScriptedTranscriber(plan.transcripts) { plan.behaviour(of: 2, time: $0) },
            responder: ScriptedResponder(behaviour: { plan.behaviour(of: 3, time: answers.value) }) { _, _ in
                plan.answer(answers.next())
            },
            turnDetector: ScriptedTurnDetector(0.9) { plan.behaviour(of: 4, time: judgements.next()) },
            synthesizer: ScriptedSynthesizer(ledger: ledger) { text in
                text == "Ready."
                    ? .works : plan.behaviour(of: 5, time: text.utf8.reduce(0) { $0 &* 31 &+ Int($1) } % 97)
            })
        parts.recorder = recorder
        return Session(parts: parts, configuration: plan.configuration, conversation: Self.conversation)
    }

    private func problems(
        _ session: Session, _ recorder: MemoryRecorder, _ played: [FaultySink.Play], _ reports: [TurnReport]
    ) async -> [String] {
        var invariants = TurnInvariants()
        var recommitted = 0
        for decision in recorder.decisions {
            guard case .machine(_, let actions) = decision.kind else { continue }
            invariants.check(actions, at: decision.position)
            recommitted += actions.count { if case .takeBack = $0 { true } else { false } }
        }
        var problems = invariants.violations
        // Each turn has its account, once; of those that the end of the session cut short, too.
        if Set(reports.map(\.turn)) != invariants.opened || reports.count != invariants.opened.count {
            problems.append("turns \(invariants.opened.sorted()) were begun, \(reports.map(\.turn)) accounted for")
        }
        problems += reports.flatMap(TraceInvariants.problems)
        let turn = plan.configuration.turn
        let most = turn.longestTurn + 2 * turn.answerLimit + turn.longestAnswer + turn.takeBackWindow + 4 * 512
        if invariants.longestAnswering > most { problems.append("a turn took \(invariants.longestAnswering) samples") }
        let memory = await session.conversation.turns.map(\.assistant).filter { !$0.isEmpty }
        problems += Self.unlike(memory, played, forgotten: recommitted)
        let recording = SessionRecording(
            header: .init(
                contains: [], versions: [:], configuration: plan.configuration, conversation: Self.conversation,
                hasTurnDetector: true),
            lines: recorder.lines, isComplete: true)
        if let difference = recording.replayMachine() {
            problems.append("replayed, the machine differs: \(difference)")
        }
        if let difference = await recording.replaySession() { problems.append("replayed, it differs: \(difference)") }
        return problems
    }

    /// What is remembered must be what was played, word for word and in order, but for what was taken back.
    private static func unlike(_ memory: [String], _ played: [FaultySink.Play], forgotten: Int) -> [String] {
        var answers: [[FaultySink.Play]] = []
        for play in played {
            if answers.last?.last?.level == play.level {
                answers[answers.count - 1].append(play)
            } else {
                answers.append([play])
            }
        }
        var rest = memory[...]
        var missing: [String] = []
        for plays in answers {
            let words = plays[0].text.split(separator: " ")
            let possible = wordsHeard(plays)
            if let next = rest.first, possible.contains(where: { next == words.prefix($0).joined(separator: " ") }) {
                rest.removeFirst()
            } else if possible.lowerBound > 0 {
                missing.append("\(plays)")
            }
        }
        var problems = rest.isEmpty ? [] : ["remembered, but not played: \(Array(rest)); played: \(played)"]
        if missing.count > forgotten {
            problems.append("played, but not remembered: \(missing), with \(forgotten) taken back; memory: \(memory)")
        }
        return problems
    }

    /// How many words of an answer were heard, at a tenth of a second each.
    private static func wordsHeard(_ plays: [FaultySink.Play]) -> ClosedRange<Int> {
        let most = plays.reduce(0) { $0 + $1.heard }
        // One that was held goes on at the beginning of a word, or of a pause near it: the word is heard twice.
        var least = most - (plays.count - 1) * 3_200
        // Where playing failed, the session could only tell by the time.
        if plays.last?.isTold == false { least -= 1_600 }
        return (max(0, least) / 1_600)...(most / 1_600)
    }
}

/// Keeps a recording in memory; ends the session after so many windows.
final class MemoryRecorder: SessionRecorder {
    let cancel = Mutex<@Sendable () -> Void>({})
    private let cancelAfter: Int?
    private let kept = Mutex<(lines: [SessionRecording.Line], windows: Int)>(([], 0))

    init(cancelAfter: Int? = nil) { self.cancelAfter = cancelAfter }

    var lines: [SessionRecording.Line] { kept.withLock { $0.lines } }
    var decisions: [Decision] {
        lines.compactMap { if case .decided(let decision) = $0 { decision } else { nil } }
    }

    func record(_ entry: RecordedEntry) {
        let windows = kept.withLock { kept in
            switch entry {
            case .sound: kept.windows += 1
            case .told(let happening, let position): kept.lines.append(.told(happening, at: position))
            case .decided(let decision): kept.lines.append(.decided(decision))
            }
            return kept.windows
        }
        if windows == cancelAfter { cancel.withLock { $0 }() }
    }
}

/// Counts, from whichever task asks.
final class Counter: Sendable {
    private let count = Mutex(0)

    var value: Int { count.withLock { $0 } }

    func next() -> Int {
        count.withLock { count in
            count += 1
            return count
        }
    }
}
