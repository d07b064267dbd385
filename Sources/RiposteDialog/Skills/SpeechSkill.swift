import RiposteCore

/// How the assistant speaks: "speak louder", "volume five", "not so fast", "change your voice".
///
/// The change is an effect, which the session heeds from the next answer on.
public struct SpeechSkill: Skill {
    public init() {}

    public var ability: String? { "speak louder or slower" }
    public var variesEachTime: Bool { true }
    public var vocabulary: Set<String> { ["louder", "quieter", "softer", "slower", "faster", "voice", "volume"] }

    public var tool: ToolSummary? {
        .init(
            name: "change_speech", purpose: "Makes you speak louder, softer, slower, faster or with another voice.",
            example: "speak a bit slower")
    }

    public func answer(to request: SkillRequest) -> SkillAnswer? {
        let (utterance, manner) = (request.utterance, request.conversation.manner)
        if Self.usual.matches(utterance) { return usual(utterance, manner) }
        if Self.howLoud.matches(utterance) {
            return SkillAnswer("My volume is \(manner.volume) of \(SpeechManner.volumes.upperBound).")
        }
        if let answer = level(utterance, manner) { return answer }
        if Self.voice.matches(utterance) {
            var other = manner
            other.voice = (manner.voice + 1) % Self.mostVoices
            return SkillAnswer("Okay, I'll use another voice from now on.", effects: [.speak(manner: other)])
        }
        let size = Self.size(utterance)
        if Self.louder.matches(utterance) { return volume(manner.volume + size, manner) }
        if Self.softer.matches(utterance) { return volume(manner.volume - size, manner) }
        if Self.faster.matches(utterance) { return rate(manner.rate * Self.factor(size), manner) }
        if Self.slower.matches(utterance) { return rate(manner.rate / Self.factor(size), manner) }
        return nil
    }

    /// More than any engine has of one language.
    private static let mostVoices = 120

    /// Steps of volume: "a bit" is one, "much" three.
    private static func size(_ utterance: Utterance) -> Int {
        if utterance.contains(["bit", "little", "slightly", "tad", "touch"]) { return 1 }
        return utterance.contains(["much", "lot", "way", "far"]) ? 3 : 2
    }

    /// The rate's steps: a tenth, a fifth, a third.
    private static func factor(_ size: Int) -> Double { [1.1, 1.2, 1.35][min(max(size, 1), 3) - 1] }

    // MARK: Changes

    private func volume(_ wanted: Int, _ manner: SpeechManner) -> SkillAnswer {
        let (least, most) = (SpeechManner.volumes.lowerBound, SpeechManner.volumes.upperBound)
        var other = manner
        other.volume = min(max(wanted, least), most)
        guard other != manner else {
            if wanted > most { return SkillAnswer("This is as loud as I can speak.") }
            if wanted < least { return SkillAnswer("This is as softly as I can speak.") }
            return SkillAnswer("My volume is \(manner.volume) already.")
        }
        return SkillAnswer(
            "Okay, \(other.volume > manner.volume ? "louder" : "softer"): volume \(other.volume).",
            effects: [.speak(manner: other)])
    }

    private func rate(_ wanted: Double, _ manner: SpeechManner) -> SkillAnswer {
        let (least, most) = (SpeechManner.rates.lowerBound, SpeechManner.rates.upperBound)
        var other = manner
        // Down and up again by the same steps is as it was.
        other.rate = min(max((wanted * 1000).rounded() / 1000, least), most)
        if abs(other.rate - 1) < 0.01 { other.rate = 1 }
        guard other != manner else {
            return SkillAnswer("This is as \(wanted > 1 ? "fast" : "slowly") as I can speak.")
        }
        return SkillAnswer(
            "Okay, I'll speak \(other.rate > manner.rate ? "faster" : "slower").", effects: [.speak(manner: other)])
    }

    private func level(_ utterance: Utterance, _ manner: SpeechManner) -> SkillAnswer? {
        if Self.loudest.matches(utterance) { return volume(SpeechManner.volumes.upperBound, manner) }
        if Self.softest.matches(utterance) { return volume(SpeechManner.volumes.lowerBound, manner) }
        return Self.level.match(utterance) { slots -> SkillAnswer? in
            guard let range = slots["level"], range.count <= 4,
                let value = NumberExtractor().whole(utterance.part(range)), (0...100).contains(value)
            else { return nil }
            // "fifty percent" is five of ten.
            let isShare = value > 10 || utterance.contains(["percent"])
            return volume(max(1, Int((isShare ? value / 10 : value).rounded())), manner)
        }
    }

    private func usual(_ utterance: Utterance, _ manner: SpeechManner) -> SkillAnswer {
        var other = manner
        let named = utterance.contains(["voice", "volume", "speed", "rate", "loudness", "pace"])
        if !named || utterance.contains(["voice"]) { other.voice = 0 }
        if !named || utterance.contains(["volume", "loudness"]) { other.volume = SpeechManner.usualVolume }
        if !named || utterance.contains(["speed", "rate", "pace"]) { other.rate = 1 }
        guard other != manner else { return SkillAnswer("I'm speaking as usual.") }
        return SkillAnswer("Okay, as usual.", effects: [.speak(manner: other)])
    }
}

