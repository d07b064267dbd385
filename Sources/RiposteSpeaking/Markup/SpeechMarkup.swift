import RiposteCore

/// A text with marks for how it is spoken: the part of SSML that people use.
///
/// ```swift
/// let markup = try SpeechMarkup(parsing: """
///     <speak>Your tea <break time="300ms"/> is <emphasis>ready</emphasis>.</speak>
///     """)
/// for try await frame in MarkupSpeaker(voice).speak(markup) { … }
/// ```
///
/// Known are speak, p, s, break, emphasis, prosody (rate, pitch, volume), say-as, sub, phoneme, voice and mark; lang, w,
/// token and audio give their text, and desc, metadata and lexicons nothing. Elements with a prefix of their own
/// (`amazon:…`) give their text, too.
public struct SpeechMarkup: Sendable, Equatable {
    /// What is spoken, in order.
    enum Part: Sendable, Equatable {
        /// A stretch in one style. What is said in place of what is written is in it as `[word](/phonemes/)`.
        case text(String, MarkupStyle)
        /// The sentence or paragraph ends here.
        case end(Sentence.Ending)
        /// Seconds of silence.
        case pause(Double)
        case mark(String)
    }

    let parts: [Part]
    /// The voices that are asked for, names in the order of preference, and where the first time.
    let voices: [String: MarkupReader.Place]

    /// - Throws: `badInput` that names line and column.
    public init(parsing text: String) throws {
        var reader = try MarkupReader(text)
        var builder = MarkupBuilder()
        while let event = try reader.next() {
            switch event {
            case .start(let name, let attributes, let place): try builder.start(name, attributes, place)
            case .end(let name, _): builder.end(name)
            case .text(let text, let place): try builder.add(text, place)
            }
        }
        parts = builder.parts
        let spoken = Set(parts.compactMap { if case .text(_, let style) = $0 { style.voice } else { nil } })
        voices = builder.voices.filter { spoken.contains($0.key) }
    }

    /// Whether a text looks like markup and not like words.
    public static func isMarkup(_ text: String) -> Bool {
        let start = text.drop { $0.isWhitespace || $0 == "\u{FEFF}" }
        if start.hasPrefix("<?xml") { return true }
        guard start.hasPrefix("<speak"), let next = start.dropFirst(6).first else { return false }
        return next.isWhitespace || next == ">" || next == "/"
    }

    /// The words alone.
    public var plainText: String {
        let pieces = parts.map { part in
            switch part {
            case .text(let text, _): InlinePronunciation.removed(from: text)
            case .end, .pause: " "
            case .mark: ""
            }
        }
        return pieces.joined().split(whereSeparator: \.isWhitespace).joined(separator: " ")
    }
}
