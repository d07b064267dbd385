/// An adaptive model of the way from loudspeaker to microphone, and the echo it predicts.
///
/// A partitioned-block frequency-domain filter whose step sizes are Kalman gains: every partition and every
/// frequency carries its own uncertainty, which falls as the echo is explained and rises with time. The gain
/// weighs that uncertainty against the power of everything that is not echo, so a person who speaks at the
/// same time slows adaptation down instead of leading it astray; there is no double-talk detector to tune.
///
/// The method is the diagonalised partitioned Kalman filter of Kuech, Mabande and Enzner (2014).
struct EchoPathFilter: Sendable {
    /// Samples a block. The transform is twice as long.
    static let block = 256
    static let size = 2 * block
    static let bins = block + 1

    let partitions: Int
    /// What is left of the last block's microphone sound.
    private(set) var error = [Float](repeating: 0, count: block)
    /// The echo predicted in the last block.
    private(set) var echo = [Float](repeating: 0, count: block)
    /// The power that the model itself expects to be wrong by, for each of `bins` frequencies.
    private(set) var uncertainty = [Float](repeating: 0, count: bins)

    private let persistence: Float
    private var fft = RealFFT(size: size)
    private var reference: Spectra
    private var path: Spectra
    private var covariance: [Float]
    /// The power of what is not echo, smoothed.
    private var disturbance = [Float](repeating: 0, count: bins)
    private var newest = 0
    /// References in a row that were digital silence.
    private var silentBlocks = 0
    /// Whether nothing was played within the model's length: there is no echo, and nothing to learn.
    private var isIdle: Bool { silentBlocks > partitions }
    private var product = Spectra(count: 1, bins: bins)
    private var innovation = Spectra(count: 1, bins: bins)
    private var gain = [Float](repeating: 0, count: bins)
    private var frame = [Float](repeating: 0, count: size)
    /// The covariance of a partition about which nothing is known yet: with
    /// sixteen of them, a path gain of 6 dB.
    private static let ignorance: Float = 0.25

    /// - Parameters:
    ///   - partitions: blocks the model is long.
    ///   - persistence: how much of the path is still true a block later, just under 1.
    init(partitions: Int, persistence: Float) {
        self.partitions = partitions
        self.persistence = persistence
        reference = Spectra(count: partitions, bins: Self.bins)
        path = Spectra(count: partitions, bins: Self.bins)
        covariance = [Float](repeating: Self.ignorance, count: partitions * Self.bins)
    }

    /// Takes the reference's next block without looking at the microphone.
    /// - Parameter samples: `size` samples: the block before and the block.
    mutating func push(reference samples: [Float]) {
        silentBlocks = samples.allSatisfy { $0 == 0 } ? silentBlocks + 1 : 0
        guard !isIdle else { return }
        newest = newest == 0 ? partitions - 1 : newest - 1
        EchoKernels.forward(&fft, samples, &reference.real, &reference.imaginary, at: newest * Self.bins)
    }

    /// Predicts the echo of the reference pushed last into `echo`, and what is left of the microphone into `error`.
    mutating func predict(microphone: [Float]) {
        guard !isIdle else {
            for index in 0..<Self.block { (echo[index], error[index]) = (0, microphone[index]) }
            return
        }
        product.clear()
        for partition in 0..<partitions {
            EchoKernels.accumulate(
                reference.real, reference.imaginary, at: slot(partition) * Self.bins,
                path.real, path.imaginary, at: partition * Self.bins,
                &product.real, &product.imaginary, count: Self.bins)
        }
        EchoKernels.inverse(&fft, product.real, product.imaginary, at: 0, &frame)
        for index in 0..<Self.block {
            echo[index] = frame[Self.block + index]
            error[index] = microphone[index] - echo[index]
        }
    }

    /// Learns from the last prediction.
    mutating func adapt() {
        guard !isIdle else {
            for bin in 0..<Self.bins { uncertainty[bin] = 0 }
            return
        }
        for index in 0..<Self.block {
            frame[index] = 0
            frame[Self.block + index] = error[index]
        }
        EchoKernels.forward(&fft, frame, &innovation.real, &innovation.imaginary, at: 0)
        for bin in 0..<Self.bins { uncertainty[bin] = 0 }
        for partition in 0..<partitions {
            EchoKernels.addUncertainty(
                reference.real, reference.imaginary, at: slot(partition) * Self.bins,
                covariance, at: partition * Self.bins, &uncertainty, count: Self.bins)
        }
        EchoKernels.gain(
            innovation.real, innovation.imaginary, &uncertainty, &disturbance, &gain, count: Self.bins)
        for partition in 0..<partitions {
            EchoKernels.update(
                reference.real, reference.imaginary, at: slot(partition) * Self.bins,
                innovation.real, innovation.imaginary, gain,
                &path.real, &path.imaginary, &covariance, at: partition * Self.bins,
                persistence: persistence * persistence, count: Self.bins)
            constrain(partition)
        }
    }

    /// Moves the model to a reference that is read later (a positive count: the path begins earlier in it).
    mutating func shift(blocks: Int) {
        let old = (path, covariance)
        for partition in 0..<partitions {
            let from = partition + blocks
            let isKnown = from >= 0 && from < partitions
            for bin in 0..<Self.bins {
                let index = partition * Self.bins + bin
                path.real[index] = isKnown ? old.0.real[from * Self.bins + bin] : 0
                path.imaginary[index] = isKnown ? old.0.imaginary[from * Self.bins + bin] : 0
                covariance[index] =
                    isKnown ? old.1[from * Self.bins + bin] : old.1[(partitions - 1) * Self.bins + bin]
            }
        }
    }

    /// Keeps the model, but trusts it less: the path may have changed, and its arrivals may lie anywhere.
    mutating func doubt() {
        for bin in 0..<Self.bins {
            var power: Float = 0
            for index in stride(from: bin, to: path.real.count, by: Self.bins) {
                power += path.real[index] * path.real[index] + path.imaginary[index] * path.imaginary[index]
            }
            let doubt = max(Self.ignorance / 4, power / Float(partitions))
            for index in stride(from: bin, to: covariance.count, by: Self.bins) {
                covariance[index] = max(covariance[index], doubt)
            }
        }
    }

    /// Takes over what another filter of the same shape knows.
    mutating func adopt(_ other: EchoPathFilter) {
        path = other.path
        covariance = other.covariance
    }

    /// Forgets the path.
    mutating func reset() {
        path.clear()
        for index in covariance.indices { covariance[index] = Self.ignorance }
        for bin in 0..<Self.bins { (uncertainty[bin], disturbance[bin]) = (0, 0) }
    }

    /// Where the reference's block of this age is.
    private func slot(_ age: Int) -> Int {
        let index = newest + age
        return index < partitions ? index : index - partitions
    }

    /// A partition is `block` samples long; what the product of spectra put after that wraps around.
    private mutating func constrain(_ partition: Int) {
        EchoKernels.inverse(&fft, path.real, path.imaginary, at: partition * Self.bins, &frame)
        for index in Self.block..<Self.size { frame[index] = 0 }
        EchoKernels.forward(&fft, frame, &path.real, &path.imaginary, at: partition * Self.bins)
    }
}
