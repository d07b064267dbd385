/// Words that were said while the assistant spoke, sorted by what they mean there.
struct OverheardWords: Sendable, Equatable {
    /// In lower case, without punctuation.
    let all: [String]

    init(_ text: String) {
        all = text.lowercased().replacing("’", with: "'")
            .split { !$0.isLetter && !$0.isNumber && $0 != "'" }.map(String.init)
    }

    /// Words that are no backchannels.
    var others: [String] {
        all.filter { word in
            // Without a vowel it is a hum, however it was written.
            !Self.backchannels.contains(word) && word.contains { "aeiouy".contains($0) || $0.isNumber }
        }
    }

    /// Whether they begin with a word that wants silence at once.
    var isUrgent: Bool {
        // "Oh no", "okay stop", "hey wait"
        let words = all.drop { Self.leads.contains($0) }
        guard let first = words.first else { return false }
        if Self.urgent.contains(first) { return true }
        return Self.urgentPairs.contains { words.starts(with: $0) }
    }

    /// Whether they are the assistant's own: its echo, heard as somebody's words.
    /// - Parameter speech: what it has said.
    func areOf(_ speech: String) -> Bool {
        // A single word may be the user's as well.
        guard all.count >= 2 else { return false }
        let own = OverheardWords(speech).all
        guard own.count >= all.count else { return false }
        return (0...(own.count - all.count)).contains { own[$0...].starts(with: all) }
    }

    /// What listeners say without wanting the turn, as recognisers write it.
    private static let backchannels: Set<String> = [
        "mm", "mhm", "mmhm", "mmhmm", "mmm", "hm", "hmm", "hmmm", "hum", "huh", "uh", "uhh", "uhuh", "um", "ah", "aha",
        "oh", "ooh", "yeah", "yea", "yep", "yup", "ya", "yah", "yes", "okay", "ok", "right", "sure", "wow", "nice",
        "cool", "great", "good", "alright", "exactly", "true", "ha", "haha", "eh", "er", "mhmm", "m",
    ]

    private static let leads: Set<String> = [
        "oh", "okay", "ok", "hey", "please", "um", "uh", "ah", "well", "yeah", "but", "and", "just", "now", "so",
    ]

    private static let urgent: Set<String> = [
        "stop", "wait", "no", "nope", "cancel", "enough", "quiet", "silence", "pause", "halt", "shush", "shh",
        "nevermind", "hush",
    ]

    private static let urgentPairs: [[String]] = [
        ["hold", "on"], ["hang", "on"], ["never", "mind"], ["shut", "up"], ["be", "quiet"], ["not", "now"],
        ["that's", "enough"], ["forget", "it"], ["excuse", "me"], ["one", "moment"], ["one", "second"],
    ]
}
