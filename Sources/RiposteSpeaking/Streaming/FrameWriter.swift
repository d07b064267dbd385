import RiposteCore

/// Cuts sound into frames that know their place in the stream and the text they belong to.
struct FrameWriter: Sendable {
    let queue: SpeechQueue
    let sampleRate: Int
    private let frameLength: Int
    private var position = 0
    private var pending: [Float] = []
    private var ready: [SpokenFrame] = []
    private var readyHead = 0
    private var text = ""
    private var before: (text: String, silence: Int) = ("", 0)
    /// Whether the current sentence has made any sound.
    private(set) var hasSounded = false

    init(queue: SpeechQueue, sampleRate: Int, frameLength: Int) {
        self.queue = queue
        self.sampleRate = sampleRate
        self.frameLength = max(frameLength, 1)
    }

    /// Starts a sentence. The pause before it belongs to the text before it: whoever hears it has heard that text.
    mutating func begin(_ sentence: Sentence, after previous: Sentence?, pause: Double) {
        hasSounded = false
        text = sentence.text
        before = (previous?.text ?? "", previous == nil ? 0 : Int(pause * Double(sampleRate)))
    }

    mutating func add(_ samples: [Float]) {
        guard !samples.isEmpty else { return }
        if !hasSounded {
            hasSounded = true
            cut([Float](repeating: 0, count: before.silence), text: before.text, all: true)
        }
        pending += samples
        let whole = pending.count / frameLength * frameLength
        cut(Array(pending[..<whole]), text: text, all: false)
        pending.removeFirst(whole)
    }

    /// The last frame of a sentence may be short.
    mutating func endSentence() {
        cut(pending, text: text, all: true)
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

    private mutating func cut(_ samples: [Float], text: String, all: Bool) {
        var start = 0
        while start < samples.count, all || start + frameLength <= samples.count {
            let end = min(start + frameLength, samples.count)
            let frame = AudioFrame(samples: Array(samples[start..<end]), sampleRate: sampleRate, position: position)
            ready.append(SpokenFrame(audio: frame, text: text))
            position += end - start
            start = end
        }
    }
}
