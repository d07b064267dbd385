import Testing

@testable import RiposteConversation

@Suite struct InterruptionPolicyTests {
    private func verdict(
        _ words: String?, voice: Double = 0.4, silence: Double? = 0.1, whole: Bool = true,
        mode: InterruptionPolicy.Mode = .evidence, _ change: (inout InterruptionPolicy.Evidence) -> Void = { _ in }
    ) -> InterruptionPolicy.Verdict {
        var evidence = InterruptionPolicy.Evidence(voice: voice)
        (evidence.words, evidence.silence, evidence.isWhole) = (words, silence, whole)
        change(&evidence)
        var policy = InterruptionPolicy()
        policy.configuration.mode = mode
        return policy.verdict(evidence)
    }

    @Test(arguments: ["Mm-hmm.", "Mhm.", "Yeah.", "Uh-huh.", "Okay.", "Right.", "Oh, okay. Yeah."])
    func backchannelsDoNotStopIt(_ words: String) { #expect(verdict(words) == .resume) }

    @Test(arguments: ["Stop.", "Wait!", "No.", "Hold on.", "Cancel that.", "Oh, stop it.", "Okay, that's enough."])
    func theseStopItAtOnce(_ words: String) {
        #expect(verdict(words, silence: nil, whole: false) == .interrupt)
        #expect(verdict(words, silence: nil, whole: false, mode: .words(4)) == .interrupt)
    }

    @Test func aVoiceHoldsItBeforeItsWordsAreKnown() {
        #expect(verdict(nil, voice: 0.064, silence: nil) == .duck)
        #expect(verdict(nil, voice: 0.2, silence: nil) == .hold)
        #expect(verdict("Yeah", voice: 0.4, silence: nil, whole: false) == .hold)
        #expect(verdict("Make", voice: 0.4, silence: nil, whole: false) == .hold)
        #expect(verdict("Make me", voice: 0.5, silence: nil, whole: false) == .interrupt)
        #expect(verdict(nil, voice: 1, silence: nil) == .interrupt)
    }

    @Test func aCoughDoesNotStopIt() {
        #expect(verdict("") == .resume)
        // The recogniser does not answer.
        #expect(verdict(nil, voice: 0.3, silence: 0.5, whole: false) == .hold)
        #expect(verdict(nil, voice: 0.3, silence: 1.1, whole: false) == .resume)
        #expect(verdict(nil, voice: 0.7, silence: 1.1, whole: false) == .interrupt)
    }

    @Test func anAnswerToItsQuestionIsNoBackchannel() {
        #expect(verdict("Yes.") { $0.isAnswer = true } == .interrupt)
        #expect(verdict("Right.") { $0.isAnswer = true } == .interrupt)
        #expect(verdict("") { $0.isAnswer = true } == .resume)
    }

    @Test func itsOwnWordsAreNobodyElses() {
        let own = "It is half past three, and you have one timer."
        #expect(verdict("half past three") { $0.ownWords = own } == .resume)
        #expect(verdict("half past nine") { $0.ownWords = own } == .interrupt)
    }

    @Test func aFaintVoiceDoesNotHoldIt() {
        #expect(verdict(nil, voice: 0.5, silence: nil) { $0.level = -25 } == .duck)
        #expect(verdict(nil, voice: 2, silence: nil) { $0.level = -25 } == .duck)
        #expect(verdict(nil, voice: 0.5, silence: nil) { $0.excess = 1 } == .duck)
    }

    @Test func wordsOrDurationCanBeDemanded() {
        #expect(verdict("Make me", silence: nil, mode: .words(3)) == .resume)
        #expect(verdict("Make me", silence: nil, whole: false, mode: .words(3)) == .duck)
        #expect(verdict("Make me a", silence: nil, whole: false, mode: .words(3)) == .interrupt)
        #expect(verdict(nil, voice: 0.5, silence: nil, whole: false, mode: .duration(0.6)) == .duck)
        #expect(verdict(nil, voice: 0.6, silence: nil, whole: false, mode: .duration(0.6)) == .interrupt)
        #expect(verdict("Stop.", mode: .off) == .resume)
    }
}
