// The words the rules know. Grammar's closed classes, less those that end sentences as often as not.
extension TextCompleteness {
    static let fillers: Set = ["um", "uh", "uhm", "er", "erm", "umm", "uhh", "hmm", "you know", "i mean", "let's see"]

    /// Articles, determiners, conjunctions, contractions: a sentence does not end with one.
    static let hardEnds = Set([
        "a", "an", "the", "my", "your", "our", "their", "every", "its",
        "and", "or", "but", "because", "if", "while", "unless", "although", "since", "than", "whether", "nor",
        "i", "i'm", "i'd", "i'll", "i've", "we're", "we'll", "we'd", "you're", "you'll", "they're", "he's", "she's",
        "it's", "that's", "there's", "what's", "who's", "where's", "when's", "how's", "let's",
        "gonna", "wanna", "very", "per", "as",
    ]).union(auxiliaries)

    static let auxiliaries: Set = [
        "is", "are", "was", "were", "am", "be", "been", "will", "would", "could", "should", "shall", "may", "might",
        "must", "can", "does", "did", "has", "had",
    ]

    /// Prepositions that end a sentence only where a question word stands for their noun.
    static let strandable: Set = [
        "with", "of", "from", "into", "onto", "between", "during", "towards", "for", "to", "at", "without", "against",
        "among", "until", "till", "by", "about",
    ]

    /// Prepositions that are also the second half of a verb.
    static let particles: Set = ["in", "on", "through", "around"]
    static let particleVerbs: Set = [
        "turn", "switch", "put", "log", "sign", "come", "go", "wake", "get", "hang", "shut", "lights", "keep",
        "pick", "speak", "hold", "move", "give", "what's", "is",
    ]

    /// Verbs that want an object.
    static let objectVerbs: Set = [
        "get", "have", "want", "set", "make", "need", "add", "order", "put", "give", "tell", "show", "send", "buy",
        "bring", "take", "find", "remind", "schedule", "convert", "spell", "define", "translate",
    ]

    static let openPhrases: Set = [
        "give me", "get me", "make me", "tell me", "show me", "bring me", "send me", "remind me", "find me", "order me",
        "i would like", "i'd like", "would like", "going to", "kind of", "sort of", "how much", "how many", "a few",
        "a lot", "a little", "a bit", "a couple",
    ]

    /// More is as likely as not.
    static let looseEnds: Set = [
        "some", "any", "another", "this", "these", "those", "his", "her", "so", "then", "like", "no more", "not",
        "do", "small", "medium", "large", "single", "double", "triple", "light", "dark", "whole", "iced", "next",
        "last",
        "when", "where", "who", "which", "how", "what", "why", "also", "maybe", "just", "only", "quite", "really",
    ]

    static let wholePhrases: Set = [
        "stop", "cancel", "yes", "no", "yeah", "yep", "nope", "okay", "ok", "sure", "thanks", "never mind", "nevermind",
        "wait", "hello", "hi", "goodbye", "bye", "help", "repeat", "repeat that", "say that again", "louder", "quieter",
        "stop it", "cancel that", "cancel it", "go on", "go ahead", "of course", "of course not", "not now", "shut up",
        "what time is it", "what's the time", "what day is it", "what's the date", "how are you", "who are you",
        "yes i do", "no i don't", "that's right", "that's correct", "what can you do",
    ]

    /// What people say last.
    static let closings: Set = [
        "please", "thank you", "thanks", "that's all", "that's it", "that is all", "right now", "thank you very much",
        "goodbye", "bye", "bye bye", "good night", "see you later",
    ]

    static let answerStarts: Set = ["yes", "no", "yeah", "sure", "well", "okay", "of"]
    static let pronouns: Set = ["i", "you", "he", "she", "it", "we", "they", "that"]
    /// Before "you know" and "I can" these make them part of the sentence: "that you know", "if I can".
    static let clauseStarts: Set = [
        "if", "unless", "maybe", "as", "than", "that", "do", "did", "don't", "what", "already",
    ]
    static let answerVerbs: Set = [
        "do", "don't", "am", "is", "isn't", "are", "aren't", "can", "can't", "will", "won't", "would", "wouldn't",
        "did",
        "didn't", "have", "haven't", "was", "wasn't", "does", "doesn't", "should", "could",
    ]

    /// Commands that want a number or a time; also without their article, as recognisers often drop it.
    static let commandsInNeed: [(command: String, satisfiedBy: Set<String>)] = [
        ("set a timer", timeWords), ("set timer", timeWords), ("start a timer", timeWords), ("timer", timeWords),
        ("set an alarm", timeWords), ("set alarm", timeWords), ("set the alarm", timeWords), ("wake me", timeWords),
        ("remind me", timeWords.union(["to", "about", "that"])), ("set a reminder", timeWords.union(["to", "about"])),
    ]
    private static let timeWords: Set = [
        "minute", "minutes", "hour", "hours", "seconds", "tomorrow", "tonight", "morning", "evening", "noon",
        "midnight", "quarter", "now", "again", "monday", "tuesday", "wednesday", "thursday", "friday", "saturday",
        "sunday",
    ]

    static let operators: Set = [
        "point", "plus", "minus", "times", "over", "dot", "multiplied", "divided", "divided by", "multiplied by",
    ]
    static let multipliers: Set = ["hundred", "thousand", "million"]
    static let tens: Set = ["twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety"]
    static let durationPrepositions: Set = ["for", "in"]
    static let durationThings: Set = ["timer", "timers", "remind", "reminder", "alarm", "snooze", "wait", "pause"]
    static let digitWords = [
        "zero": "0", "oh": "0", "o": "0", "one": "1", "two": "2", "three": "3", "four": "4", "five": "5", "six": "6",
        "seven": "7", "eight": "8", "nine": "9",
    ]
}
