import RiposteAudio

/// Turns hibari's features into sound, a tenth of a second at a time:
/// `S = exp(lh) · e^(iπ tanh θ) · STFT(pulses(f0)) + exp(ln) · Z + exp(lr) · e^(iφ)`, then the inverse transform.
///
/// Frames of 300 samples at 24 kHz, transforms of 1200 with a periodic Hann window, centred. The same features and
/// seed give the same samples.
struct HibariVocoder: Sendable {
    static let sampleRate = 24_000
    static let hop = 300
    private static let size = 1200
    private static let binCount = HibariFeatures.binCount
    /// Frames a block: one for each lane of the vectors.
    private static let lanes = 8
    /// Exponents are clipped here, so that an outlier cannot blow up the sound.
    private static let largestExponent: Float = 7

    private static let hann = ShortTimeFourierTransform.hann(size)
    private static let analysisHann = hann.map { $0 * 4 / Float(size) }

    /// The parts of the sound, to be heard apart in tests.
    struct Parts: OptionSet, Sendable {
        let rawValue: Int
        static let voiced = Parts(rawValue: 1)
        static let noise = Parts(rawValue: 2)
        static let free = Parts(rawValue: 4)
        static let all: Parts = [.voiced, .noise, .free]
    }

    private let features: HibariFeatures
    private let parts: Parts
    private let frameCount: Int
    private let pulses: [Float]
    private let window: [Float]
    /// The window divided by 300, which makes a unit cosine peak at its amplitude.
    private let analysisWindow: [Float]
    private var fft = RealFFT(size: Self.size)
    private var noise: GaussianNoise
    private var frame = 0
    /// Bin by bin, the eight frames of a block side by side.
    private var real = [Float](repeating: 0, count: Self.binCount * Self.lanes)
    private var imaginary = [Float](repeating: 0, count: Self.binCount * Self.lanes)
    /// One frame's spectrum and samples.
    private var frameReal = [Float](repeating: 0, count: Self.binCount)
    private var frameImaginary = [Float](repeating: 0, count: Self.binCount)
    private var frameSamples = [Float](repeating: 0, count: Self.size)
    /// Sums of the overlapping frames, from the current frame's first sample on.
    private var overlap = [Float](repeating: 0, count: Self.size)

    /// - Parameter features: consistent ones (`isConsistent`).
    init(_ features: HibariFeatures, seed: UInt64, parts: Parts = .all) {
        self.features = features
        self.parts = parts
        frameCount = features.frameCount
        pulses = PulseTrain.samples(pitch: features.pitch, hop: Self.hop, sampleRate: Self.sampleRate)
        window = Self.hann
        analysisWindow = Self.analysisHann
        noise = GaussianNoise(seed: seed)
    }

    /// The next samples; nil at the end. All of them together are 300 for each frame.
    mutating func next() -> [Float]? {
        guard frame < frameCount else { return nil }
        let block = frame..<min(frame + Self.lanes, frameCount)
        for (lane, index) in block.enumerated() { analyse(frame: index, lane: lane) }
        shape(from: block.lowerBound)
        var samples: [Float] = []
        samples.reserveCapacity((block.count + 2) * Self.hop)
        for (lane, index) in block.enumerated() { synthesise(frame: index, lane: lane, into: &samples) }
        frame = block.upperBound
        if frame == frameCount {
            // The sound ends half a window after the last frame's centre but two hops.
            for hop in frameCount...frameCount + 1 { finishHop(hop, into: &samples) }
        }
        return samples
    }

    /// Puts the pulses' spectrum around a frame into its lane.
    private mutating func analyse(frame: Int, lane: Int) {
        let start = frame * Self.hop - Self.size / 2
        let isInside = start >= 0 && start + Self.size <= pulses.count
        if isInside, !pulses[start..<start + Self.size].contains(where: { $0 != 0 }) {
            // No voice anywhere near.
            for bin in 0..<Self.binCount {
                real[bin * Self.lanes + lane] = 0
                imaginary[bin * Self.lanes + lane] = 0
            }
            return
        }
        for offset in 0..<Self.size {
            let at = isInside ? start + offset : mirrored(start + offset)
            frameSamples[offset] = pulses[at] * analysisWindow[offset]
        }
        frameSamples.withUnsafeBufferPointer { samples in
            frameReal.withUnsafeMutableBufferPointer { re in
                frameImaginary.withUnsafeMutableBufferPointer { fft.forward(samples, real: re, imaginary: $0) }
            }
        }
        for bin in 0..<Self.binCount {
            real[bin * Self.lanes + lane] = frameReal[bin]
            imaginary[bin * Self.lanes + lane] = frameImaginary[bin]
        }
    }

