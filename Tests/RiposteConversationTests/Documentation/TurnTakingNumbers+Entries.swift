import RiposteListening

@testable import RiposteConversation

// The reasons. A setting without one fails a test.
extension TurnTakingNumbers {
    static let detecting = [
        Group(
            title: "Hearing a voice: EndpointDetector", defaults: EndpointDetector.Configuration(),
            entries: [
                Entry(
                    setting: "speechThreshold", unit: .plain, meaning: "probability at which speech starts",
                    reason: "Silero's own"),
                Entry(
                    setting: "silenceThreshold", unit: .plain, meaning: "probability below which it stops",
                    reason: "Silero's own, 0.15 less: a wavering voice is not cut into pieces"),
                Entry(
                    setting: "minimumSpeech", unit: .seconds, meaning: "less speech than this was a noise",
                    reason: "a cough or a click is shorter, a \"yes\" is not"),
                Entry(
                    setting: "minimumPause", unit: .seconds, meaning: "silence that is taken for a pause",
                    reason: "three windows; a plosive's closure is shorter"),
                Entry(
                    setting: "endpointSilence", unit: .seconds,
                    meaning: "silence that ends the turn, with `--turns silence`",
                    reason: "what plain detectors wait; shorter cuts too many people off"),
                Entry(
                    setting: "preRoll", unit: .seconds, meaning: "sound kept from before the first speech",
                    reason: "voice activity notices a soft first syllable late"),
            ])
    ]

    static let deciding = [
        Group(
            title: "A pause, or the end: EndOfTurnPolicy", defaults: EndOfTurnPolicy.Configuration(),
            entries: [
                Entry(
                    setting: "tolerance", unit: .plain, meaning: "share of answers that may come too early",
                    reason: "some are taken back before they are heard; measured in `Tools/turns`"),
                Entry(
                    setting: "leastSilence", unit: .seconds, meaning: "never less silence than this",
                    reason: "about the gap between two people's turns"),
                Entry(
                    setting: "mostSilence", unit: .seconds, meaning: "never more than this",
                    reason: "after \"and a\" people think for a second or two; later they have lost the thread"),
                Entry(
                    setting: "mostSilenceAfterWholeText", unit: .seconds,
                    meaning: "never more than this after words that can be all",
                    reason: "nobody is left waiting because their voice stayed up"),
                Entry(
                    setting: "wholeText", unit: .plain, meaning: "log-odds at which words can be all",
                    reason: "a sentence with its full stop"),
                Entry(
                    setting: "silenceWithoutEvidence", unit: .seconds,
                    meaning: "while neither sound nor words are known",
                    reason: "what plain detectors wait"),
                Entry(
                    setting: "secondLook", unit: .seconds, meaning: "the turn detector may be asked again after this",
                    reason: "with more silence it tells ends better: eight windows"),
                Entry(
                    setting: "worthASecondLook", unit: .seconds, meaning: "only if so much silence is still to come",
                    reason: "its answer takes 0.1 s"),
                Entry(
                    setting: "pauseShape", unit: .plain, meaning: "how fast long pauses become rare",
                    reason: "log-logistic, fitted to pauses in spoken orders"),
                Entry(
                    setting: "medianPauses", unit: .seconds, meaning: "bounds of a speaker's median pause",
                    reason: "one odd pause does not make a habit"),
                Entry(
                    setting: "soundWeight", unit: .plain, meaning: "how much the sound counts",
                    reason: "right about ends, of little help inside a sentence"),
                Entry(
                    setting: "neutralSound", unit: .plain, meaning: "log-odds of the sound that say nothing",
                    reason: "many pauses inside a turn sound like an end"),
                Entry(
                    setting: "withoutSound", unit: .plain, meaning: "added to the log-odds of more, without the sound",
                    reason: "not knowing makes it wait, a little"),
                Entry(
                    setting: "textWeight", unit: .plain, meaning: "how much the words count",
                    reason: "their log-odds are meant as they are"),
                Entry(
                    setting: "withoutText", unit: .plain, meaning: "added to the log-odds of more, without the words",
                    reason: "not knowing makes it wait, a little"),
            ]),
        Group(
            title: "How this speaker pauses: PauseRhythm", defaults: PauseRhythm.Configuration(),
            entries: [
                Entry(
                    setting: "typicalPause", unit: .seconds, meaning: "median pause inside a turn, at first",
                    reason: "measured in spoken orders"),
                Entry(
                    setting: "typicalPausesPerTurn", unit: .plain, meaning: "pauses for each turn, at first",
                    reason: "22 in 207 spoken orders"),
                Entry(
                    setting: "typicalWeight", unit: .plain, meaning: "turns that weigh as much as what is typical",
                    reason: "one pause hardly tells"),
                Entry(
                    setting: "memory", unit: .plain, meaning: "what an observation weighs one turn later",
                    reason: "the last ten turns or so count: somebody else may sit down"),
            ]),
    ]

