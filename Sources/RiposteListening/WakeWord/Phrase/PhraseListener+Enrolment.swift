import RiposteCore

// Learning from a few recordings how somebody says a phrase.
extension PhraseListener {
    /// What recordings of a phrase tell of it.
    ///
    /// - Parameters:
    ///   - phrase: one of `phrases`.
    ///   - recordings: each with the phrase and nothing else said; mono, 16 kHz.
    /// - Throws: `.badInput` without recordings, for an unknown phrase, and for recordings in which nothing like the
    ///   phrase is heard.
    public func enrolment(of phrase: String, recordings: [[Float]]) async throws -> PhraseEnrolment {
        guard !recordings.isEmpty else { throw Self.refusal("There are no recordings to learn '\(phrase)' from.") }
        guard let index = phrases.firstIndex(of: phrase) else {
            throw Self.refusal("'\(phrase)' is not listened for.")
        }
        var counts: [String: Int] = [:]
        var used: [[Float]] = []
        for recording in recordings {
            let look = try look(at: Array(recording.prefix(Self.longest)))
            // What is not like the phrase at all was a noise, or another word.
            guard look.similarities[index] >= Self.alike || look.scores[index] >= 0.5 else { continue }
            counts[Self.spelling(look.text), default: 0] += 1
            used.append(recording)
        }
        let words = phrase.split(separator: " ").count
        let own = Self.spelling(phrase)
        let spellings = counts.keys
            .filter { $0 != own && $0.count >= Self.fewestLetters && $0.split(separator: " ").count <= words + 2 }
            .sorted { (counts[$0] ?? 0, $1) > (counts[$1] ?? 0, $0) }
        guard !counts.isEmpty else {
            throw Self.refusal("In none of the recordings anything like '\(phrase)' was heard.")
        }
        let learned = relearned([phrase: PhraseEnrolment(spellings: Array(spellings.prefix(5)), scores: [])])
        var scores: [Double] = []
        for recording in used {
            scores.append(try await learned.look(at: Array(recording.prefix(Self.longest))).scores[index])
        }
        return PhraseEnrolment(spellings: Array(spellings.prefix(5)), scores: scores)
    }

    /// A phrase takes no longer, in samples: 4 s.
    private static let longest = 64_000
    /// A spelling this unlike the phrase is not learnt. 0 … 1.
    private static let alike = 0.35
    /// Shorter spellings ("a", "the") would be heard everywhere.
    private static let fewestLetters = 4

    /// In lower case, without punctuation.
    private static func spelling(_ text: String) -> String {
        text.lowercased().split { !$0.isLetter && !$0.isNumber && $0 != "'" }.joined(separator: " ")
    }

    private static func refusal(_ message: String) -> RiposteError { RiposteError(.badInput, .wakeWord, message) }
}

extension PhraseEnrolment {
    /// The threshold for whoever was enrolled: below the least of their scores, but never far from the one that was set.
    ///
    /// - Parameter base: the threshold without enrolment, 0 … 1.
    public func threshold(_ base: Double) -> Double {
        guard let least = scores.min() else { return base }
        let set = AmbientThreshold.logit(base)
        let wanted = AmbientThreshold.logit(least) - Self.margin
        return AmbientThreshold.probability(min(set + Self.reach, max(set - Self.reach, wanted)))
    }

    /// In log-odds.
    private static let margin = 1.0
    private static let reach = 1.0
}