// MARK: - Words

extension SpeechSkill {
    private static let parts = [
        "speak": "speak|talk|be",
        "how": "[a bit|a little|a little bit|a tad|slightly|a touch|somewhat|much|a lot|way|far|even|still]",
        "up": "up|higher|louder",
        "down": "down|lower|softer|quieter",
        "volume": "[the|your|that] (volume|sound|loudness|sound level)",
        "more": "[please|again|now|for me]",
    ]

    private static let louder = Phrases(
        [
            "[{speak}] {how} louder",
            "(speak|talk) {how} [more] (loud|loudly)",
            "{how} more loudly",
            "speak up {how} {more}",
            "(turn|put|bring|crank) ({volume}|yourself) {how} {up} {how}", "(turn|crank) {up} {volume} {how}",
            "(turn it|turn you) {how} up {how}", "(raise|increase|boost) {volume} {how}", "{volume} {how} {up}",
            "make it {how} louder", "(you are|it is|that is) too (quiet|soft|low|silent)",
            "i can (hardly|barely|not) hear you [well|very well|properly]", "not loud enough", "more volume",
        ], parts: parts)

    private static let softer = Phrases(
        [
            "[{speak}] {how} (quieter|softer|less loud|lower)", "(speak|talk) {how} [more] (quietly|softly|quiet|soft)",
            "{how} more (quietly|softly)",
            "(turn|put|bring) ({volume}|yourself) {how} {down} {how}", "turn {down} {volume} {how}",
            "(turn it|turn you) {how} down {how}", "(lower|decrease|reduce) {volume} {how}", "{volume} {how} {down}",
            "make it {how} (quieter|softer)",
            "(you are|it is|that is) [much|far|way] too loud",
            "[{speak}] not so loud",
            "less volume", "keep your voice down", "lower your voice",
        ], parts: parts)

    private static let faster = Phrases(
        [
            "[{speak}] {how} (faster|quicker)",
            "(speak|talk) {how} [more] (fast|quickly)",
            "{how} more quickly",
            "speed [it|that] up {how}",
            "speed up {how}",
            "(you are|you speak|you talk|that is) [much|far|way] too (slow|slowly)", "not so (slow|slowly)",
            "(speak|talk) at a (faster|higher) (rate|pace|speed)", "(increase|raise) your (speed|rate|pace) {how}",
        ], parts: parts)

    private static let slower = Phrases(
        [
            "[{speak}] {how} slower",
            "(speak|talk) {how} [more] (slow|slowly)",
            "{how} more slowly",
            "slow [it|that] down {how}",
            "slow down {how}",
            "(you are|you speak|you talk|that is) [much|far|way] too (fast|quick|quickly)",
            "[{speak}] not so (fast|quick)",
            "(speak|talk) at a (slower|lower) (rate|pace|speed)",
            "(decrease|reduce|lower) your (speed|rate|pace) {how}",
        ], parts: parts)

    private static let level = Phrases(
        [
            "[set|turn|put|change|bring] {volume} [up|down] [to|at|is] <level> [percent|out of 10|of 10|out of ten]",
            "[set|turn|put] yourself [up|down] to <level> [percent]", "(speak|talk) at volume <level>",
        ], parts: parts)

    private static let loudest = Phrases(
        [
            "(full|maximum|max|highest|top) volume",
            "[set|turn|put] {volume} [all the way] [up] [to] (the|full|max|maximum)",
            "[set|turn|put] {volume} (all the way up|to the (max|maximum|top))",
            "[{speak}] as loud as (possible|you can)", "[{speak}] as loudly as (possible|you can)",
        ], parts: parts)

    private static let softest = Phrases(
        [
            "(minimum|lowest|min) volume",
            "[set|turn|put] {volume} (all the way down|to the (min|minimum|bottom)|to minimum)",
            "[{speak}] as (quietly|softly|quiet|soft) as (possible|you can)", "whisper",
        ], parts: parts)

    private static let voice: Phrases = [
        "(change|switch|swap|alter) (your|the|that) voice [again|please|for me]", "(change|switch) voices [again]",
        """
        [use|take|try|speak with|speak in|talk with|talk in|give me|i want|i would like|switch to|change to|let me hear|\
        do you have|have you got] (another|a different|a new|the next|some other|one more) voice [now|again|please]
        """,
        "sound (different|like somebody else|like someone else)", "i do not like (your|this|that) voice", "next voice",
    ]

    private static let usual: Phrases = [
        "(speak|talk|sound) (normally|normal|as usual|as before|as always) [again|now]",
        """
        [go|switch|change|come] [back to|use|take|set] [to] [the|your] (normal|usual|old|default|first|original|regular) \
        (voice|volume|speed|rate|pace|loudness) [again]
        """,
        "reset [the|your] (voice|volume|speed|speech|rate)",
        "(speak|talk) at [a|your] (normal|usual) (volume|speed|rate|pace)",
    ]

    private static let howLoud: Phrases = [
        "how loud (are you|is it|do you speak|are you speaking)", "what is [the|your] [current] volume [level|at|now]",
        "what volume (are you at|are you on|is it|do you have)",
    ]
}
