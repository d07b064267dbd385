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

/// The latest sound of the input, bounded. It lies in blocks, so that what is dropped is given back at once and nothing
/// grows by doubling: every conversation has one.
struct RecentSound: Sendable {
    /// A second.
    private static let blockLength = 16_000
    /// Half a minute: the longest turn and its pre-roll; and the block that is being filled.
    private static let mostBlocks = 32
    /// All but the last are full.
    private var blocks: [[Float]] = []
    /// The position of the first sample kept.
    private(set) var start = 0
    /// The position after the last one.
    private(set) var end = 0

    mutating func append(_ frame: AudioFrame) {
        if frame.position != end {
            // A new source, or a gap: what came before does not belong to it.
            blocks = []
            start = frame.position
            end = start
        }
        var rest = frame.samples[...]
        while !rest.isEmpty {
            if blocks.last.map({ $0.count == Self.blockLength }) ?? true { openBlock() }
            let last = blocks.count - 1
            let part = rest.prefix(Self.blockLength - blocks[last].count)
            blocks[last] += part
            end += part.count
            rest = rest.dropFirst(part.count)
        }
    }

    private mutating func openBlock() {
        if blocks.count == Self.mostBlocks {
            blocks.removeFirst()
            start += Self.blockLength
        }
        var block: [Float] = []
        block.reserveCapacity(Self.blockLength)
        blocks.append(block)
    }

    /// What is kept from `position` on.
    func from(_ position: Int) -> [Float] {
        let offset = max(0, min(end, position) - start)
        var sound: [Float] = []
        sound.reserveCapacity(end - start - offset)
        for (index, block) in blocks.enumerated() where (index + 1) * Self.blockLength > offset {
            sound += block.dropFirst(max(0, offset - index * Self.blockLength))
        }
        return sound
    }
}
