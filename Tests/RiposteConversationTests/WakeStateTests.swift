import RiposteCore
import Testing

@testable import RiposteConversation

/// The turn state machine with a wake word.
@Suite struct WakeStateTests {
    private var machine: TurnStateMachine

    init() {
        var configuration = TurnStateMachine.Configuration()
        configuration.wake = .init()
        machine = TurnStateMachine(configuration: configuration)
    }

    private static let second = 16_000

    @Test mutating func asleepNothingCountsButTheWord() {
        #expect(machine.state == .asleep)
        #expect(machine.handle(.speechStarted(start: 0), at: 4_800).isEmpty)
        #expect(machine.handle(.endpoint(end: 9_000), at: 20_000).isEmpty)
        #expect(machine.handle(.tick, at: 60 * Self.second).isEmpty)
        #expect(machine.handle(.wakeWord(start: 60 * Self.second), at: 61 * Self.second) == [.wake(start: 960_000)])
        #expect(machine.state == .listening)
    }

    @Test mutating func withoutAWordAfterwardsItFallsAsleepAgain() {
        _ = machine.handle(.wakeWord(start: 0), at: Self.second)
        #expect(machine.handle(.tick, at: 8 * Self.second).isEmpty)
        #expect(machine.handle(.tick, at: 9 * Self.second) == [.sleep])
        #expect(machine.state == .asleep)
        // Speech that had begun before counts.
        let actions = machine.handle(.speechStarted(start: 9 * Self.second - 4_000), at: 9 * Self.second + 2_000)
        #expect(actions == [.open(turn: 1, start: 9 * Self.second - 4_000)])
    }

    @Test mutating func speechLongAfterItFellAsleepDoesNot() {
        _ = machine.handle(.wakeWord(start: 0), at: Self.second)
        _ = machine.handle(.tick, at: 9 * Self.second)
        #expect(machine.handle(.speechStarted(start: 9 * Self.second + 1), at: 10 * Self.second).isEmpty)
        #expect(machine.state == .asleep)
    }

    @Test mutating func theWordAloneWantsNoAnswer() {
        _ = machine.handle(.wakeWord(start: 0), at: Self.second)
        _ = machine.handle(.speechStarted(start: 100), at: Self.second)
        _ = machine.handle(.endpoint(end: 12_000), at: 2 * Self.second)
        let revision = Revision(turn: 1, number: 0)
        let actions = machine.handle(.transcript(revision, Transcript(text: "")), at: 2 * Self.second + 100)
        #expect(actions == [.end(turn: 1, .dropped)])
        #expect(machine.state == .listening)
        // The window counts from the word, not from the turn that was none.
        #expect(machine.handle(.tick, at: 9 * Self.second) == [.sleep])
    }

    @Test mutating func afterAnAnswerItListensWithoutTheWord() {
        let revision = answer(from: 0)
        #expect(machine.handle(.soundEnded(revision), at: 4 * Self.second).last == .end(turn: 1, .answered))
        #expect(machine.handle(.tick, at: 11 * Self.second).isEmpty)
        #expect(machine.handle(.speechStarted(start: 11 * Self.second), at: 12 * Self.second - 100).count == 1)
    }

    @Test mutating func theWordOverTheAnswerTakesTheTurn() {
        let revision = answer(from: 0)
        let actions = machine.handle(.wakeWord(start: 3 * Self.second), at: 4 * Self.second)
        #expect(actions.first == .silence(revision))
        #expect(actions.contains(.end(turn: 1, .interrupted)))
        #expect(actions.last == .open(turn: 2, start: 3 * Self.second))
    }

    @Test mutating func twiceInARowIsOnce() {
        #expect(machine.handle(.wakeWord(start: 0), at: Self.second).count == 1)
        #expect(machine.handle(.wakeWord(start: Self.second), at: 2 * Self.second).isEmpty)
        _ = machine.handle(.speechStarted(start: 100), at: 2 * Self.second)
        #expect(machine.handle(.wakeWord(start: 100), at: 2 * Self.second).isEmpty)
        #expect(machine.current?.revision == Revision(turn: 1, number: 0))
    }

