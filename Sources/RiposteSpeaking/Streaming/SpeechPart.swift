import RiposteCore

/// What a speech stream is made of.
enum SpeechPart: Sendable {
    case sentence(SpokenSentence)
    /// Silence in place of the natural pause.
    case pause(seconds: Double)
    case mark(String)
}

/// A sentence and how it is spoken.
struct SpokenSentence: Sendable {
    /// As it was given: what frames name.
    let given: Sentence
    /// What is said of it.
    let spoken: String
    let options: SpeechOptions
    let renderer: any SentenceRenderer

    /// What the engine is given.
    var sentence: Sentence { Sentence(spoken, ending: given.ending) }
    var isSpeakable: Bool { sentence.isSpeakable }
}
