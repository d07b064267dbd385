import Foundation

/// Changes the sample rate of a stream of sound, band-limited: a windowed sinc, one row of coefficients for
/// each fractional position (polyphase).
///
/// The filter's delay is compensated: output sample `k` is the sound at `k / to` seconds, exactly, and `n`
/// samples in become `⌈n · to / from⌉` samples out. What remains is that an output can only be made once the
/// sound half a filter ahead is there: `latency`.
///
/// ```swift
/// var resampler = Resampler(from: 48_000, to: 16_000)
/// let first = resampler.process(block)  // as the sound arrives
/// let rest = resampler.finish()  // at its end
/// ```
public struct Resampler: Sendable {
    /// The filter's shape.
    public struct Configuration: Sendable, Equatable {
        /// Half the filter's length, in periods of the lower of the two rates. Default 48: 3 ms at 16 kHz.
        public var halfWidth: Int
        /// The width of the transition band as a fraction of the lower Nyquist frequency; what lies above that
        /// frequency is rejected. Default 0.12: flat to 7.0 kHz at 16 kHz.
        public var transition: Double
        /// Kaiser's β. Default 8.96, which is 90 dB of rejection by his formula β = 0.1102 (A − 8.7).
        public var beta: Double

        public init(halfWidth: Int = 48, transition: Double = 0.12, beta: Double = 8.96) {
            self.halfWidth = halfWidth
            self.transition = transition
            self.beta = beta
        }
    }

    /// The rate of what goes in, in hertz.
    public let inputRate: Int
    /// The rate of what comes out, in hertz.
    public let outputRate: Int
    /// How far the input must be ahead of an output, in input samples; 0 when the rates are equal.
    public var latency: Int { isIdentity ? 0 : half }

    private let up: Int
    private let down: Int
    private let half: Int
    private var isIdentity: Bool { up == down }
    /// Rows of `2 · half` coefficients, for the fractions 0 … 1 in steps of 1 / `rowSteps`.
    private let rows: [Float]
    private let rowSteps: Int
    /// Above this many fractions, coefficients are interpolated between this half as many rows (error below
    /// −100 dB).
    private static let exactRows = 1024

    /// Input from `bufferStart` on.
    private var buffer: [Float] = []
    private var bufferStart = 0
    private var received = 0
    private var produced = 0

    /// - Parameters:
    ///   - inputRate: in hertz, above 0.
    ///   - outputRate: in hertz, above 0.
    public init(from inputRate: Int, to outputRate: Int, configuration: Configuration = Configuration()) {
        precondition(inputRate > 0 && outputRate > 0, "rates are positive")
        self.inputRate = inputRate
        self.outputRate = outputRate
        let divisor = Self.greatestCommonDivisor(inputRate, outputRate)
        up = outputRate / divisor
        down = inputRate / divisor
        guard up != down else {
            (half, rows, rowSteps) = (0, [], 1)
            return
        }
        let ratio = min(1, Double(up) / Double(down))
        half = Int((Double(configuration.halfWidth) / ratio).rounded(.up))
        rowSteps = up <= Self.exactRows ? up : Self.exactRows / 2
        rows = Self.coefficients(half: half, steps: rowSteps, ratio: ratio, configuration)
        restart()
    }

    /// The output that has become possible with these samples.
    public mutating func process(_ samples: [Float]) -> [Float] {
        samples.withUnsafeBufferPointer { process($0) }
    }

    /// The output that has become possible with these samples.
    public mutating func process(_ samples: UnsafeBufferPointer<Float>) -> [Float] {
        received += samples.count
        if isIdentity {
            produced += samples.count
            return Array(samples)
        }
        buffer.append(contentsOf: samples)
        // Output k needs the input up to ⌊k · down / up⌋ + half.
        let reach = received - half
        return reach > 0 ? produce(upTo: (reach * up + down - 1) / down) : []
    }

    /// The rest of the output, as if silence followed. The resampler is then as new.
    public mutating func finish() -> [Float] {
        defer { restart() }
        if isIdentity { return [] }
        buffer.append(contentsOf: repeatElement(0, count: half + 1))
        return produce(upTo: (received * up + down - 1) / down)
    }

