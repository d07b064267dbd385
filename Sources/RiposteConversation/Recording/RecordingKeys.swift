// What the unnamed parts of events are called in a recording.

extension TurnStateMachine.Input {
    enum TranscriptCodingKeys: String, CodingKey {
        case _0 = "revision"
        case _1 = "transcript"
    }
    enum FailedCodingKeys: String, CodingKey { case _0 = "revision" }
    enum SoundStartedCodingKeys: String, CodingKey { case _0 = "revision" }
    enum SoundEndedCodingKeys: String, CodingKey { case _0 = "revision" }
    enum AlarmCodingKeys: String, CodingKey { case _0 = "alarm" }
    enum OverlapCodingKeys: String, CodingKey { case _0 = "evidence" }
    enum SpeculationCodingKeys: String, CodingKey { case _0 = "allowed" }
}

extension TurnStateMachine.Action {
    enum TranscribeCodingKeys: String, CodingKey { case _0 = "revision" }
    enum PrepareCodingKeys: String, CodingKey {
        case _0 = "revision"
        case _1 = "answer"
    }
    enum ReleaseCodingKeys: String, CodingKey { case _0 = "revision" }
    enum CommitCodingKeys: String, CodingKey { case _0 = "revision" }
    enum TakeBackCodingKeys: String, CodingKey { case _0 = "revision" }
    enum RetractCodingKeys: String, CodingKey { case _0 = "revision" }
    enum SilenceCodingKeys: String, CodingKey { case _0 = "revision" }
    enum DuckCodingKeys: String, CodingKey { case _0 = "revision" }
    enum HoldCodingKeys: String, CodingKey { case _0 = "revision" }
    enum ResumeCodingKeys: String, CodingKey { case _0 = "revision" }
    enum EndCodingKeys: String, CodingKey {
        case turn
        case _1 = "outcome"
    }
}

extension Answer {
    enum ReplyCodingKeys: String, CodingKey { case _0 = "transcript" }
    enum PhraseCodingKeys: String, CodingKey { case _0 = "phrase" }
}

extension Phrase {
    enum ConfirmCodingKeys: String, CodingKey { case _0 = "text" }
    enum AlarmCodingKeys: String, CodingKey { case _0 = "alarm" }
}

extension Happening {
    enum SourceLostCodingKeys: String, CodingKey { case _0 = "fault" }
    enum WakeWordCodingKeys: String, CodingKey { case _0 = "detection" }
    enum WakeWordFailedCodingKeys: String, CodingKey { case _0 = "fault" }
    enum ScorerFailedCodingKeys: String, CodingKey { case _0 = "fault" }
    enum TranscriptCodingKeys: String, CodingKey {
        case _0 = "revision"
        case _1 = "transcript"
        case timing
    }
    enum FailedCodingKeys: String, CodingKey {
        case _0 = "revision"
        case _1 = "fault"
        case heard, timing
    }
    enum TurnProbabilityCodingKeys: String, CodingKey {
        case _0 = "revision"
        case _1 = "probability"
        case timing
    }
    enum LoudnessCodingKeys: String, CodingKey {
        case _0 = "level"
        case excess
    }
    enum OverheardCodingKeys: String, CodingKey {
        case start
        case _1 = "transcript"
        case isWhole
        case timing
    }
    enum PartialCodingKeys: String, CodingKey {
        case turn
        case _1 = "transcript"
        case timing
    }
    enum ReplyCodingKeys: String, CodingKey {
        case _0 = "revision"
        case _1 = "reply"
        case timing
    }
    enum ReplyFailedCodingKeys: String, CodingKey {
        case _0 = "revision"
        case _1 = "fault"
    }
    enum SynthesizedCodingKeys: String, CodingKey {
        case _0 = "revision"
        case timing
    }
    enum SoundedCodingKeys: String, CodingKey {
        case _0 = "revision"
        case seconds
    }
    enum PlayedCodingKeys: String, CodingKey {
        case _0 = "revision"
        case heard
    }
    enum ExchangedCodingKeys: String, CodingKey {
        case _0 = "turn"
        case effects, expectation
    }
    enum AnswerEndedCodingKeys: String, CodingKey { case _0 = "revision" }
}
