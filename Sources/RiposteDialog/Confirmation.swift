/// How somebody answered a question for yes or no ("Did you say …?").
///
///     Confirmation("yeah, that's right")                 // .yes
///     Confirmation("no, I said twenty minutes")          // .correction("twenty minutes")
///     Confirmation("set a timer for five minutes")       // .unclear
///
/// What is `unclear` may be a new request: whoever asked may take it as one.
public enum Confirmation: Sendable, Equatable {
    case yes
    case no
    /// No, and what was meant instead, as it was written.
    case correction(String)
    /// Neither yes nor no.
    case unclear

    public init(_ answer: String) {
        let utterance = Utterance(answer)
        let words = utterance.part(Self.withoutHesitation(utterance))
        if Self.yesPhrases.matches(words) {
            self = .yes
        } else if Self.noPhrases.matches(words) {
            self = .no
        } else if let range = Self.corrections.match(words, accept: { $0["meant"] }) {
            self = .correction(words.text(of: range))
        } else if let lead = words.word(0), Self.affirmations.contains(lead),
            words.tokens.dropFirst().first?.word != "no"
        {
            // "Yes, set it for ten minutes": the details are those that were asked about.
            self = .yes
        } else {
            self = .unclear
        }
    }

    private static func withoutHesitation(_ utterance: Utterance) -> Range<Int> {
        if utterance.has(["uh", "huh"], at: 0) || utterance.has(["uh", "uh"], at: 0) { return 0..<utterance.count }
        let start = utterance.tokens.firstIndex {
            !["um", "uh", "er", "erm", "well", "oh", "so", "ah", "hm", "hmm"].contains($0.word)
        }
        return (start ?? utterance.count)..<utterance.count
    }

    private static let affirmations: Set<String> = [
        "yes", "yeah", "yep", "yup", "yea", "correct", "sure", "absolutely", "definitely",
    ]

    private static let parts = [
        "aye": """
        yes|yeah|yep|yup|yea|ya|aye|uh huh|mm hmm|mmhmm|mhm|yes yes|yeah yeah|sure|correct|right|exactly|indeed|\
        okay|oh yes|oh yeah|affirmative|absolutely|definitely|of course|certainly|precisely|true|totally|you \
        bet|all right|why not|fine|please|yes sir|si|yah|yeap|yeps
        """,
        "nay": """
        no|nope|nah|no no|no no no|oh no|know|noh|nay|not really|not quite|not exactly|not at all|negative|\
        wrong|incorrect|false|never|absolutely not|definitely not|of course not|certainly not|no way|no sir|naw|\
        uh uh|nuh uh
        """,
        "right": """
        that is (right|correct|it|what i said|true|exactly it|exactly right|exactly what i said|what i meant|\
        what i want|fine|good|absolutely right)|this is (right|correct)|it is (right|correct|true)|you are \
        (right|correct)|you got it|you got that right|i did|i do|i think so|i guess so|i guess|i suppose so|go \
        ahead|do it|do that|sounds good|that is a yes|please do|that sounds right|i said that|what i said|that \
        is it exactly|that will do|by all means|it is
        """,
        "wrong": """
        that is (wrong|not right|not correct|not it|not what i said|not what i meant|not true|incorrect|not \
        what i want)|it is (wrong|not|not right)|that was (wrong|not it|not what i said)|i did not|i do not|i \
        did not say that|i never said that|i do not think so|you are wrong|you got it wrong|you (misheard|\
        misunderstood) [me]|never mind|nevermind|cancel|cancel that|forget it|stop|no thanks|no thank you|do \
        not|do not do that|please do not|that is a no|not that|i said no|wrong one
        """,
    ]

    private static let yesPhrases = Phrases(
        [
            "{aye} [please|thanks|thank you]", "[{aye}] {right} [please|thanks|thank you]", "{aye} {aye}",
            "[{aye}] [{aye}] {right} {aye}", "no {right}", "i said yes", "{aye} i said yes", "{aye} i said that",
        ], parts: parts)

    private static let noPhrases = Phrases(
        [
            "{nay} [please|thanks|thank you|sorry]", "[{nay}] [{nay}] {wrong} [please|thanks|sorry]", "{nay} {nay}",
            "{wrong} {nay}", "(yeah|yes) {nay}", "{wrong} {wrong}",
        ], parts: parts)

    private static let corrections = Phrases(
        [
            """
            [{nay}] [{nay}] [{wrong}] [but] (i|what i) [actually|really] (said|meant|asked for|wanted|want|mean|\
            asked|was saying|am saying|have said|say) [was|is|to say|that] <meant>
            """,
            "[{nay}] [{nay}] {wrong} [but|it is|it was|make it] <meant>",
            "{nay} [{nay}] [but|rather|it is|it was|make it|make that|actually|make this|instead|sorry] <meant>",
            "(actually|rather|i mean|make it|make that|sorry) <meant>",
        ], parts: parts)
}