    @Test mutating func goodbyeSendsItToSleep() {
        let revision = answer(from: 0)
        _ = machine.handle(.conversationEnded, at: 3 * Self.second)
        let actions = machine.handle(.soundEnded(revision), at: 4 * Self.second)
        #expect(actions.last == .sleep)
        #expect(machine.state == .asleep)
    }

    @Test mutating func anAlarmRingsInItsSleep() {
        let alarm = Alarm(id: "1", due: .now, text: "Ring", duration: 1)
        let actions = machine.handle(.alarm(alarm), at: Self.second)
        #expect(actions.first == .prepare(Revision(turn: 1, number: 0), .phrase(.alarm(alarm))))
    }

    @Test mutating func whatIsNotUnderstoodTwiceSendsItToSleep() {
        _ = machine.handle(.wakeWord(start: 0), at: 100)
        var now = 1_000
        for turn in 1...2 {
            _ = machine.handle(.speechStarted(start: now), at: now + 4_800)
            _ = machine.handle(.endpoint(end: now + 16_000), at: now + 20_000)
            let revision = Revision(turn: turn, number: 0)
            _ = machine.handle(.transcript(revision, Transcript(text: "")), at: now + 21_000)
            _ = machine.handle(.soundStarted(revision), at: now + 22_000)
            _ = machine.handle(.soundEnded(revision), at: now + 60_000)
            now += 70_000
        }
        #expect(machine.state == .asleep)
    }

    @Test mutating func withoutAWakeWordTheWordMeansNothing() {
        machine = TurnStateMachine()
        #expect(machine.state == .listening)
        #expect(machine.handle(.wakeWord(start: 0), at: 100).isEmpty)
    }

    /// Wakes it and lets it answer; the answer sounds from 2.2 s on.
    private mutating func answer(from start: Int) -> Revision {
        _ = machine.handle(.wakeWord(start: start), at: start + 8_000)
        _ = machine.handle(.speechStarted(start: start + 10_000), at: start + 16_000)
        _ = machine.handle(.endpoint(end: start + 24_000), at: start + 30_000)
        let revision = Revision(turn: 1, number: 0)
        _ = machine.handle(.transcript(revision, Transcript(text: "What time is it?")), at: start + 31_000)
        _ = machine.handle(.soundStarted(revision), at: start + 35_200)
        return revision
    }
}

@Suite struct WakeWordTextTests {
    @Test(arguments: [
        ("Computer, set a timer.", "Set a timer."), ("Computer set a timer.", "Set a timer."), ("Computer.", ""),
        ("Hey, computer! What time is it?", "What time is it?"), ("Computer, computer, stop.", "Stop."),
        ("Commuter, set a timer.", "Set a timer."), ("Computer, compute five plus three.", "Compute five plus three."),
        ("What is a computer?", "What is a computer?"), ("Set a timer.", "Set a timer."), ("", ""),
    ])
    func isLeftOut(_ text: String, _ rest: String) {
        #expect(WakeWordText.removing(["computer"], from: text, isTold: true) == rest)
    }

    @Test func onlyTheWordItselfWhereItWasNotHeard() {
        let text = "Compute five plus three."
        #expect(WakeWordText.removing(["computer"], from: text, isTold: false) == text)
        #expect(WakeWordText.removing(["computer"], from: "Computer, stop.", isTold: false) == "Stop.")
    }

    @Test func ofSeveralWords() {
        #expect(
            WakeWordText.removing(["hey riposte"], from: "Hey, repost, what time is it?", isTold: true)
                == "What time is it?")
        #expect(WakeWordText.removing(["jarvis", "okay kitchen"], from: "OK kitchen, stop.", isTold: true) == "Stop.")
    }

    @Test func isFoundInWhatIsSaid() {
        #expect(WakeWordText.contains("computer", in: "I run on your own computer, without a network."))
        #expect(!WakeWordText.contains("computer", in: "I can commute a sum for you."))
        #expect(WakeWordText.contains("hey riposte", in: "Just say: hey, Riposte."))
    }
}
