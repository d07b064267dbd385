import Foundation
import RiposteCore

@testable import RiposteConversation

/// The transitions of the turn state machine, found by trying: from every kind of state, everything that can happen.
struct TransitionTable {
    struct Row: Hashable {
        var from: String
        var event: String
        var to: String
        var actions: [String]
    }

    private(set) var rows: [Row] = []
    private var seen: Set<String> = []
    private var waiting: [(machine: TurnStateMachine, position: Int)] = []

    init() {
        reach(TurnStateMachine(), at: 100_000)
        var waiting = TurnStateMachine.Configuration()
        waiting.wake = .init()
        reach(TurnStateMachine(configuration: waiting), at: 100_000)
        while !self.waiting.isEmpty {
            let (machine, position) = self.waiting.removeFirst()
            for (event, input, delay) in Self.events(in: machine, at: position) {
                var next = machine
                let now = position + delay
                let actions = next.handle(input, at: now)
                let row = Row(
                    from: Self.name(of: machine.state), event: event, to: Self.name(of: next.state),
                    actions: actions.map(Self.name))
                if row.from != row.to || !actions.isEmpty, !rows.contains(row) { rows.append(row) }
                reach(next, at: now)
            }
        }
    }

    private mutating func reach(_ machine: TurnStateMachine, at position: Int) {
        guard seen.insert(Self.key(of: machine)).inserted else { return }
        waiting.append((machine, position))
    }

    // MARK: - Kinds of states

    /// What the page calls a state: its kind, and how far the answer is.
    static func name(of state: TurnStateMachine.State) -> String {
        switch state {
        case .asleep: "asleep"
        case .listening: "listening"
        case .hearing(let turn) where !turn.isPrepared: "hearing"
        case .hearing(let turn) where turn.answer == nil: "hearing, transcribing"
        case .hearing: "hearing, answer ready"
        case .answering(let turn) where turn.answer == nil: "answering, transcribing"
        case .answering(let turn): turn.isCommitted ? "answering, for good" : "answering"
        case .speaking(let turn) where turn.overlap != nil:
            (turn.overlap?.heldSince == nil ? "speaking, softly" : "speaking, held")
                + (turn.isCommitted ? ", for good" : "")
        case .speaking(let turn): turn.isCommitted ? "speaking, for good" : "speaking"
        case .ended: "ended"
        }
    }

    /// The state of the picture.
    static func group(of name: String) -> String { String(name.prefix { $0 != "," }) }

    /// What tells one machine from another, for all that it will do: not the positions, not the words.
    private static func key(of machine: TurnStateMachine) -> String {
        let wakes = machine.configuration.wake != nil
        guard let turn = machine.current else { return name(of: machine.state) + "|\(wakes)" }
        let answer: String =
            switch turn.answer {
            case .phrase(.trouble): "trouble"
            case .phrase: "phrase"
            case .reply: "reply"
            case .nothing: "nothing"
            case nil: "none"
            }
        return [
            name(of: machine.state), answer, "\(turn.origin)", "\(turn.isFull)", "\(turn.earlierSpeechEnd == nil)",
            "\(turn.isReleased)", "\(machine.awaitsConfirmation)", "\(wakes)", "\(isWordTold(machine))",
        ].joined(separator: "|")
    }

    /// Whether the wake word was told within the turn.
    private static func isWordTold(_ machine: TurnStateMachine) -> Bool {
        guard let told = machine.wordTold, let turn = machine.current else { return false }
        return told >= turn.speechStart
    }

    // MARK: - What can happen

