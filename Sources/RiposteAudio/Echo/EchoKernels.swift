/// Half spectra one after the other, their real and imaginary parts apart.
struct Spectra: Sendable {
    var real: [Float]
    var imaginary: [Float]

    init(count: Int, bins: Int) {
        real = [Float](repeating: 0, count: count * bins)
        imaginary = [Float](repeating: 0, count: count * bins)
    }

    mutating func clear() {
        for index in real.indices { (real[index], imaginary[index]) = (0, 0) }
    }
}

/// The inner loops of the echo path filter. They take pointers, so that the compiler makes vector code of
/// them; the caller answers for the lengths.
enum EchoKernels {
    static func forward(
        _ fft: inout RealFFT, _ samples: UnsafePointer<Float>,
        _ real: UnsafeMutablePointer<Float>, _ imaginary: UnsafeMutablePointer<Float>, at offset: Int
    ) {
        fft.forward(
            UnsafeBufferPointer(start: samples, count: fft.size),
            real: UnsafeMutableBufferPointer(start: real + offset, count: fft.binCount),
            imaginary: UnsafeMutableBufferPointer(start: imaginary + offset, count: fft.binCount))
    }

    static func inverse(
        _ fft: inout RealFFT, _ real: UnsafePointer<Float>, _ imaginary: UnsafePointer<Float>, at offset: Int,
        _ samples: UnsafeMutablePointer<Float>
    ) {
        fft.inverse(
            real: UnsafeBufferPointer(start: real + offset, count: fft.binCount),
            imaginary: UnsafeBufferPointer(start: imaginary + offset, count: fft.binCount),
            into: UnsafeMutableBufferPointer(start: samples, count: fft.size))
    }

    /// sum += x · w
    static func accumulate(
        _ xr: UnsafePointer<Float>, _ xi: UnsafePointer<Float>, at x: Int,
        _ wr: UnsafePointer<Float>, _ wi: UnsafePointer<Float>, at w: Int,
        _ sumReal: UnsafeMutablePointer<Float>, _ sumImaginary: UnsafeMutablePointer<Float>, count: Int
    ) {
        for bin in 0..<count {
            let (a, b, c, d) = (xr[x &+ bin], xi[x &+ bin], wr[w &+ bin], wi[w &+ bin])
            sumReal[bin] += a * c - b * d
            sumImaginary[bin] += a * d + b * c
        }
    }

    /// sum += ½ |x|² · covariance. Half, because half of the transform of an error block is zeros.
    static func addUncertainty(
        _ xr: UnsafePointer<Float>, _ xi: UnsafePointer<Float>, at x: Int,
        _ covariance: UnsafePointer<Float>, at w: Int, _ sum: UnsafeMutablePointer<Float>, count: Int
    ) {
        for bin in 0..<count {
            let (a, b) = (xr[x &+ bin], xi[x &+ bin])
            sum[bin] += 0.5 * (a * a + b * b) * covariance[w &+ bin]
        }
    }

    /// The Kalman gain's common factor, 1 / (uncertainty + disturbance).
    static func gain(
        _ er: UnsafePointer<Float>, _ ei: UnsafePointer<Float>, _ uncertainty: UnsafeMutablePointer<Float>,
        _ disturbance: UnsafeMutablePointer<Float>, _ gain: UnsafeMutablePointer<Float>, count: Int
    ) {
        for bin in 0..<count {
            let power = er[bin] * er[bin] + ei[bin] * ei[bin]
            disturbance[bin] += 0.2 * (power - disturbance[bin])
            gain[bin] = 1 / (2 * uncertainty[bin] + max(disturbance[bin], power) + 1e-7)
        }
    }

    static func update(
        _ xr: UnsafePointer<Float>, _ xi: UnsafePointer<Float>, at x: Int,
        _ er: UnsafePointer<Float>, _ ei: UnsafePointer<Float>, _ gain: UnsafePointer<Float>,
        _ wr: UnsafeMutablePointer<Float>, _ wi: UnsafeMutablePointer<Float>,
        _ covariance: UnsafeMutablePointer<Float>, at w: Int, persistence: Float, count: Int
    ) {
        for bin in 0..<count {
            let (a, b, e, f) = (xr[x &+ bin], xi[x &+ bin], er[bin], ei[bin])
            let step = covariance[w &+ bin] * gain[bin]
            let real = wr[w &+ bin] + step * (a * e + b * f)
            let imaginary = wi[w &+ bin] + step * (a * f - b * e)
            wr[w &+ bin] = real
            wi[w &+ bin] = imaginary
            covariance[w &+ bin] =
                persistence * (1 - 0.5 * step * (a * a + b * b)) * covariance[w &+ bin]
                + (1 - persistence) * (real * real + imaginary * imaginary)
        }
    }
}
