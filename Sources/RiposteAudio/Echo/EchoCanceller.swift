import RiposteCore

/// Takes the assistant's own voice out of the microphone's sound, so that it can listen while it speaks.
///
/// The reference is what the loudspeaker plays, on the same clock as the microphone. An adaptive model of
/// the way from loudspeaker to microphone predicts the echo, which is subtracted; what remains of it is
/// suppressed. What is learnt stays: the second answer starts with the path the first one found.
///
/// ```swift
/// var canceller = EchoCanceller()
/// for try await frame in microphone.frames() {
///     let clean = canceller.process(microphone: frame, reference: played(at: frame.position, count: 512))
///     if canceller.report.excess > 6 { … }  // somebody speaks, and it is not the assistant
/// }
/// ```
///
/// It works at 16 kHz in blocks of 256 samples; frames of any length are taken, and multiples of 256 come
/// back at the length they came. The sound that comes back is 128 samples (8 ms) late, and says so: its
/// `position` is the one at which the microphone heard it.
public struct EchoCanceller: Sendable {
    public struct Configuration: Sendable, Equatable {
        /// The length of the room's response that is modelled, in seconds. Longer costs more and learns slower.
        public var tail = 0.256
        /// The longest delay between reference and echo that is looked for, in seconds; at most 0.32.
        public var longestDelay = 0.3
        /// Whether what the model leaves is suppressed as well. Without, the sound passes undistorted, and the
        /// echo is about 20 dB down.
        public var suppressesResidual = true
        public init() {}
    }

    /// In hertz.
    public static let sampleRate = 16000
    /// How much later than the microphone's the sound that comes back is, in samples.
    public static let latency = ResidualEchoSuppressor.hop
    public let configuration: Configuration
    /// About the frame that came last.
    public private(set) var report = EchoReport()

    private static let block = EchoPathFilter.block
    /// The model starts this much before the first arrival, because the strongest is not always the first.
    private static let headroom = 96

    private var timeline = ReferenceTimeline(capacity: 32768)
    private var filter: EchoPathFilter
    private var estimator: EchoDelayEstimator
    private var suppressor = ResidualEchoSuppressor()
    /// By how many samples the reference is read late.
    private var alignment = 0
    private var pending: [Float] = []
    /// The position of the next block.
    private var position: Int?
    private var microphone = [Float](repeating: 0, count: block)
    private var reference = [Float](repeating: 0, count: 2 * block)
    /// The last microphone blocks and how much of each was left, to try another alignment on.
    private var recent = RecentBlocks(block: block, count: 8)
    /// Energies of the microphone's blocks and of what was left of them, smoothed.
    private var power: (before: Float, after: Float) = (0, 0)
    /// Blocks in a row in which the filter made things worse.
    private var diverged = 0
    /// Blocks in a row that were mispredicted; negative while the last doubt takes effect.
    private var mispredicted = 0

    /// The model as it was when it last predicted well for a second, and for how many blocks it has since.
    private var trusted: EchoPathFilter
    private var faultless = 0

    public init(configuration: Configuration = Configuration()) {
        self.configuration = configuration
        let samples = Int(configuration.tail * Double(Self.sampleRate))
        filter = EchoPathFilter(partitions: max(1, (samples + Self.block - 1) / Self.block), persistence: 0.998)
        trusted = filter
        estimator = EchoDelayEstimator(longest: Int(configuration.longestDelay * Double(Self.sampleRate)))
    }

    /// Says what the loudspeaker plays, from a position of the microphone's timeline on. May come in any pieces,
    /// before the microphone frames of the same time. What is never said is silence.
    /// - Parameter played: mono at 16 kHz.
    public mutating func play(_ played: AudioFrame) {
        timeline.write(played.samples, at: played.position)
    }

    /// Takes the echo out of a frame.
    /// - Parameters:
    ///   - microphone: mono at 16 kHz, consecutive; after a gap in the positions it goes on from there.
    ///   - reference: what was played from the same position on; may be shorter or empty for silence.
    /// - Returns: what is ready of the sound without the echo, `latency` earlier in position.
    public mutating func process(microphone: AudioFrame, reference: [Float]) -> AudioFrame {
        timeline.write(reference, at: microphone.position)
        return process(microphone: microphone)
    }

    /// Takes the echo of what `play` was told out of a frame.
    public mutating func process(microphone frame: AudioFrame) -> AudioFrame {
        if position.map({ $0 + pending.count }) != frame.position {
            pending.removeAll(keepingCapacity: true)
            position = frame.position
            rewind(to: frame.position)
        }
        var at = position ?? frame.position
        let first = at
        pending.append(contentsOf: frame.samples)
        var samples: [Float] = []
        samples.reserveCapacity(pending.count)
        var levels = ResidualEchoSuppressor.Levels()
        var (blocks, heard): (Float, Float) = (0, 0)
        var offset = 0
        while offset + Self.block <= pending.count {
            for index in 0..<Self.block {
                let sample = pending[offset + index]
                self.microphone[index] = sample.isFinite ? max(-1, min(1, sample)) : 0
                heard += self.microphone[index] * self.microphone[index]
            }
            processBlock(at: at, into: &samples, levels: &levels)
            offset += Self.block
            at += Self.block
            blocks += 1
        }
        pending.removeFirst(offset)
        position = at
        if blocks > 0 { summarise(levels, blocks: blocks, heard: heard) }
        return AudioFrame(samples: samples, sampleRate: Self.sampleRate, position: first - Self.latency)
    }

