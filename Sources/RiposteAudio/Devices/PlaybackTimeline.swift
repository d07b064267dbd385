import RiposteCore

/// What a file's loudspeaker plays when: a pure state machine over sample positions at the sink's rate.
///
/// Everything before `rendered` has been heard. Speech that arrives sounds from `start` on; where there is
/// none, there is silence.
///
///     ──────── rendered ─────────────▶ time
///     silence  │ silence │ queue …
///                        ▲ start
struct PlaybackTimeline {
    /// One speech, from `play` to its end.
    private struct Speech {
        var id: Int
        /// Where its first sample sounds; nil until it has one.
        var start: Int?
        var queue: ArraySlice<Float> = []
        /// Whether nothing more will be added.
        var isComplete = false
        var heard = 0
        var isInGap = false
    }

    /// Something that happened while time passed.
    enum Event: Equatable {
        /// The first sample of the speech sounds at this position.
        case started(Int)
    }

    /// Everything before this position has been played.
    private(set) var rendered = 0
    private(set) var statistics = DeviceStatistics()
    private var speech: Speech?
    private var lastID = 0
    private var gain: GainRamp

    /// - Parameter gainRamp: how long a change of the gain takes, in samples.
    init(gainRamp: Int = 480) { gain = GainRamp(length: gainRamp) }

    /// Begins a speech. One at a time.
    mutating func begin() -> Int {
        lastID += 1
        speech = Speech(id: lastID)
        gain.reset()
        return lastID
    }

    /// Adds sound to a speech; a speech that is over ignores it.
    /// - Parameter earliest: where the speech may begin to sound, if this is its first.
    mutating func append(_ samples: [Float], to id: Int, earliest: Int) {
        guard speech?.id == id, !samples.isEmpty else { return }
        if speech?.start == nil { speech?.start = max(earliest, rendered) }
        speech?.queue.append(contentsOf: samples)
    }

    /// Changes how loud it is from here on.
    /// - Returns: where the change begins.
    mutating func setGain(_ value: Float) -> Int {
        gain.set(value)
        return rendered
    }

    /// Says that a speech has no more sound to come.
    mutating func complete(_ id: Int) {
        if speech?.id == id { speech?.isComplete = true }
    }

    /// Ends a speech, finished or not.
    /// - Returns: how many of its samples were heard.
    mutating func end(_ id: Int) -> Int {
        guard let speech, speech.id == id else { return 0 }
        self.speech = nil
        return speech.heard
    }

    /// Whether all of a speech has been heard.
    func isFinished(_ id: Int) -> Bool {
        guard let speech, speech.id == id else { return true }
        return speech.isComplete && speech.queue.isEmpty
    }

    /// Whether there is a speech, finished or not, that has not been ended.
    var isPlaying: Bool { speech != nil }

    /// Sound that waits to be played, in samples.
    var queued: Int { speech?.queue.count ?? 0 }

    /// Where the last sound that waits will have been heard; nil when none waits.
    var queueEnd: Int? {
        guard let speech, let start = speech.start, !speech.queue.isEmpty else { return nil }
        return max(rendered, start) + speech.queue.count
    }

    /// Where the sound that is known so far ends: later, a speech that is not complete would run dry.
    /// Nil when nothing is missing however far time goes.
    var knownUntil: Int? {
        guard let speech, !speech.isComplete else { return nil }
        return max(rendered, speech.start ?? 0) + speech.queue.count
    }

    /// Lets time pass up to a position.
    /// - Parameter write: takes what is heard, in order: samples, or a length of silence.
    mutating func advance(
        to position: Int, write: (ArraySlice<Float>) throws -> Void, silence: (Int) throws -> Void
    ) rethrows -> Event? {
        var event: Event?
        while rendered < position {
            guard var speech, let start = speech.start, start < position,
                !(speech.isComplete && speech.queue.isEmpty)
            else {
                try silence(position - rendered)
                rendered = position
                break
            }
            if rendered < start {
                try silence(start - rendered)
                rendered = start
                continue
            }
            if speech.queue.isEmpty {
                if !speech.isInGap { statistics.underruns += 1 }
                statistics.underrunSamples += position - rendered
                speech.isInGap = true
                self.speech = speech
                try silence(position - rendered)
                rendered = position
                break
            }
            if speech.heard == 0 { event = .started(start) }
            let piece = speech.queue.prefix(position - rendered)
            speech.queue = speech.queue.dropFirst(piece.count)
            speech.heard += piece.count
            speech.isInGap = false
            self.speech = speech
            var samples = Array(piece)
            gain.apply(to: &samples)
            try write(samples[...])
            rendered += piece.count
        }
        return event
    }
}