    /// Resamples a whole sound.
    public static func resample(_ samples: [Float], from inputRate: Int, to outputRate: Int) -> [Float] {
        if inputRate == outputRate { return samples }
        var resampler = Resampler(from: inputRate, to: outputRate)
        return resampler.process(samples) + resampler.finish()
    }

    private mutating func restart() {
        buffer = [Float](repeating: 0, count: max(0, half - 1))
        bufferStart = 1 - half
        received = 0
        produced = 0
    }

    private mutating func produce(upTo end: Int) -> [Float] {
        let count = end - produced
        guard count > 0 else { return [] }
        let taps = 2 * half
        let (wholeStep, fractionStep) = (down / up, down % up)
        var whole = produced * down / up
        var fraction = produced * down % up
        let isExact = rowSteps == up
        let output = [Float](unsafeUninitializedCapacity: count) { output, initialized in
            buffer.withUnsafeBufferPointer { buffer in
                rows.withUnsafeBufferPointer { rows in
                    guard let buffer = buffer.baseAddress, let rows = rows.baseAddress else { return }
                    var k = 0
                    while k < count {
                        let sound = buffer + (whole &- half &+ 1 &- bufferStart)
                        if isExact {
                            output[k] = Self.dot(sound, rows + fraction &* taps, taps)
                        } else {
                            let at = Double(fraction) * Double(rowSteps) / Double(up)
                            let row = Int(at)
                            let low = Self.dot(sound, rows + row &* taps, taps)
                            let high = Self.dot(sound, rows + (row &+ 1) &* taps, taps)
                            output[k] = low + Float(at - Double(row)) * (high - low)
                        }
                        whole &+= wholeStep
                        fraction &+= fractionStep
                        if fraction >= up {
                            fraction &-= up
                            whole &+= 1
                        }
                        k &+= 1
                    }
                    initialized = count
                }
            }
        }
        produced = end
        let needed = produced * down / up - half + 1
        let surplus = min(needed - bufferStart, buffer.count)
        if surplus > 0 {
            buffer.removeFirst(surplus)
            bufferStart += surplus
        }
        return output
    }

    /// Four sums side by side, which the optimiser turns into vector instructions.
    private static func dot(_ a: UnsafePointer<Float>, _ b: UnsafePointer<Float>, _ count: Int) -> Float {
        var (s0, s1, s2, s3): (Float, Float, Float, Float) = (0, 0, 0, 0)
        var i = 0
        while i &+ 3 < count {
            s0 += a[i] * b[i]
            s1 += a[i &+ 1] * b[i &+ 1]
            s2 += a[i &+ 2] * b[i &+ 2]
            s3 += a[i &+ 3] * b[i &+ 3]
            i &+= 4
        }
        while i < count {
            s0 += a[i] * b[i]
            i &+= 1
        }
        return (s0 + s1) + (s2 + s3)
    }

    private static func coefficients(
        half: Int, steps: Int, ratio: Double, _ configuration: Configuration
    ) -> [Float] {
        // The middle of the transition band, so that it ends at the lower Nyquist frequency.
        let cutoff = ratio * (1 - configuration.transition / 2)
        var rows: [Float] = []
        rows.reserveCapacity((steps + 1) * 2 * half)
        for step in 0...steps {
            let fraction = Double(step) / Double(steps)
            let row = (0..<2 * half).map { tap -> Double in
                let t = Double(tap - half + 1) - fraction
                let x = Double.pi * cutoff * t
                let sinc = abs(x) < 1e-12 ? 1 : sin(x) / x
                let edge = t / Double(half)
                let window = abs(edge) >= 1 ? 0 : bessel(configuration.beta * (1 - edge * edge).squareRoot())
                return sinc * window
            }
            // Every fraction passes a constant unchanged.
            let sum = row.reduce(0, +)
            rows.append(contentsOf: row.map { Float($0 / sum) })
        }
        return rows
    }

    /// The modified Bessel function of the first kind and order 0, by its power series.
    private static func bessel(_ x: Double) -> Double {
        var (sum, term, k) = (1.0, 1.0, 1.0)
        while term > sum * 1e-14 {
            term *= (x / (2 * k)) * (x / (2 * k))
            sum += term
            k += 1
        }
        return sum
    }

    private static func greatestCommonDivisor(_ a: Int, _ b: Int) -> Int {
        b == 0 ? a : greatestCommonDivisor(b, a % b)
    }
}
