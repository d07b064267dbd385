import RiposteCore

/// Cuts a recording of any length into pieces of speech that a recogniser takes at once, in memory that does not grow.
///
/// A piece ends where the speaker is silent for a while; one that gets too long is cut where speech is least likely.
/// Silence and noise between the pieces are left out.
public struct SpeechSplitter<Scorer: WindowScorer>: Sendable {
    /// A run of speech with a little of the sound around it.
    public struct Piece: Sendable, Equatable {
        /// Mono, 16 kHz.
        public var samples: [Float]
        /// Of the first sample, counted from the start of the recording.
        public var position: Int
        /// Where speech starts and ends, counted from the start of the recording.
        public var speech: Range<Int>
    }

    private let configuration: SpeechSplitterConfiguration
    private var scorer: Scorer
    private var detector: EndpointDetector
    /// Sound that may still be needed, from `bufferStart` on.
    private var buffer: [Float] = []
    private var bufferStart = 0
    /// Where the next window starts.
    private var position = 0
    /// Probabilities of the windows since the piece's sound started.
    private var probabilities: [Float] = []
    private var pieceStart: Int?
    private var speechStart = 0

    /// - Parameter scorer: says how likely a window has speech in it.
    public init(_ scorer: Scorer, configuration: SpeechSplitterConfiguration = .init()) {
        self.scorer = scorer
        self.configuration = configuration
        detector = EndpointDetector(configuration: configuration.endpoint)
    }

    /// Adds sound, mono at 16 kHz.
    /// - Returns: the pieces that are complete now.
    public mutating func append(_ samples: [Float]) throws -> [Piece] {
        buffer += samples
        var pieces: [Piece] = []
        while bufferEnd - position >= scorer.windowLength {
            let start = position - bufferStart
            let probability = try scorer.score(buffer[start..<(start + scorer.windowLength)])
            let window = position..<(position + scorer.windowLength)
            position = window.upperBound
            let event = detector.process(probability, window: window)
            if let piece = take(event, probability, window) { pieces.append(piece) }
        }
        forget()
        return pieces
    }

    /// The recording is over.
    /// - Returns: what was being said, if anything.
    public mutating func finish() throws -> [Piece] {
        // The last window is filled up with silence.
        let rest = bufferEnd - position
        var pieces: [Piece] = []
        if rest > 0 {
            let end = bufferEnd
            pieces = try append([Float](repeating: 0, count: scorer.windowLength - rest))
            buffer.removeLast(min(buffer.count, bufferEnd - end))
        }
        if let piece = take(detector.finish(), 0, position..<position) { pieces.append(piece) }
        return pieces
    }

    private var bufferEnd: Int { bufferStart + buffer.count }

    private mutating func take(_ event: EndpointDetector.Event?, _ probability: Float, _ window: Range<Int>) -> Piece? {
        switch event {
        case .speechStarted(let start):
            pieceStart = detector.audioStart
            speechStart = start
            probabilities = []
        case .endpoint(_, let end):
            return piece(to: end + configuration.margin, speechEnd: end)
        case .misfire:
            pieceStart = nil
        case .pauseStarted, .speechResumed, nil:
            break
        }
        guard let pieceStart else { return nil }
        probabilities.append(probability)
        guard window.upperBound - pieceStart >= configuration.longest else { return nil }
        return cut(before: window.upperBound)
    }

    /// Ends a piece that is too long where speech is least likely, in its second half; the rest is the next piece.
    private mutating func cut(before end: Int) -> Piece? {
        let half = probabilities.count / 2
        // Over three windows, so that it is a gap and not a consonant.
        let place = (half..<max(half + 1, probabilities.count - 2)).min { first, second in
            around(first) < around(second)
        }
        guard let place else { return nil }
        let position = end - (probabilities.count - 1 - place) * scorer.windowLength
        let piece = piece(to: position, speechEnd: position)
        pieceStart = position
        speechStart = position
        probabilities = Array(probabilities[(place + 1)...])
        return piece
    }

    private func around(_ index: Int) -> Float {
        probabilities[max(0, index - 1)...min(probabilities.count - 1, index + 1)].reduce(0, +)
    }

    private mutating func piece(to end: Int, speechEnd: Int) -> Piece? {
        guard let start = pieceStart else { return nil }
        pieceStart = nil
        let samples = buffer[(start - bufferStart)..<(min(end, bufferEnd) - bufferStart)]
        return Piece(samples: Array(samples), position: start, speech: speechStart..<min(speechEnd, bufferEnd))
    }

    /// Lets go of sound that no piece can need.
    private mutating func forget() {
        let needed = pieceStart ?? max(0, position - configuration.preRollSamples)
        guard needed > bufferStart else { return }
        buffer.removeFirst(min(buffer.count, needed - bufferStart))
        bufferStart = needed
    }
}

/// How a recording is cut into pieces.
public struct SpeechSplitterConfiguration: Sendable, Equatable {
    /// Where speech starts and ends. Default: as in a conversation, but a piece may be as short as 0.1 s.
    public var endpoint: EndpointDetector.Configuration
    /// The longest piece, in seconds. Default 28: Whisper takes 30.
    public var longestPiece = 28.0
    /// Sound after the end of speech that belongs to the piece, in seconds. Default 0.3.
    public var trailingSound = 0.3

    public init() {
        endpoint = EndpointDetector.Configuration()
        endpoint.minimumSpeech = 0.1
    }

    var longest: Int { samples(longestPiece) }
    var margin: Int { samples(min(trailingSound, endpoint.endpointSilence)) }
    var preRollSamples: Int { samples(endpoint.preRoll) }

    private func samples(_ seconds: Double) -> Int { Int(seconds * Double(endpoint.sampleRate)) }
}
