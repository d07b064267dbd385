import Foundation
import RiposteCore

/// The loudspeaker's side of a `FileDevice`, and its clock.
struct FileOutput {
    private(set) var timeline: PlaybackTimeline
    /// Time at fast pace, in seconds: the end of the frame taken last.
    var consumed = 0.0
    /// Whether somebody takes frames, and so makes time pass at fast pace.
    var isSourceActive = false
    /// Whether waiting for the sound of the speech under way has been given up.
    var hasLostPatience = false

    private let sampleRate: Int
    private var writer: WaveWriter?
    private var hasSource = false
    /// When the stream started on the wall clock.
    private var start: ContinuousClock.Instant?
    private var intake: SpeechIntake
    private var onStart: (@Sendable (Double) -> Void)?

    init(_ url: URL?, sampleRate: Int) throws {
        self.sampleRate = sampleRate
        timeline = PlaybackTimeline(gainRamp: Int(FileDevice.gainRamp * Double(sampleRate)))
        writer = try url.map { try WaveWriter($0, sampleRate: sampleRate) }
        intake = SpeechIntake(outputRate: sampleRate)
    }

    /// - Returns: false when there was a source before.
    mutating func beginSource() -> Bool {
        guard !hasSource else { return false }
        hasSource = true
        isSourceActive = true
        start = start ?? .now
        return true
    }

    /// Time since the stream started, in seconds.
    func seconds(_ pace: FileDevice.Pace) -> Double {
        guard pace == .real, let start else { return consumed }
        return (ContinuousClock.now - start) / .seconds(1)
    }

    /// A time of the stream on the wall clock.
    mutating func instant(_ seconds: Double) -> ContinuousClock.Instant {
        let start = start ?? .now
        self.start = start
        return start + .seconds(seconds)
    }

    // MARK: Speech

    mutating func beginSpeech(_ onStart: @escaping @Sendable (Double) -> Void) -> Int {
        start = start ?? .now
        self.onStart = onStart
        intake = SpeechIntake(outputRate: sampleRate)
        hasLostPatience = false
        return timeline.begin()
    }

    mutating func append(_ frame: AudioFrame, to id: Int, latency: Double, _ pace: FileDevice.Pace) throws {
        guard !timeline.isFinished(id) else { return }
        let samples = try intake.take(frame)
        hasLostPatience = false
        timeline.append(samples, to: id, earliest: position(seconds(pace) + latency))
    }

    mutating func complete(_ id: Int, latency: Double, _ pace: FileDevice.Pace) {
        guard !timeline.isFinished(id) else { return }
        timeline.append(intake.finish(), to: id, earliest: position(seconds(pace) + latency))
        timeline.complete(id)
    }

    /// Ends a speech, finished or not.
    /// - Returns: how many samples of it were heard, at its own rate.
    mutating func endSpeech(_ id: Int) -> Int { intake.speechSamples(heard: timeline.end(id)) }

    /// Changes how loud the speech is from now on.
    /// - Returns: when, in seconds.
    mutating func setGain(_ gain: Float) -> Double { Double(timeline.setGain(gain)) / Double(sampleRate) }

    /// Whether time can go on to there without leaving a gap in the speech under way.
    func isKnown(until seconds: Double) -> Bool {
        guard let known = timeline.knownUntil, !hasLostPatience else { return true }
        return known >= position(seconds)
    }

    /// When all the sound that waits has been heard, in seconds; nil when none waits.
    var endOfQueue: Double? { timeline.queueEnd.map { Double($0) / Double(sampleRate) } }

    // MARK: Time

    /// Lets time pass, and writes what is heard.
    /// - Returns: what to call, outside any lock, if a speech began to sound.
    mutating func advance(to seconds: Double) throws -> (@Sendable () -> Void)? {
        let event = try timeline.advance(
            to: position(seconds), write: { try writer?.append($0) }, silence: { try writer?.appendSilence($0) })
        guard case .started(let position) = event, let onStart else { return nil }
        self.onStart = nil
        let start = Double(position) / Double(sampleRate)
        return { onStart(start) }
    }

    mutating func finish() throws {
        defer { writer = nil }
        try writer?.finish()
    }

    private func position(_ seconds: Double) -> Int { Int((seconds * Double(sampleRate)).rounded()) }
}
