import RiposteCore

/// What the session knows of a turn under way.
struct TurnContext: Sendable {
    let id: Int
    var recognition: TurnRecognition?
    var waterfall = Waterfall()
    var transcript: Transcript?
    /// The text of the answer so far, of the current revision.
    var reply = ""
    /// Whether that is all of it.
    var isReplyWhole = false
    var heard = ""
    /// The alarm that rings, until something of it was heard.
    var alarm: Alarm?
    /// Effects waiting for the commit point.
    var effects: [Effect] = []
    var expectation = Expectation.anything
    var isReleased = false
    var isCommitted = false
    /// How many milliseconds were heard of each answer that was taken back.
    var takenBack: [Double] = []
    /// Until where the turn's sound has been given to the recogniser.
    var recognisedEnd = 0
    /// From where on.
    var audioStart = 0
    var outcome: TurnOutcome?
    /// Where it ended.
    var ended: Int?
    var error: RiposteError?
    /// Work of the current revision, and how it is let out.
    var transcription: Job?
    var answering: Job?
    var gate = Gate()
    /// Given at the commit point.
    var commitment = Commitment()
    /// Whether the answer's sound is known to be needed.
    var speculation: Speculation?
    /// The answer's sound, while it is played.
    var playback: Playback?
    /// Voices that were heard over the answer.
    var overlaps: [TurnReport.Overlap] = []
    /// Answers whose work has not ended yet, but for those that were forgotten: the turn's account is closed when
    /// there is none.
    var running: Set<Revision> = []

    init(id: Int) { self.id = id }

    /// Forgets what a revision has prepared.
    mutating func forget() {
        transcription?.stop()
        answering?.stop()
        transcription = nil
        answering = nil
        playback = nil
        gate = Gate()
        commitment = Commitment()
        speculation = nil
        transcript = nil
        reply = ""
        isReplyWhole = false
        heard = ""
        effects = []
        expectation = .anything
        isReleased = false
        isCommitted = false
        running = []
        waterfall.firstSound = nil
        waterfall.transcript = nil
        waterfall.reply = nil
        waterfall.synthesis = nil
        waterfall.endpoint = nil
    }
}

/// The sound of an answer on its way to the loudspeaker.
struct Playback: Sendable {
    let revision: Revision
    let feed: SpeechFeed
    /// Stops the sound.
    var silence = Gate()
    /// While it is held: opened to go on.
    var hold: Gate?
    /// Where the sound last began to be heard, and how much of the speech had been heard by then.
    var soundStart: Int?
    var heardBefore = 0
    var heard = 0
    /// Where it gets loud again, after a voice that meant nothing.
    var loudFrom: Int?
}

/// The latest sound of the input, bounded.
struct RecentSound: Sendable {
    /// Half a minute: the longest turn and its pre-roll.
    private let capacity = 31 * 16_000
    private(set) var samples: [Float] = []
    /// The position of the first sample kept.
    private(set) var start = 0

    var end: Int { start + samples.count }

    mutating func append(_ frame: AudioFrame) {
        if frame.position != end {
            // A new source, or a gap: what came before does not belong to it.
            samples = []
            start = frame.position
        }
        samples += frame.samples
        // Dropped in large pieces, so that the rest is moved rarely.
        if samples.count > capacity + 160_000 {
            let surplus = samples.count - capacity
            samples.removeFirst(surplus)
            start += surplus
        }
    }

    /// What is kept from `position` on.
    func from(_ position: Int) -> ArraySlice<Float> {
        samples[max(0, min(samples.count, position - start))...]
    }
}
