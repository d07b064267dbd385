import Foundation

/// Whisper's features: the logarithm of the energy in mel bands, a frame every 10 ms.
///
/// Sound is added as it comes; a frame is computed once, as soon as the 25 ms around it are there. Frames at the
/// very end, which reach into sound that is not there yet, are computed anew for each call of `features`.
///
/// Frame t is centred on sample 160 t: 400 points, periodic Hann window, the start mirrored. Values are log10 of the
/// mel energies, not below 1e-10; then all values more than 8 below the largest are lifted to that, 4 is added and the
/// sum divided by 4.
///
/// ```swift
/// var spectrogram = LogMelSpectrogram()
/// spectrogram.append(samples)
/// let features = spectrogram.features(frames: 300, level: .peak(1.5))  // [80, 300], three seconds
/// ```
public struct LogMelSpectrogram: Sendable {
    /// Samples from one frame to the next.
    public static let hop = 160
    /// Samples a frame.
    public static let window = 400
    /// The logarithm of the least energy told from none in Whisper's own features.
    public static let floor: Float = -10
    /// How far below the largest value all others end, in powers of ten.
    public static let range: Float = 8
    /// The logarithm kept for no energy at all: low enough that faint sound can be made louder first.
    private static let silence: Float = -20

    /// What lies after the sound.
    public enum Ending: Sendable {
        /// Digital silence, as when Whisper pads its window.
        case silence
        /// The sound mirrored, as the published feature extractors do at the end of a recording.
        case mirrored
    }

    /// How loud the sound is made.
    public enum Level: Sendable, Equatable {
        /// As it is: Whisper's own features.
        case asRecorded
        /// Scaled so that the largest value is this, so that silence always looks the same.
        case peak(Float)
    }

    /// Mel bands.
    public let melCount: Int
    /// Samples added so far.
    public private(set) var sampleCount = 0
    /// Frames that will not change any more.
    public private(set) var settledFrameCount = 0

    private let filters: MelFilterbank
    private let hann: [Float]
    private var transform = RealFFT(size: Self.window)
    /// log10 energies of the settled frames, frame after frame.
    private var settled: [Float] = []
    /// Sound from the start of the next frame on; before the first frame without the mirrored part.
    private var pending: [Float] = []
    private var isStarted = false

    /// - Parameter melCount: bands; 80 for all Whisper models but large-v3, which has 128.
    public init(melCount: Int = 80) {
        self.melCount = melCount
        filters = MelFilterbank(count: melCount, transformSize: Self.window)
        hann = (0..<Self.window).map { Float(0.5 - 0.5 * cos(2 * Double.pi * Double($0) / Double(Self.window))) }
    }

    /// The features of a whole recording: a frame for every 160 samples, the ends mirrored.
    /// - Parameter samples: mono, 16 kHz.
    /// - Returns: `melCount` rows of `samples.count / 160` values.
    public static func features(of samples: [Float], melCount: Int = 80) -> [Float] {
        var spectrogram = LogMelSpectrogram(melCount: melCount)
        spectrogram.append(samples)
        return spectrogram.features(frames: samples.count / hop, ending: .mirrored)
    }

    /// Adds sound: mono, 16 kHz.
    public mutating func append(_ samples: some Collection<Float>) {
        sampleCount += samples.count
        pending.append(contentsOf: samples)
        if !isStarted {
            guard pending.count > Self.window / 2 else { return }
            pending.insert(contentsOf: pending[1...(Self.window / 2)].reversed(), at: 0)
            isStarted = true
        }
        guard pending.count >= Self.window else { return }
        let frames = (pending.count - Self.window) / Self.hop + 1
        settled.append(contentsOf: Self.energies(of: pending, frames: frames, &transform, hann, filters))
        settledFrameCount += frames
        pending.removeFirst(frames * Self.hop)
    }

    /// The features of consecutive frames.
    /// - Parameters:
    ///   - first: the first of them. Default 0.
    ///   - frames: how many; those after the sound are silence.
    ///   - sounding: frames after so many are silence, even if there is sound. Default: none are.
    ///   - level: see `Level`.
    ///   - ending: what lies after the sound; matters for the last two frames only.
    /// - Returns: `melCount` rows of `frames` values.
    public func features(
        from first: Int = 0, frames: Int, sounding: Int? = nil, level: Level = .asRecorded, ending: Ending = .silence
    ) -> [Float] {
        var values = energies(frames: first + min(frames, sounding ?? frames), ending: ending)
        values.removeFirst(first * melCount)
        values.append(contentsOf: repeatElement(Self.silence, count: frames * melCount - values.count))
        let largest = values.max() ?? Self.silence
        let shift: Float
        let least: Float
        switch level {
        case .asRecorded: (shift, least) = (0, max(Self.floor, largest - Self.range))
        case .peak(let peak): (shift, least) = (peak - largest, peak - Self.range)
        }
        return [Float](unsafeUninitializedCapacity: frames * melCount) { output, count in
            values.withUnsafeBufferPointer { values in
                var frame = 0
                while frame < frames {
                    var mel = 0
                    while mel < melCount {
                        output[mel &* frames &+ frame] = (max(values[frame &* melCount &+ mel] + shift, least) + 4) / 4
                        mel &+= 1
                    }
                    frame &+= 1
                }
            }
            count = frames * melCount
        }
    }

