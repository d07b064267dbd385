import Foundation

/// Sound as a row of spectra, and back: periodic Hann window, reflect padding, overlap-add.
///
/// With `centered` padding, frame `i` is centred on sample `i · hop`, and `n` samples give `n / hop + 1`
/// frames (what Whisper's features and the neural vocoders mean by a frame).
public struct ShortTimeFourierTransform: Sendable {
    /// The shape of the frames.
    public struct Configuration: Sendable, Equatable {
        /// Samples a frame and transform: 400 for Whisper's features, 1200 for a 24 kHz vocoder.
        public var size: Int
        /// Samples from one frame to the next.
        public var hop: Int
        /// Whether the sound is padded by half a frame on either side, mirrored, so that frames are centred.
        public var isCentered: Bool
        /// What the window is multiplied by before the forward transform. `4 / size` makes a unit cosine
        /// peak at its amplitude. Default 1. The inverse always uses the plain window.
        public var analysisGain: Float

        public init(size: Int = 400, hop: Int = 160, isCentered: Bool = true, analysisGain: Float = 1) {
            self.size = size
            self.hop = hop
            self.isCentered = isCentered
            self.analysisGain = analysisGain
        }
    }

    public let configuration: Configuration
    /// Values a spectrum: size / 2 + 1.
    public var binCount: Int { fft.binCount }

    private var fft: RealFFT
    private let window: [Float]
    private let analysisWindow: [Float]
    private var frame: [Float]
    private var real: [Float]
    private var imaginary: [Float]

    public init(_ configuration: Configuration = Configuration()) {
        precondition(configuration.hop > 0, "frames must advance")
        self.configuration = configuration
        fft = RealFFT(size: configuration.size)
        window = Self.hann(configuration.size)
        analysisWindow = window.map { $0 * configuration.analysisGain }
        frame = [Float](repeating: 0, count: configuration.size)
        real = [Float](repeating: 0, count: configuration.size / 2 + 1)
        imaginary = real
    }

    /// A periodic Hann window: ½ − ½ cos(2πi / size).
    public static func hann(_ size: Int) -> [Float] {
        (0..<size).map { Float(0.5 - 0.5 * cos(2 * Double.pi * Double($0) / Double(size))) }
    }

    /// How many frames that many samples give.
    public func frameCount(sampleCount: Int) -> Int {
        let padded = sampleCount + (configuration.isCentered ? 2 * (configuration.size / 2) : 0)
        return padded < configuration.size ? 0 : (padded - configuration.size) / configuration.hop + 1
    }

    /// How many samples that many frames give back.
    public func sampleCount(frameCount: Int) -> Int {
        guard frameCount > 0 else { return 0 }
        let padded = (frameCount - 1) * configuration.hop + configuration.size
        return configuration.isCentered ? padded - 2 * (configuration.size / 2) : padded
    }

    /// Gives the spectrum of each frame in turn to `body`: the frame's index and `binCount` real and imaginary
    /// parts, which are valid only during the call. Nothing is allocated.
    /// - Parameters:
    ///   - samples: the sound; mirrored at its ends as often as it takes when it is shorter than the padding.
    ///   - range: the frames wanted; all when nil.
    public mutating func forward(
        _ samples: UnsafeBufferPointer<Float>, frames range: Range<Int>? = nil,
        body: (Int, UnsafeBufferPointer<Float>, UnsafeBufferPointer<Float>) throws -> Void
    ) rethrows {
        let all = 0..<frameCount(sampleCount: samples.count)
        guard !samples.isEmpty else { return }
        let (size, hop) = (configuration.size, configuration.hop)
        let padding = configuration.isCentered ? size / 2 : 0
        for index in (range ?? all).clamped(to: all) {
            let start = index * hop - padding
            frame.withUnsafeMutableBufferPointer { frame in
                analysisWindow.withUnsafeBufferPointer { window in
                    let inside = start >= 0 && start + size <= samples.count
                    var i = 0
                    while i < size {
                        let at = inside ? start &+ i : Self.reflect(start &+ i, in: samples.count)
                        frame[i] = samples[at] * window[i]
                        i &+= 1
                    }
                }
            }
            frame.withUnsafeBufferPointer { frame in
                real.withUnsafeMutableBufferPointer { real in
                    imaginary.withUnsafeMutableBufferPointer { fft.forward(frame, real: real, imaginary: $0) }
                }
            }
            try real.withUnsafeBufferPointer { real in
                try imaginary.withUnsafeBufferPointer { try body(index, real, $0) }
            }
        }
    }

