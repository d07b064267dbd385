import RiposteConversation

/// The figures of turn-taking over all recordings.
struct TurnTally {
    /// What was played.
    struct Order {
        /// In milliseconds from the start of the recording, as all times here.
        var trueEnd: Double?
        /// A pause that was put in.
        var pause: Range<Double>?
        /// Whether the transcript of the conversation, and that of the whole recording, are right, where it is known.
        var isRight: (@Sendable (String) -> Bool?)?
        /// How many slots of a transcript are right, of how many.
        var rightSlots: (@Sendable (String) -> (right: Int, all: Int)?)?
        var wholeTranscript: String?
    }

    /// More of an answer than this before the true end of speech is too much, in milliseconds.
    static let tolerated = 200.0

    private var recordings = 0
    private var latencies: [Double] = []
    private var unanswered = 0
    private var premature = 0
    private var takenBack = 0
    private var split = 0
    private var paused = 0
    private var whole = 0
    private var labelled = 0
    private var right = 0
    private var rightAsAWhole = 0
    private var slots = (all: 0, right: 0, rightAsAWhole: 0)
    private var stages: [String: [Double]] = [:]
    /// Names of the recordings that went wrong, with what happened.
    private(set) var remarks: [String] = []

    mutating func add(_ reports: [TurnReport], _ order: Order, name: String) {
        recordings += 1
        let answered = reports.filter { $0.firstSoundMs != nil && $0.speechEndMs != nil }
        score(answered.map(\.transcript).joined(separator: " "), order)
        if order.pause != nil { paused += 1 }
        guard let last = answered.last, let sound = last.firstSoundMs, let end = last.speechEndMs else {
            unanswered += 1
            remarks.append("\(name): no answer")
            return
        }
        let trueEnd = order.trueEnd ?? end
        latencies.append(sound - trueEnd)
        // More than one answer to one order: the first was given to half of it.
        if answered.count > 1 { split += 1 }
        let heard = reports.flatMap(\.takenBackMs)
        if !heard.isEmpty { takenBack += 1 }
        if heard.contains(where: { $0 > Self.tolerated }) || answered.count > 1 || sound < trueEnd - Self.tolerated {
            premature += 1
        }
        if answered.count > 1 || !heard.isEmpty || sound < trueEnd {
            let texts = answered.map { "“\($0.transcript)”" }.joined(separator: " | ")
            remarks.append("\(name): \(texts), taken back after \(heard.map { Int($0) }) ms")
        }
        if let pause = order.pause, answered.count == 1, let start = last.speechStartMs,
            start < pause.lowerBound, end > pause.upperBound
        {
            whole += 1
        }
        for stage in last.stages { stages[stage.name, default: []].append(stage.ms) }
    }

    private mutating func score(_ transcript: String, _ order: Order) {
        guard let isRight = order.isRight?(transcript), let text = order.wholeTranscript else { return }
        labelled += 1
        if isRight { right += 1 }
        if order.isRight?(text) == true { rightAsAWhole += 1 }
        slots.all += order.rightSlots?(text)?.all ?? 0
        slots.right += order.rightSlots?(transcript)?.right ?? 0
        slots.rightAsAWhole += order.rightSlots?(text)?.right ?? 0
    }

    func fill(_ report: inout BenchReport, model: String) {
        report.add(model, "response latency", "ms", latencies)
        for name in ["endpoint", "transcript", "reply", "synthesis", "playback"] {
            report.add(model, "of it \(name)", "ms", stages[name] ?? [])
        }
        report.add(model, share: "unanswered", unanswered, of: recordings)
        report.add(model, share: "premature answers", premature, of: recordings)
        report.add(model, share: "answers taken back", takenBack, of: recordings)
        report.add(model, share: "orders answered in two", split, of: recordings)
        report.add(model, share: "paused orders that ended as one", whole, of: paused)
        report.add(model, share: "commands right in conversation", right, of: labelled)
        report.add(model, share: "slots right in conversation", slots.right, of: slots.all)
        report.add(model, share: "slots right, whole recording at once", slots.rightAsAWhole, of: slots.all)
        report.add(model, share: "commands right, whole recording at once", rightAsAWhole, of: labelled)
    }
}
