import RiposteCore

/// How somebody speaks of what they asked for before.
enum Reference {
    /// "The same again".
    case same
    /// "Again": another one of what is different each time.
    case again
    /// "And tomorrow?"
    case fragment(Fragment)

    /// More words are a request of their own.
    private static let longest = 8

    init?(_ utterance: Utterance) {
        let bare = utterance.request
        if Self.sameAgain.matches(bare) {
            self = .same
        } else if Self.anew.matches(bare) {
            self = .again
        } else if let fragment = Self.fragment(utterance) {
            self = .fragment(fragment)
        } else {
            return nil
        }
    }

    private static func fragment(_ utterance: Utterance) -> Fragment? {
        let lead = leads.first { utterance.has($0, at: 0) && utterance.count > $0.count }
        var words = utterance.part((lead?.count ?? 0)..<utterance.count).request
        var hasLead = lead != nil
        if let last = words.tokens.last, ["too", "also", "instead"].contains(last.word), words.count > 1 {
            words = words.part(0..<words.count - 1)
            hasLead = true
        }
        guard !words.isEmpty, words.count <= longest else { return nil }
        return Fragment(words: words, hasLead: hasLead, isNothingElse: false)
    }

    /// The longer one of two that begin alike comes first.
    private static let leads = [
        "and what about",
        "and how about",
        "and what is it",
        "and what would it be",
        "what about",
        "how about",
        "and also",
        "and now", "and then", "now what about", "okay and", "also", "and", "or", "then", "same for", "the same for",
        "what if it is",
    ].map { $0.split(separator: " ").map(String.init) }.sorted { $0.count > $1.count }

    static let sameAgain: Phrases = [
        """
        [i will have|i would like|i want|give me|make me|get me|do|set] [the] same [thing|one] (again|once more|one \
        more time)
        """,
        """
        [i will have|i would like|i want|give me|make me|get me|do|set] the same [thing] [as before|as last time|\
        please]
        """,
        "(do|make|run|try) (that|it|this|the last one) [all] (again|once more|one more time|over again)",
        "(another one|one more) [like that|of those|of them|like it|of the same]", "[the] same procedure",
        "(ask|answer) (that|it|this) again", "(repeat|redo) (my|the) last (command|request|action|order)", "same again",
    ]

    private static let anew: Phrases = [
        """
        [and|now] [once] (again|another|another one|one more|once more|one more time|more|another time|a different \
        one)
        """,
        """
        (roll|flip|toss|throw|pick|choose|spin|try) [it|them|that|one|a number|the dice|the coin] (again|once more|\
        one more time)
        """,
        "even more", "a (bit|little) more", "best of three", "best two out of three",
    ]
}

/// A request that was answered before.
struct EarlierRequest {
    /// All of it, what it left to an even earlier one included.
    var words: Utterance
    /// Who answered it; nil where several did.
    var skill: (any Skill)?
}

// "The same again", "and tomorrow?", "in celsius?"
extension BuiltInResponder {
    /// Turns of the user that are looked back on.
    private static let farthest = 8

    /// The request that is meant by words that go on with an earlier one; nil where they don't.
    /// - Parameter isNothingElse: whether they are nothing that a skill knows by itself.
    func meant(
        by utterance: Utterance, _ conversation: Conversation, isNothingElse: Bool
    ) -> Utterance? {
        guard let reference = Reference(utterance) else { return nil }
        // Without a lead, a fragment may be anything: others come first.
        if case .fragment(let fragment) = reference, !fragment.hasLead, !isNothingElse { return nil }
        guard let earlier = earlier(in: conversation) else { return nil }
        return meant(by: reference, earlier, conversation, isNothingElse: isNothingElse)
    }

    private func meant(
        by reference: Reference, _ earlier: EarlierRequest, _ conversation: Conversation, isNothingElse: Bool
    ) -> Utterance? {
        switch reference {
        case .same: return earlier.words
        case .again: return earlier.skill?.variesEachTime == true ? earlier.words : nil
        case .fragment(var fragment):
            fragment.isNothingElse = isNothingElse
            guard fragment.hasLead || isNothingElse else { return nil }
            let text = earlier.skill?.completed(fragment, after: earlier.words, in: conversation)
            return text.map { Utterance($0) }
        }
    }

    /// What was asked for last, courtesies aside; nil where that was nothing a skill knows.
    func earlier(in conversation: Conversation) -> EarlierRequest? {
        let turns = conversation.turns.filter { !$0.user.isEmpty }.suffix(Self.farthest)
        var past = conversation
        past.turns = []
        var earlier: EarlierRequest?
        for turn in turns {
            earlier = request(of: Utterance(turn.user), after: earlier, past)
            past.turns.append(turn)
        }
        return earlier
    }

    private func request(of utterance: Utterance, after earlier: EarlierRequest?, _ past: Conversation)
        -> EarlierRequest?
    {
        if let earlier, let words = meant(by: utterance, earlier, past, isNothingElse: false) {
            return EarlierRequest(words: words, skill: knowing(words, past) ?? earlier.skill)
        }
        for words in [utterance, corrected(utterance)].compactMap({ $0 }) {
            if let skill = knowing(words, past) {
                guard skill.isReferredTo else { return earlier }
                return answering(words, skill, after: earlier, past)
            }
            if understands(words, past) { return EarlierRequest(words: words, skill: nil) }
        }
        if let earlier, let words = meant(by: utterance, earlier, past, isNothingElse: true) {
            return EarlierRequest(words: words, skill: knowing(words, past) ?? earlier.skill)
        }
        return nil
    }

    private func meant(by utterance: Utterance, _ earlier: EarlierRequest, _ past: Conversation, isNothingElse: Bool)
        -> Utterance?
    {
        Reference(utterance).flatMap { meant(by: $0, earlier, past, isNothingElse: isNothingElse) }
    }

    /// An answer to a question ("For how long?") belongs to what was asked for.
    private func answering(
        _ words: Utterance, _ skill: any Skill, after earlier: EarlierRequest?, _ past: Conversation
    ) -> EarlierRequest {
        var alone = past
        alone.turns = []
        guard let earlier, knowing(words, alone) == nil else { return EarlierRequest(words: words, skill: skill) }
        for joint in [" ", " for ", " in ", " at "] {
            let whole = Utterance(earlier.words.text + joint + words.text)
            if let skill = knowing(whole, alone) { return EarlierRequest(words: whole, skill: skill) }
        }
        return EarlierRequest(words: words, skill: skill)
    }
}
