import RiposteCore
import Synchronization

/// A microphone that does not hear the loudspeaker beside it.
///
/// Wraps a device whose microphone and loudspeaker are on one timeline. What is played is kept, and taken out of
/// what the microphone hears, so that the assistant can listen while it speaks. What one canceller has learnt of
/// the room is used as long as this object lives.
public final class EchoCancelledDevice: AudioSource, AudioSink {
    /// What is being played, at 16 kHz.
    private struct Playing: Sendable {
        /// Counts the speeches, so that one that has ended late does not disturb the next.
        var speech = 0
        /// Where the first sample sounds; nil until the device says so.
        var start: Int?
        var samples: [Float] = []
        /// Where it fell silent; nil while it sounds.
        var end: Int?
        var resampler: Resampler?
        /// How loud it is played: changes that are still to come, by their position, and the present one.
        var changes: [(position: Int, gain: Float)] = []
        var gain = GainRamp(length: Int(gainRamp * Double(EchoCanceller.sampleRate)))

        /// Samples as loud as they were played. Each may be asked for once, in order.
        mutating func loud(_ range: Range<Int>, at start: Int) -> [Float] {
            var result: [Float] = []
            var next = range.lowerBound
            while next < range.upperBound {
                while let change = changes.first, change.position - start <= next {
                    gain.set(change.gain)
                    changes.removeFirst()
                }
                let end = min(range.upperBound, changes.first.map { $0.position - start } ?? range.upperBound)
                var piece = Array(samples[next..<end])
                gain.apply(to: &piece)
                result += piece
                next = end
            }
            return result
        }
    }

    private let device: any AudioSource & AudioSink
    private let playing = Mutex(Playing())
    private let latest = Mutex(EchoReport())

    /// About the frame that was given out last.
    public var report: EchoReport { latest.withLock { $0 } }

    /// - Parameter device: `onStart` of its `play` must tell time on the timeline of its frames.
    public init(_ device: any AudioSource & AudioSink) { self.device = device }

    public func frames() -> AsyncThrowingStream<AudioFrame, any Error> {
        let cleaner = Cleaner(device.frames())
        return AsyncThrowingStream { [self] in
            let next = try await cleaner.next { frame in played(from: frame.position, count: frame.samples.count) }
            if let next { latest.withLock { $0 = next.report } }
            return next?.frame
        }
    }

    public func play(
        _ speech: AsyncThrowingStream<AudioFrame, any Error>, onStart: @escaping @Sendable (Double) -> Void
    ) async throws -> Int {
        let id = playing.withLock { playing in
            playing = Playing(speech: playing.speech + 1)
            return playing.speech
        }
        let recorder = Recorder(speech) { [self] in keep($0, of: id) }
        let rate = Double(EchoCanceller.sampleRate)
        let heard = try await device.play(AsyncThrowingStream { try await recorder.next() }) { [self] seconds in
            playing.withLock { if $0.speech == id { $0.start = Int(seconds * rate) } }
            onStart(seconds)
        }
        let spoken = await recorder.sampleRate
        playing.withLock { playing in
            guard playing.speech == id, let start = playing.start, spoken > 0 else { return }
            playing.end = start + heard * EchoCanceller.sampleRate / spoken
        }
        return heard
    }

    public func setGain(_ gain: Float, onChange: @escaping @Sendable (_ seconds: Double) -> Void) {
        let id = playing.withLock { $0.speech }
        device.setGain(gain) { [self] seconds in
            let position = Int(seconds * Double(EchoCanceller.sampleRate))
            playing.withLock { if $0.speech == id { $0.changes.append((position: position, gain: gain)) } }
            onChange(seconds)
        }
    }

    private func keep(_ frame: AudioFrame, of id: Int) {
        playing.withLock { playing in
            guard playing.speech == id else { return }
            var resampler =
                playing.resampler ?? Resampler(from: frame.sampleRate, to: EchoCanceller.sampleRate)
            playing.samples += resampler.process(frame.samples)
            playing.resampler = resampler
        }
    }

    /// What the loudspeaker plays from a position of the microphone's timeline on; silence is left out at the end.
    private func played(from position: Int, count: Int) -> [Float] {
        playing.withLock { playing in
            guard let start = playing.start else { return [] }
            let end = min(playing.samples.count, (playing.end ?? Int.max / 2) - start)
            let first = position - start
            let range = max(0, first)..<max(0, first, min(end, first + count))
            guard !range.isEmpty, range.upperBound <= playing.samples.count else { return [] }
            let samples = playing.loud(range, at: start)
            return [Float](repeating: 0, count: max(0, -first)) + samples
        }
    }

    /// Takes the echo out of one frame after the other.
    private actor Cleaner {
        private var frames: AsyncThrowingStream<AudioFrame, any Error>.Iterator
        private var canceller = EchoCanceller()

        init(_ frames: AsyncThrowingStream<AudioFrame, any Error>) { self.frames = frames.makeAsyncIterator() }

        func next(
            _ reference: @Sendable (AudioFrame) -> [Float]
        ) async throws -> (frame: AudioFrame, report: EchoReport)? {
            while true {
                var iterator = frames
                let next = try await iterator.next(isolation: self)
                frames = iterator
                guard let frame = next else { return nil }
                let clean = canceller.process(microphone: frame, reference: reference(frame))
                if !clean.samples.isEmpty { return (clean, canceller.report) }
            }
        }
    }

    /// Passes a speech on and keeps what passes.
    private actor Recorder {
        private var speech: AsyncThrowingStream<AudioFrame, any Error>.Iterator
        private let keep: @Sendable (AudioFrame) -> Void
        /// Of the speech; 0 before its first frame.
        private(set) var sampleRate = 0

        init(
            _ speech: AsyncThrowingStream<AudioFrame, any Error>, keep: @escaping @Sendable (AudioFrame) -> Void
        ) {
            self.speech = speech.makeAsyncIterator()
            self.keep = keep
        }

        func next() async throws -> AudioFrame? {
            var iterator = speech
            defer { speech = iterator }
            guard let frame = try await iterator.next(isolation: self) else { return nil }
            sampleRate = frame.sampleRate
            keep(frame)
            return frame
        }
    }
}