    /// The largest log10 energy of all frames so far; −20 in digital silence.
    public var loudest: Float { energies(frames: soundingFrames, ending: .silence).max() ?? Self.silence }

    /// From the first to the last frame that comes near the loudest one.
    /// - Parameters:
    ///   - distance: how far below the loudest a frame may be, in powers of ten.
    ///   - frames: only so many frames are looked at.
    /// - Returns: empty in digital silence.
    public func loudFrames(within distance: Float, of frames: Int) -> Range<Int> {
        let peaks = energies(frames: min(frames, soundingFrames), ending: .silence).withUnsafeBufferPointer { values in
            stride(from: 0, to: values.count, by: melCount).map { start in
                UnsafeBufferPointer(rebasing: values[start..<(start + melCount)]).max() ?? Self.silence
            }
        }
        guard let loudest = peaks.max(), loudest > Self.silence,
            let first = peaks.firstIndex(where: { $0 >= loudest - distance }),
            let last = peaks.lastIndex(where: { $0 >= loudest - distance })
        else { return 0..<0 }
        return first..<(last + 1)
    }

    /// The mean log10 energy of each settled frame: a measure of how loud it is.
    /// - Parameter frames: of the settled frames.
    public func loudness(of frames: Range<Int>) -> [Float] {
        frames.clamped(to: 0..<settledFrameCount).map { frame in
            settled[(frame * melCount)..<((frame + 1) * melCount)].reduce(0, +) / Float(melCount)
        }
    }

    /// Forgets the first frames, so that a long recording is done piece by piece.
    /// - Parameter frames: how many of the settled ones; the next one becomes frame 0.
    public mutating func removeFirst(frames: Int) {
        let removed = min(frames, settledFrameCount)
        settled.removeFirst(removed * melCount)
        settledFrameCount -= removed
        sampleCount -= removed * Self.hop
    }

    /// Frames that touch sound.
    private var soundingFrames: Int { sampleCount == 0 ? 0 : (sampleCount + Self.window / 2 - 1) / Self.hop + 1 }

    /// log10 energies of the first frames, frame after frame.
    private func energies(frames: Int, ending: Ending) -> [Float] {
        guard frames > settledFrameCount else { return Array(settled.prefix(frames * melCount)) }
        let open = min(frames, soundingFrames) - settledFrameCount
        var values = settled
        if open > 0 {
            var rest = pending
            if !isStarted { rest.insert(contentsOf: Self.mirroredStart(of: pending), at: 0) }
            let missing = (open - 1) * Self.hop + Self.window - rest.count
            if missing > 0 { rest.append(contentsOf: Self.ending(ending, of: rest, count: missing)) }
            var transform = transform
            values.append(contentsOf: Self.energies(of: rest, frames: open, &transform, hann, filters))
        }
        values.append(contentsOf: repeatElement(Self.silence, count: frames * melCount - values.count))
        return values
    }

    /// Half a window before the first sample of sound that is shorter than that.
    private static func mirroredStart(of samples: [Float]) -> [Float] {
        let mirrored = Array(samples.dropFirst().prefix(window / 2).reversed())
        return [Float](repeating: 0, count: window / 2 - mirrored.count) + mirrored
    }

    private static func ending(_ ending: Ending, of samples: [Float], count: Int) -> [Float] {
        var values = [Float](repeating: 0, count: count)
        if ending == .mirrored {
            for index in 0..<min(count, samples.count - 1) { values[index] = samples[samples.count - 2 - index] }
        }
        return values
    }

    /// log10 energies of consecutive frames, the first of which starts at the first sample.
    private static func energies(
        of samples: [Float], frames: Int, _ transform: inout RealFFT, _ hann: [Float], _ filters: MelFilterbank
    ) -> [Float] {
        let mels = filters.count
        let bins = transform.binCount
        return [Float](unsafeUninitializedCapacity: frames * mels) { output, count in
            withUnsafeTemporaryAllocation(of: Float.self, capacity: window + 2 * bins) { space in
                let windowed = UnsafeMutableBufferPointer(rebasing: space[0..<window])
                let real = UnsafeMutableBufferPointer(rebasing: space[window..<(window + bins)])
                let imaginary = UnsafeMutableBufferPointer(rebasing: space[(window + bins)..<(window + 2 * bins)])
                for frame in 0..<frames {
                    weigh(samples, from: frame * hop, by: hann, into: windowed)
                    transform.forward(UnsafeBufferPointer(windowed), real: real, imaginary: imaginary)
                    var bin = 0
                    while bin < bins {
                        real[bin] = real[bin] * real[bin] + imaginary[bin] * imaginary[bin]
                        bin &+= 1
                    }
                    let row = UnsafeMutableBufferPointer(rebasing: output[(frame * mels)..<((frame + 1) * mels)])
                    filters.apply(to: UnsafeBufferPointer(real), into: row)
                    for mel in 0..<mels { row[mel] = log10(max(row[mel], 1e-20)) }
                }
            }
            count = frames * mels
        }
    }

    private static func weigh(
        _ samples: [Float], from start: Int, by hann: [Float], into windowed: UnsafeMutableBufferPointer<Float>
    ) {
        samples.withUnsafeBufferPointer { samples in
            hann.withUnsafeBufferPointer { hann in
                var index = 0
                while index < window {
                    windowed[index] = samples[start &+ index] * hann[index]
                    index &+= 1
                }
            }
        }
    }
}