    static let limiting = [
        Group(
            title: "A voice in the background: BackgroundVoice", defaults: BackgroundVoice.Configuration(),
            entries: [
                Entry(
                    setting: "faintBy", unit: .plain,
                    meaning: "so many decibels below the speaker it is somebody else",
                    reason: "inside 120 spoken orders the loud windows never fall by so much for so long"),
                Entry(
                    setting: "faintFor", unit: .seconds, meaning: "for so long, without a pause",
                    reason: "a soft last word is shorter"),
                Entry(
                    setting: "leastSpeech", unit: .seconds, meaning: "so much of the speaker must have come before",
                    reason: "less tells no level"),
                Entry(
                    setting: "wordsStandFor", unit: .seconds,
                    meaning: "a voice whose words are whole and have not grown for so long is none",
                    reason: "a speaker's grow every 0.3 to 0.6 s"),
                Entry(
                    setting: "forgottenAfter", unit: .seconds, meaning: "after so much silence any voice counts again",
                    reason: "whatever sounded is over"),
                Entry(
                    setting: "longest", unit: .seconds, meaning: "and after so long in any case",
                    reason: "a softer speaker must be heard too"),
            ]),
        Group(
            title: "Limits of a turn: TurnStateMachine", defaults: TurnStateMachine.Configuration(),
            entries: [
                Entry(
                    setting: "takeBackWindow", unit: .samples,
                    meaning: "after the endpoint, an answer can still be taken back; its effects wait until then",
                    reason: "who goes on after a pause mostly does within 1.2 s"),
                Entry(
                    setting: "promptTakeBack", unit: .samples,
                    meaning: "a voice so soon after the first sound takes the answer back without being judged",
                    reason: "nobody comments on an answer that early"),
                Entry(
                    setting: "longestHold", unit: .samples, meaning: "an answer is held no longer than this",
                    reason: "whatever is not known by then, somebody waits for the rest"),
                Entry(
                    setting: "lowConfidence", unit: .plain,
                    meaning: "a transcript less sure than this is asked back about",
                    reason: "doing the wrong thing costs more than a question"),
                Entry(
                    setting: "misunderstandingsUntilAdvice", unit: .plain,
                    meaning: "misunderstandings in a row that bring the longer advice",
                    reason: "the same question twice helps nobody"),
                Entry(
                    setting: "shortestReprompted", unit: .samples,
                    meaning: "shorter speech without words is dropped without a question",
                    reason: "a cough wants no answer"),
                Entry(
                    setting: "quietLimit", unit: .samples, meaning: "quiet until it asks whether you are there",
                    reason: "long enough to look something up"),
                Entry(
                    setting: "mostQuietPrompts", unit: .plain, meaning: "how often in a row it asks",
                    reason: "an empty room needs no more"),
                Entry(
                    setting: "answerLimit", unit: .samples,
                    meaning: "from the endpoint to the first sound; then an apology, then the turn is dropped",
                    reason: "an answer later than that is to another question"),
                Entry(
                    setting: "longestTurn", unit: .samples, meaning: "a turn is answered after this, finished or not",
                    reason: "a television never pauses; Whisper hears 30 s"),
                Entry(
                    setting: "longestAnswer", unit: .samples, meaning: "an answer that sounds longer is stopped",
                    reason: "a voice that never ends has failed"),
            ]),
        Group(
            title: "With a wake word: TurnStateMachine.Wake", defaults: TurnStateMachine.Wake(),
            entries: [
                Entry(
                    setting: "followUp", unit: .samples, meaning: "it listens without the word for so long after it",
                    reason: "long enough to begin the next question, too short for another conversation"),
                Entry(
                    setting: "lateSpeech", unit: .samples,
                    meaning: "speech that had begun before it fell asleep counts if it is told so much later",
                    reason: "speech is certain only after 0.3 s, on a busy machine later"),
            ]),
        Group(
            title: "A voice over the answer: InterruptionPolicy", defaults: InterruptionPolicy.Configuration(),
            entries: [
                Entry(
                    setting: "duckedLevel", unit: .plain, meaning: "how much softer it speaks at once, in decibels",
                    reason: "half as loud to the ear, and half again"),
                Entry(
                    setting: "holdAfter", unit: .seconds, meaning: "voice of this length holds the answer",
                    reason: "four windows; with hearing and stopping, silence within 0.25 s"),
                Entry(
                    setting: "certainAfter", unit: .seconds, meaning: "voice of this length is no backchannel",
                    reason: "\"mm-hm\" and \"oh really\" are shorter"),
                Entry(
                    setting: "patience", unit: .seconds, meaning: "so long after its end its words are waited for",
                    reason: "the recogniser needs 0.1 to 0.5 s"),
                Entry(
                    setting: "shortestVoice", unit: .seconds,
                    meaning: "a shorter voice without known words was a noise",
                    reason: "a cough is shorter than most words that interrupt"),
                Entry(
                    setting: "sureWord", unit: .plain,
                    meaning: "a single word needs this confidence to interrupt",
                    reason: "recognisers make words of a hum: \"Mama\", \"Up\""),
                Entry(
                    setting: "longWord", unit: .plain, meaning: "or so many letters",
                    reason: "no hum is taken for a long word"),
                Entry(
                    setting: "faintBy", unit: .plain,
                    meaning: "so many decibels below the user's voice, it holds nothing",
                    reason: "somebody else, further away"),
                Entry(
                    setting: "leastExcess", unit: .plain, meaning: "so many decibels above the echo it must be to hold",
                    reason: "else it may be its own voice"),
            ]),
        Group(
            title: "A busy machine: Workload", defaults: Workload.Configuration(),
            entries: [
                Entry(
                    setting: "latePartial", unit: .seconds, meaning: "a partial transcript that takes longer is late",
                    reason: "three times what lies between two"),
                Entry(
                    setting: "lateFinal", unit: .seconds, meaning: "so is a final one",
                    reason: "on two idle cores it takes 0.1 to 0.5 s"),
                Entry(
                    setting: "timelyShare", unit: .plain, meaning: "within this share of it, it is timely",
                    reason: "in between nothing changes: no going back and forth"),
                Entry(
                    setting: "inARow", unit: .plain, meaning: "so many in a row change what is done",
                    reason: "one may be a hiccup"),
                Entry(
                    setting: "fewerPartials", unit: .plain, meaning: "so many times more between partial transcripts",
                    reason: "they still tell how busy it is"),
            ]),
        Group(
            title: "The session", defaults: SessionLimits(),
            entries: [
                Entry(
                    setting: "partialInterval", unit: .seconds, meaning: "between partial transcripts",
                    reason: "they cost what the final one needs"),
                Entry(
                    setting: "hint", unit: .samples, meaning: "speech that hints that you go on",
                    reason: "two windows: one may be a click"),
                Entry(
                    setting: "longestWindingUp", unit: .samples,
                    meaning: "from the end of a turn until it is accounted for, whatever still runs",
                    reason: "a loudspeaker that does not come back holds nothing up"),
                Entry(
                    setting: "jobPatience", unit: .seconds, meaning: "work that was stopped is waited for so long",
                    reason: "what ignores cancellation is left to itself"),
                Entry(
                    setting: "mostScorerFailures", unit: .plain,
                    meaning: "windows in a row that voice activity may fail on",
                    reason: "a second; deaf for longer is broken"),
            ]),
    ]
}

/// Numbers of the session that are no settings.
private struct SessionLimits: Sendable {
    let partialInterval = Session.Configuration().partialInterval
    let hint = Session.hint
    let longestWindingUp = Session.longestWindingUp
    let jobPatience = Job.patience / .seconds(1)
    let mostScorerFailures = Session.mostScorerFailures
}
