import RiposteCore
import Testing

@testable import RiposteConversation

@Suite struct TurnStateMachineTests {
    let first = Revision(turn: 1, number: 0)

    @Test func anAnswerIsPreparedAtThePauseAndReleasedAtTheEndpoint() {
        var machine = TurnStateMachine()
        #expect(machine.handle(.speechStarted(start: 100), at: 4_000) == [.open(turn: 1, start: 100)])
        #expect(machine.handle(.paused(end: 20_000), at: 21_600) == [.transcribe(first)])
        let transcript = Transcript(text: "What time is it?")
        #expect(
            machine.handle(.transcript(first, transcript), at: 23_000) == [.prepare(first, .reply(transcript))])
        #expect(machine.handle(.endpoint(end: 20_000), at: 31_200) == [.release(first)])
        #expect(machine.handle(.soundStarted(first), at: 31_300) == [])
        #expect(machine.handle(.soundEnded(first), at: 50_000) == [.commit(first), .end(turn: 1, .answered)])
        #expect(machine.state == .listening)
    }

    @Test func goingOnAfterAPauseRetractsWhatWasPrepared() {
        var machine = TurnStateMachine()
        _ = machine.handle(.speechStarted(start: 0), at: 4_000)
        _ = machine.handle(.paused(end: 20_000), at: 21_600)
        #expect(machine.handle(.resumed, at: 22_000) == [.retract(first)])
        // What the first revision still delivers is void.
        #expect(machine.handle(.transcript(first, Transcript(text: "What")), at: 22_100) == [])
        let second = Revision(turn: 1, number: 1)
        #expect(machine.handle(.paused(end: 40_000), at: 41_600) == [.transcribe(second)])
    }

    @Test func goingOnAfterTheEndpointContinuesTheSameTurn() {
        var machine = TurnStateMachine()
        _ = machine.handle(.speechStarted(start: 0), at: 4_000)
        _ = machine.handle(.paused(end: 20_000), at: 21_600)
        _ = machine.handle(.endpoint(end: 20_000), at: 31_200)
        #expect(machine.handle(.speechStarted(start: 31_300), at: 36_000) == [.retract(first)])
        guard case .hearing(let turn) = machine.state else { return #expect(Bool(false), "\(machine.state)") }
        #expect(turn.revision == Revision(turn: 1, number: 1))
        #expect(turn.speechStart == 0)
    }

    @Test func anAnswerThatMeetsTheUserGoingOnIsTakenBack() {
        var machine = speaking()
        #expect(machine.handle(.speechHinted(start: 33_000), at: 34_000) == [.takeBack(first)])
        let second = Revision(turn: 1, number: 1)
        #expect(machine.handle(.paused(end: 50_000), at: 51_600) == [.transcribe(second)])
        // What the forgotten answer still tells is void.
        #expect(machine.handle(.soundEnded(first), at: 51_700) == [])
    }

    @Test func aNoiseAtTheBeginningOfAnAnswerBringsTheSameAnswerAgain() {
        var machine = speaking()
        _ = machine.handle(.speechHinted(start: 33_000), at: 34_000)
        #expect(machine.handle(.misfired, at: 46_000) == [.transcribe(Revision(turn: 1, number: 1))])
        guard case .answering(let turn) = machine.state else { return #expect(Bool(false), "\(machine.state)") }
        #expect(turn.speechEnd == 20_000)
    }

    @Test func afterTheWindowAnAnswerStands() {
        var machine = speaking()
        let late = 31_200 + machine.configuration.takeBackWindow + 1
        #expect(machine.handle(.tick, at: late) == [.commit(first)])
        // It gets softer, no more.
        #expect(machine.handle(.speechHinted(start: late), at: late + 100) == [.duck(first)])
        #expect(machine.handle(.soundEnded(first), at: late + 200) == [.end(turn: 1, .answered)])
    }

    /// A machine whose first answer has just begun to sound; the endpoint was at 31 200.
    private func speaking() -> TurnStateMachine {
        var machine = TurnStateMachine()
        _ = machine.handle(.speechStarted(start: 0), at: 4_000)
        _ = machine.handle(.endpoint(end: 20_000), at: 31_200)
        _ = machine.handle(.transcript(first, Transcript(text: "Help")), at: 32_000)
        _ = machine.handle(.soundStarted(first), at: 32_100)
        return machine
    }

    @Test func misunderstandingsAreAnsweredWithAdviceTheSecondTime() {
        var machine = TurnStateMachine()
        #expect(answer(&machine, turn: 1, Transcript(text: "")) == .phrase(.notUnderstood))
        #expect(answer(&machine, turn: 2, Transcript(text: "")) == .phrase(.troubleHearing))
        let clear = Transcript(text: "Help")
        #expect(answer(&machine, turn: 3, clear) == .reply(clear))
        #expect(answer(&machine, turn: 4, Transcript(text: "")) == .phrase(.notUnderstood))
    }

    @Test func anUncertainTranscriptIsConfirmed() {
        var machine = TurnStateMachine()
        let unsure = Transcript(text: "Set a timer.", confidence: 0.4)
        #expect(answer(&machine, turn: 1, unsure) == .phrase(.confirm("Set a timer.")))
        #expect(answer(&machine, turn: 2, Transcript(text: "Yes.")) == .reply(Transcript(text: "Set a timer.")))
        #expect(answer(&machine, turn: 3, unsure) == .phrase(.confirm("Set a timer.")))
        #expect(answer(&machine, turn: 4, Transcript(text: "No.")) == .phrase(.sayAgain))
        // After the answer nothing is open any more: a "yes" is an utterance like any other.
        let yes = Transcript(text: "Yes.")
        #expect(answer(&machine, turn: 5, yes) == .reply(yes))
    }

    @Test func aShortNoiseIsDroppedWithoutAWord() {
        var machine = TurnStateMachine()
        _ = machine.handle(.speechStarted(start: 0), at: 5_000)
        _ = machine.handle(.paused(end: 5_000), at: 6_600)
        _ = machine.handle(.transcript(first, Transcript(text: "")), at: 7_000)
        #expect(machine.handle(.endpoint(end: 5_000), at: 16_200) == [.end(turn: 1, .dropped)])
    }

    @Test func quietIsAskedAboutTwiceAndNoMore() {
        var machine = TurnStateMachine()
        var asked = 0
        for second in 0..<120 {
            for action in machine.handle(.tick, at: second * 16_000) {
                guard case .release(let revision) = action else { continue }
                asked += 1
                _ = machine.handle(.soundStarted(revision), at: second * 16_000)
                _ = machine.handle(.soundEnded(revision), at: second * 16_000 + 8_000)
            }
        }
        #expect(asked == 2)
    }

    @Test func aFailureIsAnsweredWithAnApologyAndAFailingApologyDropsTheTurn() {
        var machine = TurnStateMachine()
        _ = machine.handle(.speechStarted(start: 0), at: 4_000)
        _ = machine.handle(.endpoint(end: 20_000), at: 31_200)
        let second = Revision(turn: 1, number: 1)
        #expect(
            machine.handle(.failed(first), at: 31_300) == [
                .retract(first), .prepare(second, .phrase(.trouble)), .release(second),
                .commit(second),
            ])
        #expect(machine.handle(.failed(second), at: 31_400) == [.retract(second), .end(turn: 1, .dropped)])
    }

    @Test func anAnswerThatDoesNotComeIsGivenUp() {
        var machine = TurnStateMachine()
        _ = machine.handle(.speechStarted(start: 0), at: 4_000)
        _ = machine.handle(.endpoint(end: 20_000), at: 31_200)
        #expect(machine.handle(.tick, at: 31_200 + machine.configuration.answerLimit - 1) == [])
        #expect(machine.handle(.tick, at: 31_200 + machine.configuration.answerLimit).first == .retract(first))
    }

    @Test func anAlarmWaitsUntilNobodySpeaks() {
        var machine = TurnStateMachine()
        let alarm = Alarm(id: "1", due: .now, text: "Your timer is done.", duration: 60)
        _ = machine.handle(.speechStarted(start: 0), at: 4_000)
        #expect(machine.handle(.alarm(alarm), at: 5_000) == [])
        _ = machine.handle(.endpoint(end: 20_000), at: 31_200)
        let help = Transcript(text: "Help")
        _ = machine.handle(.transcript(first, help), at: 32_000)
        _ = machine.handle(.soundStarted(first), at: 32_100)
        let ring = Revision(turn: 2, number: 0)
        #expect(
            machine.handle(.soundEnded(first), at: 50_000) == [
                .commit(first), .end(turn: 1, .answered), .prepare(ring, .phrase(.alarm(alarm))), .release(ring),
                .commit(ring),
            ])
    }

    @Test func theUserMayInterruptUnlessItIsTurnedOff() {
        for allowed in [true, false] {
            var configuration = TurnStateMachine.Configuration()
            configuration.allowsInterruption = allowed
            var machine = TurnStateMachine(configuration: configuration)
            _ = machine.handle(.speechStarted(start: 0), at: 4_000)
            _ = machine.handle(.endpoint(end: 20_000), at: 31_200)
            _ = machine.handle(.transcript(first, Transcript(text: "Help")), at: 32_000)
            _ = machine.handle(.soundStarted(first), at: 32_100)
            let actions = machine.handle(.speechStarted(start: 40_000), at: 44_800)
            #expect(
                actions
                    == (allowed
                        ? [.silence(first), .commit(first), .end(turn: 1, .interrupted), .open(turn: 2, start: 40_000)]
                        : []))
        }
    }

    /// Runs one turn through, and says what it was answered with.
    private func answer(_ machine: inout TurnStateMachine, turn: Int, _ transcript: Transcript) -> Answer? {
        let revision = Revision(turn: turn, number: 0)
        let base = turn * 1_000_000
        _ = machine.handle(.speechStarted(start: base), at: base + 5_000)
        _ = machine.handle(.endpoint(end: base + 20_000), at: base + 31_200)
        let actions = machine.handle(.transcript(revision, transcript), at: base + 32_000)
        _ = machine.handle(.soundStarted(revision), at: base + 33_000)
        _ = machine.handle(.soundEnded(revision), at: base + 50_000)
        guard case .prepare(_, let answer)? = actions.first else { return nil }
        return answer
    }
}

/// A small seeded generator, so that a failing sequence can be run again.
struct SplitMix: RandomNumberGenerator {
    private var state: UInt64

    /// Seeds are scattered first: of neighbouring ones, one would else give the other's numbers, shifted by one.
    init(seed: UInt64) {
        state = ~seed
        state = next() ^ (seed << 32)
    }

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var z = state
        z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
        z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
        return z ^ (z >> 31)
    }
}
