import RiposteCore
import RiposteListening
import Testing

struct TurnPolicyTests {
    private let policy = EndOfTurnPolicy()

    private func wait(
        _ sound: Double? = nil, _ text: String? = nil, _ expectation: RiposteCore.Expectation = .anything,
        rhythm: PauseRhythm = .init()
    ) -> Double {
        policy.requiredSilence(
            .init(soundProbability: sound, text: text.map { .init($0) }, rhythm: rhythm, expectation: expectation))
    }

    @Test func withoutEvidenceItWaitsAsPlainDetectorsDo() {
        #expect(wait() == 0.7)
        #expect(wait(nil, nil, .number) == 0.7)
    }

    @Test func aCompleteSentenceIsAnsweredSoonAndAnOpenOneIsWaitedFor() {
        let complete = wait(0.97, "A large latte, please.")
        let plain = wait(0.97, "A large latte.")
        let open = wait(0.3, "A large latte and")
        #expect(complete <= 0.2)
        #expect(plain < 0.45)
        #expect(open > 1)
        #expect(complete <= plain && plain < open)
    }

    @Test func moreSoundOfAnEndNeverMeansMoreWaiting() {
        for text in [nil, "", "A latte", "A latte.", "A latte and", "Stop."] {
            let waits = stride(from: 0.0, through: 1, by: 0.05).map { wait($0, text) }
            #expect(zip(waits, waits.dropFirst()).allSatisfy { $0 >= $1 })
        }
    }

    @Test func everyWaitKeepsItsBounds() {
        for sound in [nil, 0, 0.5, 1, 1.5, -1] as [Double?] {
            for text in [nil, "", "Stop.", "and a", "Set a timer for twenty"] {
                for expectation in [RiposteCore.Expectation.anything, .confirmation, .number, .name, .freeText] {
                    let seconds = wait(sound, text, expectation)
                    #expect((0.15...3).contains(seconds))
                }
            }
        }
    }

    @Test func theExpectationCounts() {
        let text = "Five five five."
        #expect(wait(0.9, text, .confirmation) <= wait(0.9, text))
        #expect(wait(0.9, text) < wait(0.9, text, .number))
        #expect(wait(0.9, "Yes.", .number) >= 0.4)
        #expect(wait(0.9, "Well.", .freeText) > wait(0.9, "Well."))
    }

    @Test func aSpeakerWhoPausesLongAndOftenIsWaitedForLonger() {
        var slow = PauseRhythm()
        var fluent = PauseRhythm()
        for _ in 0..<6 {
            slow.wentOn(after: 0.9)
            slow.wentOn(after: 1.1)
            slow.turnEnded()
            fluent.turnEnded()
        }
        #expect(slow.medianPause > 0.7 && slow.pausesPerTurn > 0.5)
        #expect(fluent.medianPause == 0.6 && fluent.pausesPerTurn < 0.1)
        let text = "I'd like a latte."
        #expect(wait(0.8, text, rhythm: slow) > 1.5 * wait(0.8, text))
        #expect(wait(0.8, text, rhythm: fluent) < wait(0.8, text))
        // Somebody else speaks now, and in a while that is known.
        for _ in 0..<60 { slow.turnEnded() }
        #expect(abs(slow.medianPause - 0.6) < 0.01)
    }
}