    private static func events(
        in machine: TurnStateMachine, at now: Int
    ) -> [(String, TurnStateMachine.Input, Int)] {
        let moment = 512
        let turn = machine.current
        let revision = turn?.revision ?? Revision(turn: 1, number: 0)
        let alarm = Alarm(id: "1", due: Date(timeIntervalSinceReferenceDate: 0), text: "ring", duration: 1)
        // Of a turn that was long enough to have had words in it.
        let end = max(now - 1_536, (turn?.speechStart ?? 0) + 16_000)
        var events: [(String, TurnStateMachine.Input, Int)] = [
            ("a hint of a voice", .speechHinted(start: now), moment),
            ("a voice", .speechStarted(start: now), moment),
            ("a pause", .paused(end: end), 16_000),
            ("the voice again", .resumed, moment),
            (turn?.earlierSpeechEnd == nil ? "it was a noise" : "that it went on was a noise", .misfired, moment),
            ("endpoint", .endpoint(end: end), 16_000),
            ("transcript", .transcript(revision, Transcript(text: "Tell me more.")), moment),
            (
                isWordTold(machine) ? "transcript: only the wake word" : "transcript: nothing understood",
                .transcript(revision, Transcript(text: "")), moment
            ),
            ("transcript: not sure", .transcript(revision, Transcript(text: "More.", confidence: 0.1)), moment),
            ("an engine fails", .failed(revision), moment),
            ("first sound", .soundStarted(revision), moment),
            (turn?.isReprompt == true ? "last sound of a question" : "last sound", .soundEnded(revision), moment),
            ("an alarm", .alarm(alarm), moment),
            ("the wake word", .wakeWord(start: now - 8_000), moment),
            ("the input ends", .inputEnded, moment),
            ("the session is cancelled", .cancelled, moment),
        ]
        events += voices(over: turn)
        let limits = machine.configuration
        switch machine.state {
        case .asleep: break
        case .listening:
            if let wake = limits.wake {
                events.append((duration(wake.followUp, "without a voice"), .tick, wake.followUp))
            } else if let quiet = limits.quietLimit {
                events.append((duration(quiet, "of quiet"), .tick, quiet))
            }
        case .hearing(let turn):
            let rest = limits.longestTurn - (now - turn.speechStart)
            events.append((duration(limits.longestTurn, "of one turn"), .tick, max(moment, rest)))
        case .answering(let turn):
            let rest = limits.answerLimit - (now - (turn.endpoint ?? now))
            events.append((duration(limits.answerLimit, "without a sound"), .tick, max(moment, rest)))
        case .speaking(let turn):
            if let overlap = turn.overlap {
                let rest = limits.longestHold - (now - (overlap.heldSince ?? overlap.start))
                events.append((duration(limits.longestHold, "undecided"), .tick, max(moment, rest)))
            } else if !turn.isCommitted {
                let rest = limits.takeBackWindow + 1 - (now - (turn.endpoint ?? now))
                events.append((duration(limits.takeBackWindow, "after the endpoint"), .tick, max(moment, rest)))
            }
            if turn.isCommitted, turn.overlap == nil {
                events.append((duration(limits.longestAnswer, "of one answer"), .tick, limits.longestAnswer))
            }
        case .ended: break
        }
        return events
    }

    /// What a voice over the answer may turn out to be.
    private static func voices(over turn: Turn?) -> [(String, TurnStateMachine.Input, Int)] {
        guard turn?.overlap != nil else { return [] }
        let voice = InterruptionPolicy.Evidence(voice: 0.2)
        var agreement = InterruptionPolicy.Evidence(voice: 0.3)
        (agreement.silence, agreement.words, agreement.isWhole) = (0.1, "Mm-hm.", true)
        var remark = InterruptionPolicy.Evidence(voice: 1)
        remark.words = "Which of these do you mean"
        var stop = InterruptionPolicy.Evidence(voice: 0.3)
        stop.words = "Stop"
        return [
            ("the voice goes on", .overlap(voice), 512), ("it was only \"mm-hm\"", .overlap(agreement), 512),
            ("it has something to say", .overlap(remark), 512), ("it says \"stop\"", .overlap(stop), 512),
        ]
    }

    private static func duration(_ samples: Int, _ of: String) -> String {
        let seconds = (Double(samples) / 16_000).formatted(.number.locale(Locale(identifier: "en_US")))
        return "\(seconds) s \(of)"
    }

    private static func name(of action: TurnStateMachine.Action) -> String {
        switch action {
        case .end(_, let outcome): "end: \(outcome.rawValue)"
        case .endSession: "end the session"
        case .takeBack: "take back"
        default: String("\(action)".prefix { $0 != "(" })
        }
    }

    // MARK: - As they stand on the page

    /// The picture: the states, and what leads from one to another.
    var picture: String {
        let initials = ["hearing", "answering", "speaking"]
        var edges: [String: [String]] = [:]
        var order: [String] = []
        for row in rows {
            let (from, to) = (Self.group(of: row.from), Self.group(of: row.to))
            guard from != to, row.event != "the session is cancelled" else { continue }
            let edge = "    \(from) --> \(to): "
            if edges[edge] == nil { order.append(edge) }
            if edges[edge]?.contains(row.event) != true { edges[edge, default: []].append(row.event) }
        }
        let lines = order.map { $0 + (edges[$0] ?? []).joined(separator: " / ") }
        let marks = initials.map { "    \($0) --> ended: the session is cancelled" }
        return
            ([
                "```mermaid", "stateDiagram-v2", "    [*] --> listening", "    [*] --> asleep: with a wake word",
            ] + lines + marks + ["    ended --> [*]", "```"])
            .joined(separator: "\n")
    }

    var table: String {
        var lines = ["| state | what happens | what is done | then |", "|---|---|---|---|"]
        // In the order of the states, and in each in the order of the events.
        let kinds = ["asleep", "listening", "hearing", "answering", "speaking"]
        let found = rows.reduce(into: [String]()) { if !$0.contains($1.from) { $0.append($1.from) } }
        for state in kinds.flatMap({ kind in found.filter { Self.group(of: $0) == kind } }) {
            for row in rows where row.from == state {
                let actions = row.actions.isEmpty ? "–" : row.actions.joined(separator: ", ")
                lines.append("| \(row.from) | \(row.event) | \(actions) | \(row.to) |")
            }
        }
        return lines.joined(separator: "\n")
    }
}
