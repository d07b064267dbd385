import func Foundation.exp

/// Whether the words so far could be all of an utterance, from the words alone.
///
/// Rules over English words: what the last words still want ("with a", "set a timer for", "twenty"), what is whole as it
/// stands ("stop", "yes please"), and the recogniser's own punctuation. They say how much more likely the words are at
/// the end of an utterance than in its middle; they know nothing of the dialog.
///
/// ```swift
/// TextCompleteness("Set a timer for").reason   // .openEnd
/// TextCompleteness("Set a timer for ten minutes.").probability  // 0.82
/// ```
public struct TextCompleteness: Sendable, Equatable {
    /// What decided.
    public enum Reason: String, Sendable, CaseIterable {
        /// No words: nothing can be said.
        case noWords
        /// "um", "uh", "you know"
        case filler
        /// The last word wants another: "and", "with a", "I would", "give me".
        case openEnd
        /// The last word may want another: "turn it on", "who is it for", "some".
        case looseEnd
        /// A number half said: "twenty" where "twenty five minutes" is due, "three point", six digits of a phone number.
        case openNumber
        /// The recogniser heard a voice that trails off: "…", a dash, a comma.
        case trailingOff
        /// A whole phrase that is used by itself: "stop", "yes please", "that's all".
        case wholePhrase
        /// A command with what it needs: "set a timer for ten minutes".
        case wholeCommand
        /// A command without what it needs: "set an alarm".
        case openCommand
        /// Ends like a question or a sentence.
        case sentence
        /// Nothing about it stands out.
        case plain
    }

    /// The logarithm of how many times likelier the words are at an end than before more: positive is complete.
    public var logOdds: Double
    public var reason: Reason

    /// The probability that the words are complete, if it were as likely as not beforehand.
    public var probability: Double { 1 / (1 + exp(-logOdds)) }

    public init(logOdds: Double, reason: Reason) {
        self.logOdds = logOdds
        self.reason = reason
    }

    /// - Parameter transcript: what has been understood so far, with the recogniser's case and punctuation.
    public init(_ transcript: String) {
        let text = SpokenWords(transcript)
        guard !text.words.isEmpty else {
            self.init(logOdds: 0, reason: .noWords)
            return
        }
        if Self.wholePhrases.contains(text.joined) {
            self.init(logOdds: 2, reason: .wholePhrase)
        } else {
            self = Self.openness(of: text) ?? Self.wholeness(of: text)
        }
    }

    /// What is missing, if something is.
    private static func openness(of text: SpokenWords) -> TextCompleteness? {
        if text.ends(withAnyOf: fillers), !clauseStarts.contains(text.word(fromEnd: 3)) {
            return .init(logOdds: -3, reason: .filler)
        }
        if let number = openNumber(text) { return number }
        if let end = openEnd(text) { return end }
        switch text.ending {
        case .ellipsis, .dash: return .init(logOdds: -2.5, reason: .trailingOff)
        case .comma: return .init(logOdds: -2, reason: .trailingOff)
        case .none, .period, .question, .exclamation: return nil
        }
    }

    private static func openEnd(_ text: SpokenWords) -> TextCompleteness? {
        let last = text.last
        if isShortAnswer(text) { return .init(logOdds: 1.5, reason: .wholePhrase) }
        // Then the punctuation tells, if there is any.
        if endsItsClause(text) { return text.isMarkedAsEnded ? nil : .init(logOdds: 0, reason: .looseEnd) }
        if hardEnds.contains(last) { return .init(logOdds: -3, reason: .openEnd) }
        if strandable.contains(last) { return .init(logOdds: -2.5, reason: .openEnd) }
        if particles.contains(last) {
            // "Turn it on", but "I'll have it in".
            return text.words.contains(where: particleVerbs.contains)
                ? .init(logOdds: 0.5, reason: .looseEnd) : .init(logOdds: -1, reason: .looseEnd)
        }
        if objectVerbs.contains(last), text.words.count > 1 { return .init(logOdds: -2, reason: .openEnd) }
        if text.ends(withAnyOf: openPhrases) { return .init(logOdds: -2.5, reason: .openEnd) }
        if looseEnds.contains(last) { return .init(logOdds: -1, reason: .looseEnd) }
        return nil
    }

    /// Whether the last word has what it wants further in front: "what is it for", "tell me where my phone is", "which
    /// plan do I have", "louder if you can".
    private static func endsItsClause(_ text: SpokenWords) -> Bool {
        let last = text.last
        let before = text.words.dropLast()
        if let question = before.lastIndex(where: SpokenWords.questionWords.contains) {
            if strandable.contains(last) || objectVerbs.contains(last) || last == "do" { return true }
            // "what time is" goes on; "what time it is" and "where my phone is" do not.
            let between = before[(question + 1)...]
            return auxiliaries.contains(last)
                && (between.count >= 2 || between.last.map(pronouns.contains) == true)
        }
        guard before.count >= 2, auxiliaries.contains(last) || answerVerbs.contains(last) else { return false }
        return pronouns.contains(before[before.count - 1]) && clauseStarts.contains(before[before.count - 2])
    }

    private static func wholeness(of text: SpokenWords) -> TextCompleteness {
        if text.ends(withAnyOf: closings) { return .init(logOdds: 2, reason: .wholePhrase) }
        let marked =
            switch text.ending {
            case .question: text.isQuestion ? 1.2 : 0.6
            case .period, .exclamation: 0.5
            // An unmarked end means something only where the recogniser marks ends at all.
            case .none: text.isPunctuated ? -0.5 : 0.0
            case .comma, .ellipsis, .dash: -2.0
            }
        if let needs = commandsInNeed.first(where: { text.starts(with: $0.command) }) {
            // "Set a timer … for ten minutes": a number is what it needs, or a word for a time.
            return text.hasNumber || text.words.contains(where: needs.satisfiedBy.contains)
                ? .init(logOdds: marked + 1, reason: .wholeCommand) : .init(logOdds: marked - 1.5, reason: .openCommand)
        }
        switch text.ending {
        case .question, .period, .exclamation: return .init(logOdds: marked, reason: .sentence)
        case .none, .comma, .ellipsis, .dash: return .init(logOdds: marked, reason: .plain)
        }
    }

    /// "Yes, I do", "I can", "no it isn't": an auxiliary at the end that wants nothing more.
    private static func isShortAnswer(_ text: SpokenWords) -> Bool {
        guard text.words.count >= 2, text.words.count <= 4, answerVerbs.contains(text.last) else { return false }
        let before = text.words[text.words.count - 2]
        let isWhole = text.words.count == 2 || answerStarts.contains(text.words[0])
        return pronouns.contains(before) && isWhole
    }
}
