extension Utterance {
    /// The utterance without what is said around a request: hesitation, politeness, the call of a name.
    ///
    /// "Um, could you please tell me what time it is?" becomes "what time it is". Something is always left
    /// of an utterance that has any word besides hesitation.
    var request: Utterance {
        let spoken = tokens.indices.filter { index in
            // "10 mm" is a length, "mm" is a hesitation.
            !Self.hesitations.contains(tokens[index].word) || (index > 0 && tokens[index - 1].number != nil)
        }.map { tokens[$0] }
        var range = 0..<spoken.count
        let bare = Utterance(text: text, tokens: spoken)
        while let length = bare.openingLength(in: range) { range = range.lowerBound + length..<range.upperBound }
        while let length = bare.closingLength(in: range) { range = range.lowerBound..<range.upperBound - length }
        let rest = spoken[range].filter { $0.word != "please" }
        return rest.isEmpty ? bare : Utterance(text: text, tokens: rest)
    }

    private func openingLength(in range: Range<Int>) -> Int? {
        Self.openings.first { $0.count < range.count && has($0, at: range.lowerBound) }?.count
    }

    private func closingLength(in range: Range<Int>) -> Int? {
        // "Great, thanks" is thanks; "what time is it, thanks" is a question.
        Self.closings.first { $0.count + 1 < range.count && has($0, at: range.upperBound - $0.count) }?.count
    }

    private static let hesitations: Set<String> = [
        "um", "umm", "uh", "uhm", "er", "erm", "ah", "uhh", "hm", "hmm", "mm", "eh",
    ]

    /// The longer one of two that begin alike must come first.
    private static let openings: [[String]] = cut([
        "could you please", "could you tell me", "could you", "can you tell me", "can you please", "can you",
        "would you",
        "will you", "can i ask you to", "i would like you to", "i want you to", "i need you to", "i want to know",
        "i would like to know", "i need to know", "i was wondering", "i wonder", "do you know", "do you happen to know",
        "would you mind", "go ahead and", "please", "hey", "okay so", "okay", "so", "well", "and", "now", "then",
        "all right", "right", "alright", "oh", "yeah", "yes", "just", "actually", "quickly", "quick question",
        "excuse me", "let us see", "let me see", "tell me", "remind me again", "i said", "no i said", "no i meant",
        "riposte", "computer", "assistant", "hello riposte", "hi riposte", "also", "like", "maybe", "first",
        "by the way", "listen", "sorry but", "i am sorry but", "i am sorry", "i am so sorry", "sorry", "you know",
        "let me know", "i mean", "but", "sir", "can we", "could we",
    ])

    private static let closings: [[String]] = cut([
        "please", "thank you very much", "thank you so much", "thank you", "thanks a lot", "thanks", "for me",
        "would you", "will you", "could you", "can you", "if you can", "if you could", "if possible",
        "if you do not mind",
        "riposte", "computer", "right away", "okay", "then", "mate", "buddy", "dude", "real quick", "quickly",
        "or what",
        "by the way", "i wonder", "my friend",
    ])

    private static func cut(_ phrases: [String]) -> [[String]] {
        phrases.map { $0.split(separator: " ").map(String.init) }.sorted { $0.count > $1.count }
    }
}
