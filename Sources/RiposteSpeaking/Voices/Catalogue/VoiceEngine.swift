import RiposteCore

/// An engine as the catalogue makes it: one in memory, for all of its voices.
protocol VoiceEngine: AnyObject, Synthesizer, SentenceRenderer {
    /// In hertz.
    var sampleRate: Int { get }
}
