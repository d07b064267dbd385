import RiposteCore

/// Cuts sound into frames that know their place in the stream and the text they belong to.
struct FrameWriter: Sendable {
    let queue: SpeechQueue
    let sampleRate: Int
    private let frameLength: Int
    /// Samples so far.
    private(set) var position = 0
    private var pending: [Float] = []
    private var ready: [SpokenFrame] = []
    private var readyHead = 0
    private var text = ""
    /// How long the sentence will be, in samples, as far as its letters tell, and how much of it there is.
    private var expected = 0
    private var written = 0
    private var before: (text: String, silence: Int) = ("", 0)
    /// Marks that the next frame carries.
    private var marks: [String] = []
    /// Whether the current sentence has made any sound.
    private(set) var hasSounded = false
    /// Letters, spaces and marks that a voice says in a second at the normal rate, measured over hibari and joe.
    private static let lettersPerSecond = 15.0

    init(queue: SpeechQueue, sampleRate: Int, frameLength: Int) {
        self.queue = queue
        self.sampleRate = sampleRate
        self.frameLength = max(frameLength, 1)
    }

    /// Starts a sentence. The pause before it belongs to the text before it: whoever hears it has heard that text.
    /// - Parameter rate: in words a minute; it tells how long the sentence will be.
    mutating func begin(_ sentence: Sentence, after previous: Sentence?, pause: Double, rate: Double) {
        hasSounded = false
        let seconds = Double(sentence.text.count) / Self.lettersPerSecond * SpeechOptions().rate / max(rate, 1)
        expected = max(1, Int(seconds * Double(sampleRate)))
        written = 0
        text = sentence.text
        before = (previous?.text ?? "", Int(pause * Double(sampleRate)))
    }

    /// The next frame carries the mark.
    mutating func add(mark: String) { marks.append(mark) }

    /// Adds silence that belongs to the text before it.
    mutating func addSilence(seconds: Double, after previous: Sentence?) {
        let silence = [Float](repeating: 0, count: Int(seconds * Double(sampleRate)))
        cut(silence, text: previous?.text ?? "", all: true, isOver: true)
    }

    /// Ends the speech: marks behind the last sound get a frame of silence.
    mutating func finish() {
        if !marks.isEmpty { cut([Float](repeating: 0, count: frameLength), text: text, all: true, isOver: true) }
    }

    mutating func add(_ samples: [Float]) {
        guard !samples.isEmpty else { return }
        if !hasSounded {
            hasSounded = true
            cut([Float](repeating: 0, count: before.silence), text: before.text, all: true, isOver: true)
            // The pause is none of the sentence.
            written = 0
        }
        pending += samples
        let whole = pending.count / frameLength * frameLength
        cut(Array(pending[..<whole]), text: text, all: false)
        pending.removeFirst(whole)
    }

    /// The last frame of a sentence may be short.
    mutating func endSentence() {
        // Where the sentence ends with a whole frame, that one is its last.
        if hasSounded, pending.isEmpty, readyHead < ready.count { ready[ready.count - 1].progress = 1 }
        cut(pending, text: text, all: true, isOver: true)
        pending = []
    }

    mutating func takeFrame() -> SpokenFrame? {
        guard readyHead < ready.count else {
            ready = []
            readyHead = 0
            return nil
        }
        readyHead += 1
        return ready[readyHead - 1]
    }

    private mutating func cut(_ samples: [Float], text: String, all: Bool, isOver: Bool = false) {
        var start = 0
        while start < samples.count, all || start + frameLength <= samples.count {
            let end = min(start + frameLength, samples.count)
            let frame = AudioFrame(samples: Array(samples[start..<end]), sampleRate: sampleRate, position: position)
            written += end - start
            // Until the sentence is over, its length is an estimate and its last words are not promised.
            let progress = isOver ? 1 : min(0.98, Double(written) / Double(expected))
            ready.append(SpokenFrame(audio: frame, text: text, progress: progress, marks: marks))
            marks = []
            position += end - start
            start = end
        }
    }
}
