import RiposteCore
import Testing

@testable import RiposteConversation

/// Ten thousand random sequences of events, with random settings.
@Suite struct TurnRandomTests {
    @Test(arguments: 0..<100) func whateverHappensEveryTurnEnds(seed: UInt64) {
        for part in 0..<100 {
            var random = SplitMix(seed: seed * 100 + UInt64(part))
            let configuration = Self.configuration(&random)
            var machine = TurnStateMachine(configuration: configuration)
            var invariants = TurnInvariants()
            var position = 0
            for _ in 0..<60 {
                // Now and then at once, as when two engines answer between two windows.
                position += Bool.random(using: &random) ? Int.random(in: 0...20_000, using: &random) : 0
                let input = Self.input(invariants.revisions, machine, position, &random)
                invariants.check(machine.handle(input, at: position), at: position)
                if let turn = machine.current {
                    #expect(turn.speechStart <= position && turn.endpoint ?? 0 <= position)
                    #expect(!turn.isCommitted || turn.isReleased)
                }
            }
            if part % 4 == 0 {
                invariants.check(machine.handle(.cancelled, at: position), at: position)
                #expect(machine.state == .ended && invariants.isOver)
            }
            // Left alone, it comes to rest: limits end whatever hangs.
            invariants.check(machine.handle(.inputEnded, at: position), at: position)
            let least =
                configuration.longestTurn + 2 * configuration.answerLimit + configuration.longestAnswer
                + configuration.takeBackWindow
            let end = position + 70 * least
            while machine.state != .ended, position < end {
                position += 8_000
                invariants.check(machine.handle(.tick, at: position), at: position)
            }
            #expect(machine.state == .ended, "seed \(seed), part \(part): \(machine.state)")
            #expect(invariants.violations.isEmpty, "seed \(seed), part \(part): \(invariants.violations)")
            #expect(invariants.opened == Set(invariants.ended.keys), "seed \(seed), part \(part)")
        }
    }

    /// Nothing that happens makes a turn longer than its limits allow.
    @Test(arguments: 0..<20) func noTurnIsLongerThanItsLimits(seed: UInt64) {
        for part in 0..<50 {
            var random = SplitMix(seed: 1_000_000 + seed * 100 + UInt64(part))
            var configuration = TurnStateMachine.Configuration()
            configuration.longestTurn = 10 * 16_000
            configuration.longestAnswer = 10 * 16_000
            var machine = TurnStateMachine(configuration: configuration)
            var invariants = TurnInvariants()
            var position = 0
            for _ in 0..<2_000 {
                position += Int.random(in: 0...1_024, using: &random)
                let happens = Int.random(in: 0..<20, using: &random) == 0
                let input = happens ? Self.input(invariants.revisions, machine, position, &random) : .tick
                invariants.check(machine.handle(input, at: position), at: position)
            }
            // While the user speaks; while it thinks, and thinks of an apology; while it speaks. A turn that goes on
            // after its end is bounded by the first of them.
            let most =
                configuration.longestTurn + 2 * configuration.answerLimit + configuration.longestAnswer
                + configuration.takeBackWindow + 4 * 1_024
            #expect(invariants.longestAnswering <= most, "seed \(seed), part \(part): \(invariants.longestAnswering)")
            #expect(invariants.violations.isEmpty, "seed \(seed), part \(part): \(invariants.violations)")
        }
    }

    private static func configuration(_ random: inout SplitMix) -> TurnStateMachine.Configuration {
        var configuration = TurnStateMachine.Configuration()
        configuration.speculates = Int.random(in: 0..<4, using: &random) > 0
        configuration.allowsInterruption = Int.random(in: 0..<4, using: &random) > 0
        if Int.random(in: 0..<4, using: &random) == 0 { configuration.takeBackWindow = 0 }
        if Bool.random(using: &random) { configuration.quietLimit = nil }
        configuration.longestAnswer = 20 * 16_000
        if Int.random(in: 0..<3, using: &random) == 0 { configuration.wake = .init() }
        configuration.interruption.configuration.mode =
            [.off, .evidence, .evidence, .words(2), .duration(0.3)].randomElement(using: &random) ?? .evidence
        return configuration
    }

    /// Any event at all; those about an answer are mostly about the present one.
    private static func input(
        _ revisions: [Revision], _ machine: TurnStateMachine, _ position: Int, _ random: inout SplitMix
    ) -> TurnStateMachine.Input {
        let isCurrent = Int.random(in: 0..<4, using: &random) > 0
        let revision =
            (isCurrent ? machine.current?.revision : revisions.randomElement(using: &random))
            ?? Revision(turn: 1, number: 0)
        switch Int.random(in: 0..<21, using: &random) {
        case 0, 1: return .speechStarted(start: max(0, position - 4_800))
        case 2: return .paused(end: position)
        case 3: return .resumed
        case 4: return .misfired
        case 5: return .endpoint(end: position)
        case 6, 7:
            let text = ["", "What time is it?", "yes", "no"].randomElement(using: &random) ?? ""
            return .transcript(revision, Transcript(text: text, confidence: Double.random(in: 0...1, using: &random)))
        case 8: return .failed(revision)
        case 9: return .soundStarted(revision)
        case 10: return .soundEnded(revision)
        case 11: return .alarm(Alarm(id: "a", due: .now, text: "Ring", duration: 1))
        case 12: return Int.random(in: 0..<8, using: &random) == 0 ? .conversationEnded : .tick
        case 13, 14: return .speechHinted(start: position)
        case 15, 16, 17: return .overlap(evidence(&random))
        case 18, 19: return .wakeWord(start: max(0, position - 16_000))
        default: return .tick
        }
    }

    private static func evidence(_ random: inout SplitMix) -> InterruptionPolicy.Evidence {
        var evidence = InterruptionPolicy.Evidence(voice: Double.random(in: 0...1.5, using: &random))
        evidence.words = [nil, "", "mm-hm", "stop", "I want a latte"].randomElement(using: &random) ?? nil
        evidence.isWhole = Bool.random(using: &random)
        evidence.silence = Bool.random(using: &random) ? Double.random(in: 0...1.5, using: &random) : nil
        return evidence
    }
}