    /// Where a position outside the sound is mirrored to.
    private func mirrored(_ position: Int) -> Int {
        guard pulses.count > 1 else { return 0 }
        let period = 2 * (pulses.count - 1)
        let at = ((position % period) + period) % period
        return at < pulses.count ? at : period - at
    }

    /// Applies the network's filters to the block's spectra, and adds noise and the free part.
    private mutating func shape(from first: Int) {
        for bin in 0..<Self.binCount {
            let at = bin * frameCount + first
            var re = Self.load(real, bin * Self.lanes)
            var im = Self.load(imaginary, bin * Self.lanes)
            let level = Self.level(features.voicedMagnitude, at, isOn: parts.contains(.voiced))
            let turn = SIMD8.cosineAndSine(turns: SIMD8.tangent(Self.load(features.voicedPhase, at)) * 0.5)
            let (cosine, sine) = (level * turn.cosine, level * turn.sine)
            (re, im) = (re * cosine - im * sine, re * sine + im * cosine)

            let noiseLevel = Self.level(features.noiseMagnitude, at, isOn: parts.contains(.noise))
            let z = noise.next()
            let freeLevel = Self.level(features.freeMagnitude, at, isOn: parts.contains(.free))
            let freeTurn = SIMD8.cosineAndSine(turns: Self.load(features.freePhase, at) * (0.5 / .pi))
            re += noiseLevel * z.real + freeLevel * freeTurn.cosine
            im += noiseLevel * z.imaginary + freeLevel * freeTurn.sine
            Self.store(re, in: &real, bin * Self.lanes)
            Self.store(im, in: &imaginary, bin * Self.lanes)
        }
    }

    @inline(__always) private static func level(_ logarithms: [Float], _ at: Int, isOn: Bool) -> SIMD8<Float> {
        guard isOn else { return .zero }
        return .exponential(pointwiseMin(load(logarithms, at), SIMD8(repeating: largestExponent)))
    }

    @inline(__always) private static func load(_ values: [Float], _ at: Int) -> SIMD8<Float> {
        if at + lanes > values.count {
            // The last block reaches past the end of the last row.
            var vector = SIMD8<Float>()
            for lane in 0..<max(0, values.count - at) { vector[lane] = values[at + lane] }
            return vector
        }
        return values.withUnsafeBytes { $0.loadUnaligned(fromByteOffset: at &* 4, as: SIMD8<Float>.self) }
    }

    @inline(__always) private static func store(_ vector: SIMD8<Float>, in values: inout [Float], _ at: Int) {
        values.withUnsafeMutableBytes { $0.storeBytes(of: vector, toByteOffset: at &* 4, as: SIMD8<Float>.self) }
    }

    /// Transforms a lane's spectrum back and adds it to the sums.
    private mutating func synthesise(frame: Int, lane: Int, into samples: inout [Float]) {
        for bin in 0..<Self.binCount {
            frameReal[bin] = real[bin * Self.lanes + lane]
            frameImaginary[bin] = imaginary[bin * Self.lanes + lane]
        }
        frameReal.withUnsafeBufferPointer { re in
            frameImaginary.withUnsafeBufferPointer { im in
                frameSamples.withUnsafeMutableBufferPointer { fft.inverse(real: re, imaginary: im, into: $0) }
            }
        }
        overlap.withUnsafeMutableBufferPointer { overlap in
            frameSamples.withUnsafeBufferPointer { samples in
                window.withUnsafeBufferPointer { window in
                    for offset in 0..<Self.size { overlap[offset] += samples[offset] * window[offset] }
                }
            }
        }
        finishHop(frame, into: &samples)
    }

    /// Gives out the first hop of the sums, which no later frame reaches, and moves on by one.
    /// The first two hops lie before the first frame's centre and are not part of the sound.
    private mutating func finishHop(_ hop: Int, into samples: inout [Float]) {
        if hop >= 2 {
            let frames = max(hop - 3, 0)...min(hop, frameCount - 1)
            // Four overlapping windows, squared, sum up to 1.5 everywhere.
            if frames.count == 4 {
                for offset in 0..<Self.hop { samples.append(overlap[offset] * (1 / 1.5)) }
            } else {
                for offset in 0..<Self.hop { samples.append(overlap[offset] / weight(of: frames, in: hop, offset)) }
            }
        }
        overlap.removeFirst(Self.hop)
        overlap.append(contentsOf: repeatElement(0, count: Self.hop))
    }

    /// The sum of the squared windows of frames at a place of a hop.
    private func weight(of frames: ClosedRange<Int>, in hop: Int, _ offset: Int) -> Float {
        var weight: Float = 0
        for frame in frames {
            let value = window[(hop - frame) * Self.hop + offset]
            weight += value * value
        }
        return max(weight, 1e-11)
    }
}
