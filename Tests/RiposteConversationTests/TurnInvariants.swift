import RiposteCore

@testable import RiposteConversation

/// What must hold of a state machine's actions, whatever it was told.
struct TurnInvariants {
    /// What was found wrong; empty is good.
    private(set) var violations: [String] = []
    private(set) var opened: Set<Int> = []
    private(set) var ended: [Int: TurnOutcome] = [:]
    private(set) var isOver = false
    /// The longest a turn took after the user had finished, in samples.
    private(set) var longestAnswering = 0

    /// The attempt under way, and what has become of it.
    private var live: Revision?
    private var newest: [Int: Int] = [:]
    private var isPrepared = false
    private var isReleased = false
    private var isCommitted = false
    private var isSoft = false
    private var isHeld = false
    private var committed: Set<Revision> = []
    private var position = 0
    private var started = 0

    /// Everything that was told for a revision, so that a test can tell more of it.
    private(set) var revisions: [Revision] = []

    mutating func check(_ actions: [TurnStateMachine.Action], at position: Int) {
        expect(position >= self.position, "time goes back to \(position)")
        self.position = position
        for action in actions { check(action) }
    }

    private mutating func check(_ action: TurnStateMachine.Action) {
        expect(!isOver, "\(action) after the end of the session")
        switch action {
        case .open(let turn, let start):
            begin(turn)
            expect(start <= position, "turn \(turn) starts in the future")
        case .transcribe(let revision):
            attempt(revision, action)
        case .prepare(let revision, _):
            if ended[revision.turn] == nil, !opened.contains(revision.turn) { begin(revision.turn) }
            if live != revision { attempt(revision, action) }
            expect(!isPrepared, "\(action) twice")
            isPrepared = true
        case .release(let revision):
            expect(live == revision && isPrepared && !isReleased, "\(action) of what is not ready")
            isReleased = true
        case .commit(let revision):
            expect(live == revision && isReleased && !isCommitted, "\(action) of what was not let out")
            expect(committed.insert(revision).inserted, "\(action) twice")
            isCommitted = true
        case .takeBack(let revision):
            expect(live == revision && isReleased && !isCommitted, "\(action) of what stands or was not heard")
            forget()
        case .retract(let revision):
            expect(live == revision, "\(action) of what is not under way")
            forget()
        case .duck(let revision):
            expect(live == revision && isReleased && !isSoft, "\(action) of what is not heard, or softly")
            isSoft = true
        case .hold(let revision):
            expect(live == revision && isSoft && !isHeld, "\(action) of what is not soft, or held")
            isHeld = true
        case .resume(let revision):
            expect(live == revision && isSoft, "\(action) of what is not soft")
            (isSoft, isHeld) = (false, false)
        case .silence(let revision):
            expect(live == nil || live == revision, "\(action) of another attempt")
        case .end(let turn, let outcome):
            expect(opened.contains(turn) && ended[turn] == nil, "\(action) of a turn that is not open")
            if outcome == .answered || outcome == .reprompted { expect(isCommitted, "\(action) without a commit") }
            ended[turn] = outcome
            longestAnswering = max(longestAnswering, position - started)
            forget()
        case .wake(let start):
            expect(start <= position, "it wakes in the future")
            expect(opened.count == ended.count, "it wakes within a turn")
        case .sleep:
            expect(opened.count == ended.count, "it falls asleep within a turn")
        case .endSession:
            expect(opened.count == ended.count, "the session ends within a turn")
            isOver = true
        }
    }

    private mutating func begin(_ turn: Int) {
        expect(opened.allSatisfy { ended[$0] != nil }, "turn \(turn) begins within another")
        expect(turn > opened.max() ?? 0, "turn \(turn) is not a new one")
        opened.insert(turn)
        started = position
    }

    private mutating func attempt(_ revision: Revision, _ action: TurnStateMachine.Action) {
        expect(opened.contains(revision.turn) && ended[revision.turn] == nil, "\(action) of a turn that is not open")
        let present = live
        expect(present == nil, "\(action) while another attempt is under way")
        expect(revision.number >= newest[revision.turn] ?? 0, "\(action) of an old attempt")
        newest[revision.turn] = revision.number + 1
        live = revision
        revisions.append(revision)
    }

    private mutating func forget() {
        live = nil
        (isPrepared, isReleased, isCommitted, isSoft, isHeld) = (false, false, false, false, false)
    }

    private mutating func expect(_ condition: Bool, _ message: @autoclosure () -> String) {
        if !condition { violations.append("at \(position): \(message())") }
    }
}
