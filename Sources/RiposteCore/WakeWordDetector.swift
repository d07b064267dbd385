/// Hears wake words in a stream of sound: the role of every engine that does.
///
/// A detector follows one stream, from one frame to the next; it is not shared by several.
///
/// ```swift
/// for try await frame in source.frames() {
///     for detection in try await detector.detect(in: frame) { print(detection.word, detection.position) }
/// }
/// ```
public protocol WakeWordDetector: Sendable {
    /// The words it listens for, as its detections name them.
    var words: [String] { get }

    /// Loads and warms what is needed. Construction is cheap; this does the work. Calling it again does nothing.
    func load() async throws

    /// Hears the next sound.
    /// - Parameter frame: mono, 16 kHz, of any length. Frames follow each other; after a gap the detector begins anew.
    /// - Returns: the words that were noticed in it, in order. A word is told once, however long it is noticed.
    /// - Throws: `.badInput` for another sample rate; `.engineFailed`.
    func detect(in frame: AudioFrame) async throws -> [WakeWordDetection]

    /// The stream has ended: what was still being looked at is decided.
    func finish() async throws -> [WakeWordDetection]

    /// Forgets everything heard so far.
    func reset() async
}

/// A wake word that was heard.
public struct WakeWordDetection: Sendable, Equatable, Codable {
    public var word: String
    /// The sample just after the last one that was needed to notice it.
    public var position: Int
    /// Where the word is thought to be, in samples; engines that do not tell are given a generous guess.
    public var speech: Range<Int>
    /// How sure the engine is, 0 … 1; 1 for engines that do not say.
    public var score: Double

    public init(word: String, position: Int, speech: Range<Int>, score: Double = 1) {
        self.word = word
        self.position = position
        self.speech = speech
        self.score = score
    }
}