    /// Forgets the room, the delay and everything heard: another device, another place.
    public mutating func reset() {
        self = EchoCanceller(configuration: configuration)
    }

    private mutating func processBlock(
        at position: Int, into samples: inout [Float], levels: inout ResidualEchoSuppressor.Levels
    ) {
        if let delay = estimator.process(microphone, end: position + Self.block, timeline: timeline) {
            follow(delay, at: position)
        }
        timeline.read(from: position - Self.block - alignment, count: 2 * Self.block, into: &reference)
        filter.push(reference: reference)
        filter.predict(microphone: microphone)
        var (before, after, loudest): (Float, Float, Float) = (0, 0, 0)
        for index in 0..<Self.block {
            before += microphone[index] * microphone[index]
            after += filter.error[index] * filter.error[index]
            loudest = max(loudest, abs(microphone[index]))
        }
        recent.append(microphone, error: after)
        // A clipped block says nothing true about the path.
        if loudest < 0.99 { filter.adapt() }
        resetIfDiverged(before: before, after: after)
        for hop in 0..<(Self.block / ResidualEchoSuppressor.hop) {
            suppressor.process(
                error: filter.error, echo: filter.echo, from: hop * ResidualEchoSuppressor.hop,
                uncertainty: filter.uncertainty)
            samples.append(
                contentsOf: configuration.suppressesResidual ? suppressor.output : suppressor.unsuppressed)
            levels.echo += suppressor.levels.echo
            levels.residual += suppressor.levels.residual
            levels.error += suppressor.levels.error
            levels.output += suppressor.levels.output
        }
        followChange()
    }

    /// Gives the model up when for half a second it has added sound instead of taking it away. The powers are
    /// smoothed, so that loud blocks decide: in the quiet after a sentence a wrong tail says little.
    private mutating func resetIfDiverged(before: Float, after: Float) {
        power.before += 0.1 * (before - power.before)
        power.after += 0.1 * (after - power.after)
        diverged = power.after > 1.5 * power.before + 1e-4 ? diverged + 1 : 0
        guard diverged > 30 else { return }
        filter.reset()
        diverged = 0
    }

    /// Lets the filter learn quickly again when its predictions have been wrong for 100 ms.
    private mutating func followChange() {
        mispredicted =
            suppressor.misprediction > ResidualEchoSuppressor.lostPath ? mispredicted + 1 : min(mispredicted + 1, 0)
        faultless = mispredicted == 0 ? faultless + 1 : 0
        if faultless >= 64 {
            trusted = filter
            faultless = 0
        }
        if mispredicted >= 6 {
            filter.doubt()
            mispredicted = -20
        }
    }

    /// Follows a measured delay: keeps the model if the whole path has moved, moves the model if it lies badly.
    private mutating func follow(_ delay: Int, at position: Int) {
        let last = report.delay
        report.delay = delay
        let wanted = max(0, delay - Self.headroom)
        if let last, abs(delay - last) > 8 {
            let moved = alignment + delay - last
            for known in [filter, trusted] where moved >= 0 {
                guard explainsMore(known, at: moved, position: position) else { continue }
                alignment = moved
                filter.adopt(known)
                rewind(to: position)
                return
            }
        }
        // In whole blocks the model can be moved as it is. It lies well if its first block or two hold the arrival.
        let blocks = (wanted - alignment) / Self.block - (wanted < alignment ? 1 : 0)
        let isBadlyPlaced = delay < alignment + 16 || delay > alignment + 3 * Self.block
        guard isBadlyPlaced, blocks != 0 else { return }
        alignment = max(0, alignment + blocks * Self.block)
        filter.shift(blocks: blocks)
        if last != nil { filter.doubt() }
        rewind(to: position)
    }

    /// Whether the model, read at another alignment, leaves less of the recent blocks than it did.
    private mutating func explainsMore(_ known: EchoPathFilter, at alignment: Int, position: Int) -> Bool {
        var trial = known
        var left: Float = 0
        let first = position - recent.count * Self.block
        for age in stride(from: filter.partitions - 1, to: 0, by: -1) {
            timeline.read(from: first - (age + 1) * Self.block - alignment, count: 2 * Self.block, into: &reference)
            trial.push(reference: reference)
        }
        for index in 0..<recent.count {
            timeline.read(
                from: first + (index - 1) * Self.block - alignment, count: 2 * Self.block, into: &reference)
            trial.push(reference: reference)
            trial.predict(microphone: recent.samples(index))
            for sample in trial.error { left += sample * sample }
        }
        return left < 0.5 * recent.error
    }

    /// Gives the filter the reference's past before a position again, as it is read now.
    private mutating func rewind(to position: Int) {
        for age in stride(from: filter.partitions, to: 0, by: -1) {
            timeline.read(
                from: position - (age + 1) * Self.block - alignment, count: 2 * Self.block, into: &reference)
            filter.push(reference: reference)
        }
    }

    private mutating func summarise(_ levels: ResidualEchoSuppressor.Levels, blocks: Float, heard: Float) {
        let hops = blocks * Float(Self.block / ResidualEchoSuppressor.hop)
        report.microphoneLevel = EchoReport.decibels(heard / (blocks * Float(Self.block)))
        report.echoLevel = EchoReport.decibels(levels.echo / hops)
        report.residualLevel = EchoReport.decibels(levels.residual / hops)
        report.errorLevel = EchoReport.decibels(levels.error / hops)
        report.outputLevel = EchoReport.decibels(levels.output / hops)
    }
}