    /// All spectra at once, frame after frame: `frameCount · binCount` real and imaginary parts.
    public mutating func forward(_ samples: [Float]) -> (real: [Float], imaginary: [Float]) {
        var allReal: [Float] = []
        var allImaginary: [Float] = []
        let count = frameCount(sampleCount: samples.count) * binCount
        allReal.reserveCapacity(count)
        allImaginary.reserveCapacity(count)
        samples.withUnsafeBufferPointer { samples in
            forward(samples) { _, real, imaginary in
                allReal.append(contentsOf: real)
                allImaginary.append(contentsOf: imaginary)
            }
        }
        return (allReal, allImaginary)
    }

    /// The sound of a row of spectra: each frame transformed back, windowed, added where it belongs, and the
    /// sum divided by the summed squared window. The samples under a sum below 10⁻¹¹ are zero.
    /// - Parameters:
    ///   - real: `frameCount · binCount` real parts, frame after frame.
    ///   - imaginary: as many imaginary parts.
    /// - Returns: `sampleCount(frameCount:)` samples.
    public mutating func inverse(
        real: UnsafeBufferPointer<Float>, imaginary: UnsafeBufferPointer<Float>
    ) -> [Float] {
        precondition(real.count == imaginary.count && real.count % binCount == 0)
        let (size, hop, bins) = (configuration.size, configuration.hop, binCount)
        let frameCount = real.count / bins
        guard frameCount > 0 else { return [] }
        var sum = [Float](repeating: 0, count: (frameCount - 1) * hop + size)
        var weight = sum
        for index in 0..<frameCount {
            let range = index * bins..<(index + 1) * bins
            frame.withUnsafeMutableBufferPointer { frame in
                fft.inverse(
                    real: UnsafeBufferPointer(rebasing: real[range]),
                    imaginary: UnsafeBufferPointer(rebasing: imaginary[range]), into: frame)
                window.withUnsafeBufferPointer { window in
                    sum.withUnsafeMutableBufferPointer { sum in
                        weight.withUnsafeMutableBufferPointer { weight in
                            let start = index * hop
                            var i = 0
                            while i < size {
                                let w = window[i]
                                sum[start &+ i] += frame[i] * w
                                weight[start &+ i] += w * w
                                i &+= 1
                            }
                        }
                    }
                }
            }
        }
        let padding = configuration.isCentered ? size / 2 : 0
        let count = sampleCount(frameCount: frameCount)
        return [Float](unsafeUninitializedCapacity: count) { samples, initialized in
            sum.withUnsafeBufferPointer { sum in
                weight.withUnsafeBufferPointer { weight in
                    var i = 0
                    while i < count {
                        let w = weight[i &+ padding]
                        samples[i] = w > 1e-11 ? sum[i &+ padding] / w : 0
                        i &+= 1
                    }
                }
            }
            initialized = count
        }
    }

    /// The sound of a row of spectra; see the buffer version.
    public mutating func inverse(real: [Float], imaginary: [Float]) -> [Float] {
        real.withUnsafeBufferPointer { real in
            imaginary.withUnsafeBufferPointer { inverse(real: real, imaginary: $0) }
        }
    }

    /// Where a position outside the sound is mirrored to; the edge samples are not repeated.
    private static func reflect(_ position: Int, in count: Int) -> Int {
        guard count > 1 else { return 0 }
        let period = 2 * (count - 1)
        var at = position % period
        if at < 0 { at += period }
        return at < count ? at : period - at
    }
}
