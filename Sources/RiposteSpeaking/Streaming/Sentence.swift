/// A stretch of text that is spoken in one go.
public struct Sentence: Sendable, Equatable {
    /// What the stretch ends with; it decides the pause that follows.
    public enum Ending: Sendable, Equatable {
        /// The sentence goes on after this: it was cut at a comma, or because it was too long.
        case clause
        case sentence
        /// A line or paragraph ends here.
        case paragraph
    }

    /// As it was given, without white space at either end.
    public var text: String
    public var ending: Ending

    public init(_ text: String, ending: Ending = .sentence) {
        self.text = text
        self.ending = ending
    }

    /// Whether there is anything to pronounce in it.
    public var isSpeakable: Bool { text.contains { $0.isLetter || $0.isNumber } }
}

extension Sentence {
    /// The silence between this sentence and the next one, in seconds, at the normal rate.
    ///
    /// Engines leave almost none of their own, because silence at their ends is trimmed. The figures are the
    /// usual ones of read speech: about a fifth of a second at a comma, twice that at a full stop.
    public var pause: Double {
        switch ending {
        case .paragraph: return 0.6
        case .sentence: return text.hasSuffix("…") || text.hasSuffix("...") ? 0.45 : 0.35
        case .clause:
            switch text.last {
            case ",", "，", "、": return 0.15
            case ";", ":", "—", "–", "；", "：": return 0.22
            default: return 0.06
            }
        }
    }
}
