import RiposteCore
import RiposteTesting

@testable import RiposteConversation

/// What goes wrong in one session, by a seed.
struct FaultPlan: Sendable {
    let seed: UInt64
    /// The user's voice, and what is understood of it.
    let input: [Float]
    let transcripts: [Transcript]
    /// Where the microphone ends, goes away, or gives nothing more; nil: it works.
    var microphone: (position: Int, behaviour: ScriptedBehaviour)?
    /// Whether a lost microphone comes back.
    let comesBack: Bool
    /// The windows that voice activity cannot score.
    let failingWindows: Range<Int>
    /// After so many windows the session is cancelled; nil never.
    let cancelledAfter: Int?
    let configuration: Session.Configuration

    init(seed: UInt64) {
        self.seed = seed
        var random = SplitMix(seed: seed)
        let pieces = (0..<Int.random(in: 1...3, using: &random)).map { _ in
            (silence: Double.random(in: 0.2...2.5, using: &random), speech: Double.random(in: 0.1...1, using: &random))
        }
        input = ScriptedDevice.speech(pieces + [(silence: 1, speech: 0)])
        let confidence = Double.random(in: 0.3...1, using: &random)
        transcripts = ["Hello.", "Tell me more.", "And then?", "Goodbye."].shuffled(using: &random).map {
            Transcript(text: $0, confidence: confidence)
        }
        if Int.random(in: 0..<4, using: &random) == 0 {
            let behaviour = [ScriptedBehaviour.isEmpty, .fails, .fails, .fails].randomElement(using: &random) ?? .fails
            microphone = (Int.random(in: 0..<input.count, using: &random), behaviour)
        }
        comesBack = Bool.random(using: &random)
        let first = Int.random(in: 0..<200, using: &random)
        let length = Int.random(in: 0..<6, using: &random) == 0 ? Int.random(in: 1...50, using: &random) : 0
        failingWindows = first..<(first + length)
        let isCancelled = Int.random(in: 0..<6, using: &random) == 0
        cancelledAfter = isCancelled ? Int.random(in: 0..<(input.count / 512), using: &random) : nil
        configuration = Self.configuration(&random, inputEnd: input.count)
    }

    private static func configuration(_ random: inout SplitMix, inputEnd: Int) -> Session.Configuration {
        var configuration = Session.Configuration()
        configuration.pace = .fast
        configuration.reconnects = Bool.random(using: &random)
        configuration.inputEnd = inputEnd
        if Bool.random(using: &random) { configuration.endOfTurn = nil }
        if Bool.random(using: &random) { configuration.partialInterval = nil }
        configuration.turn.answerLimit = 6_400
        configuration.turn.longestTurn = 5 * 16_000
        configuration.turn.longestAnswer = 4 * 16_000
        configuration.turn.quietLimit = Bool.random(using: &random) ? nil : 2 * 16_000
        configuration.turn.allowsInterruption = Int.random(in: 0..<4, using: &random) > 0
        configuration.turn.speculates = Int.random(in: 0..<4, using: &random) > 0
        configuration.turn.takeBackWindow = Bool.random(using: &random) ? 24_000 : 0
        // Words of one length, so that each sounds as long as any other.
        configuration.phrases.notUnderstood = "sorry again"
        configuration.phrases.troubleHearing = "louder closer"
        configuration.phrases.confirm = "could would"
        configuration.phrases.sayAgain = "right again"
        configuration.phrases.stillThere = "still there"
        configuration.phrases.trouble = "wrong sorry"
        return configuration
    }

    /// What an engine does the next time it is asked: mostly it works.
    func behaviour(of engine: Int, time: Int) -> ScriptedBehaviour {
        var random = SplitMix(seed: seed &* 1_000_003 &+ UInt64(engine * 1_009 + time))
        guard Int.random(in: 0..<3, using: &random) == 0 else { return .works }
        return ScriptedBehaviour.allCases.randomElement(using: &random) ?? .works
    }

    /// What is answered, in two pieces.
    func answer(_ time: Int) -> [Reply] {
        var random = SplitMix(seed: seed &* 31 &+ UInt64(time))
        let words = (0..<Int.random(in: 1...12, using: &random)).map { _ in
            ["alpha", "bravo", "delta", "hotel", "india", "oscar", "romeo", "tango"].randomElement(using: &random) ?? ""
        }
        let half = words.count / 2
        let effects = [
            Effect.schedule(Alarm(id: "\(time)", due: .distantFuture, text: "alarm", duration: 60))
        ]
        return [
            Reply(words[..<half].map { $0 + " " }.joined()),
            Reply(words[half...].joined(separator: " "), effects: effects),
        ]
    }
}
