import Foundation
import RiposteCore

/// The time of day, here and elsewhere: "what time is it", "what's the time in Tokyo".
public struct TimeSkill: Skill {
    static let whichCity = "Which city do you mean?"

    private let places: PlaceExtractor

    public init() { places = PlaceExtractor() }

    public var tool: ToolSummary? {
        .init(
            name: "current_time",
            purpose: "Tells the time, here or in another place.",
            example: "what time is it in Tokyo")
    }

    public var ability: String? { "tell you the time and the date" }
    public var vocabulary: Set<String> { Self.here.vocabulary.union(Self.elsewhere.vocabulary) }

    public func answer(to request: SkillRequest) -> SkillAnswer? {
        let utterance = request.utterance
        if Self.here.matches(utterance) {
            return SkillAnswer("It's \(SpokenDate.time(request.now, request.calendar)).")
        }
        if let answer = Self.countdown.match(
            utterance,
            accept: { slots in
                slots["clock"].flatMap { timeLeft(utterance.part($0), request) }
            })
        {
            return answer
        }
        if request.lastAnswer.hasSuffix(Self.whichCity) {
            let place = utterance.word(0) == "in" ? utterance.part(1..<utterance.count) : utterance
            if let answer = time(in: place, request, isCertain: false) { return answer }
        }
        return Self.elsewhere.match(utterance) { slots in
            slots["place"].flatMap { time(in: utterance.part($0), request, isCertain: true) }
        }
            ?? Self.adjective.match(utterance) { slots in
                slots["place"].flatMap { time(in: utterance.part($0), request, isCertain: false) }
            }
    }

    // "And in London?"
    public func completed(_ fragment: Fragment, after earlier: Utterance, in conversation: Conversation) -> String? {
        var words = fragment.words
        while let first = words.word(0), ["over", "in", "for", "at"].contains(first) {
            words = words.part(1..<words.count)
        }
        if words.tokens.map(\.word) == ["here"] { return "what time is it" }
        guard (1...5).contains(words.count), places.find(words) != nil else { return nil }
        return "what time is it in \(words.text(of: 0..<words.count))"
    }

    /// - Parameter isCertain: whether the words must be a place, known or not.
    private func time(in place: Utterance, _ request: SkillRequest, isCertain: Bool) -> SkillAnswer? {
        guard place.count <= 5 else { return nil }
        switch places.find(place) {
        case .zone(let zone, let name):
            var calendar = request.calendar
            calendar.timeZone = zone
            let day = Self.dayDifference(request.now, here: request.calendar, there: calendar)
            return SkillAnswer("It's \(SpokenDate.time(request.now, calendar))\(day) in \(name).")
        case .several(let name):
            return SkillAnswer("\(name) has several time zones. \(Self.whichCity)", expectation: .freeText)
        case nil:
            guard isCertain else { return nil }
            return SkillAnswer("I don't know the time in \(place.text(of: 0..<place.count).capitalizedWords).")
        }
    }

    // "how long until five pm".
    private func timeLeft(_ words: Utterance, _ request: SkillRequest) -> SkillAnswer? {
        guard let clock = ClockTimeExtractor(allowsBareHour: true).whole(words),
            let due = clock.next(after: request.now, calendar: request.calendar)
        else { return nil }
        let minutes = (due.timeIntervalSince(request.now) / 60).rounded(.up) * 60
        return SkillAnswer(
            "\(SpokenDuration.phrase(minutes)) until \(SpokenDate.time(due, request.calendar)).")
    }

    /// " tomorrow" where the other place has another date.
    private static func dayDifference(_ now: Date, here: Calendar, there: Calendar) -> String {
        let (one, other) = (
            here.dateComponents([.year, .month, .day], from: now),
            there.dateComponents([.year, .month, .day], from: now)
        )
        guard one != other else { return "" }
        return there.timeZone.secondsFromGMT(for: now) > here.timeZone.secondsFromGMT(for: now)
            ? ", tomorrow already," : ", still yesterday,"
    }

    private static let here = Phrases(
        [
            "what time (is it|it is|is|do you have|have you got|we have|do we have) {now}",
            "what is [the|your] [current|local|exact] time {now}",
            "what [the|a] time is it {now}", "what (time|the time) {now}", "[the] [current|local] time {now}",
            "{give} [me] [the] [current|exact|local] time {now}",
            "(do|have) you (have|got|know) the [current|exact|right] time {now}", "got the time {now}",
            "have you the time",
            "how late is it {now}", "is it late {now}", "what time (is|was) it {now}", "what hour is it {now}",
            "time check", "check the time", "what is the hour", "the time is what", "what does the clock say",
            "what times is it {now}", "what time it is {now}", "what is the time (is it|it is) {now}",
            "what time is [it] {now}",
            "[the] time it is", "how is the time {now}", "which time is it {now}",
        ],
        parts: [
            "now": """
            [now|right now|currently|at the moment|today|here|just now|where i am|on the clock|this morning|\
            tonight]
            """,
            "give": "give|tell|say|announce|show|read|i need|i want|i would like|what about|how about",
        ])

    private static let elsewhere = Phrases(
        [
            "what time (is it|it is|is) {now} [over|out] in <place> {now}",
            "what is the [current|local] time {now} [over|out] in <place> {now}",
            "what time is it over in <place> {now}", "[the] [current|local] time in <place> {now}",
            "(give|tell) me the time in <place> {now}", "what time do they have in <place> {now}",
        ], parts: ["now": "[now|right now|currently|at the moment]"])
}

extension TimeSkill {
    private static let countdown: Phrases = [
        """
        how (long|many hours|many minutes|much time) [is it|is left|is there|left|are there|do i have|are left] \
        (until|till|to|before) <clock>
        """
    ]

    // Also what may be about anything in a place: it is about the time only of a place that is known.
    private static let adjective: Phrases = [
        "what is <place> time", "what time is it <place> time", "<place> time", "(and|what about|how about) in <place>",
    ]
}

extension String {
    /// Each word begun with a capital, the rest as it is.
    fileprivate var capitalizedWords: String {
        split(separator: " ").map { $0.prefix(1).uppercased() + $0.dropFirst() }.joined(separator: " ")
    }
}
