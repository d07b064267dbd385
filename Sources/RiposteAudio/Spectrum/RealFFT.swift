import Foundation

/// The discrete Fourier transform of real samples: forward to half a spectrum, and back.
///
/// Any size works; products of 2, 3, 4 and 5 (400, 512, 1200 …) are quick. The plan and the work space are
/// made once, at `init`; a transform allocates nothing. A value of this type is used by one caller at a
/// time; copies are independent.
///
/// ```swift
/// var fft = RealFFT(size: 400)
/// let (real, imaginary) = fft.forward(samples)  // 201 bins; bin k is k · sampleRate / 400 hertz
/// let back = fft.inverse(real: real, imaginary: imaginary)  // the samples again
/// ```
public struct RealFFT: Sendable {
    /// Samples a transform.
    public let size: Int
    /// Values of the half spectrum: size / 2 + 1.
    public var binCount: Int { size / 2 + 1 }

    /// An even size is done as a complex transform of half the size; an odd one as a complex one of the full.
    private var complex: ComplexFFT
    private let cosines: [Float]
    private let sines: [Float]

    /// - Parameter size: samples a transform, at least 1.
    public init(size: Int) {
        precondition(size > 0, "a transform has at least one sample")
        self.size = size
        complex = ComplexFFT(size: size % 2 == 0 ? size / 2 : size)
        let angles = (0...(size / 2)).map { -2 * Double.pi * Double($0) / Double(size) }
        cosines = angles.map { Float(cos($0)) }
        sines = angles.map { Float(sin($0)) }
    }

    /// The half spectrum of `size` samples, unscaled: bin 0 is the samples' sum.
    /// - Parameters:
    ///   - samples: `size` samples.
    ///   - real: room for `binCount` real parts.
    ///   - imaginary: room for `binCount` imaginary parts.
    public mutating func forward(
        _ samples: UnsafeBufferPointer<Float>,
        real: UnsafeMutableBufferPointer<Float>, imaginary: UnsafeMutableBufferPointer<Float>
    ) {
        precondition(samples.count >= size && real.count >= binCount && imaginary.count >= binCount)
        guard let x = samples.baseAddress, let re = real.baseAddress, let im = imaginary.baseAddress else { return }
        let (size, bins) = (size, binCount)
        guard size % 2 == 0 else {
            complex.transform { zr, zi in
                zr.update(from: x, count: size)
                zi.update(repeating: 0, count: size)
            } body: { zr, zi in
                re.update(from: zr, count: bins)
                im.update(from: zi, count: bins)
            }
            return
        }
        let half = size / 2
        cosines.withUnsafeBufferPointer { c in
            sines.withUnsafeBufferPointer { s in
                complex.transform { zr, zi in
                    var k = 0
                    while k < half {
                        zr[k] = x[2 &* k]
                        zi[k] = x[2 &* k &+ 1]
                        k &+= 1
                    }
                } body: { zr, zi in
                    // The even samples' spectrum and the odd ones' are the two symmetric halves of z's.
                    re[0] = zr[0] + zi[0]
                    im[0] = 0
                    re[half] = zr[0] - zi[0]
                    im[half] = 0
                    var k = 1
                    while k < half {
                        let (ar, ai, br, bi) = (zr[k], zi[k], zr[half &- k], zi[half &- k])
                        let (er, ei) = (0.5 * (ar + br), 0.5 * (ai - bi))
                        let (or, oi) = (0.5 * (ai + bi), 0.5 * (br - ar))
                        re[k] = er + c[k] * or - s[k] * oi
                        im[k] = ei + c[k] * oi + s[k] * or
                        k &+= 1
                    }
                }
            }
        }
    }

    /// The `size` samples of a half spectrum, scaled so that it undoes `forward`. The imaginary parts of
    /// bin 0 and (for an even size) of the last bin are taken as zero.
    /// - Parameters:
    ///   - real: `binCount` real parts.
    ///   - imaginary: `binCount` imaginary parts.
    ///   - samples: room for `size` samples.
    public mutating func inverse(
        real: UnsafeBufferPointer<Float>, imaginary: UnsafeBufferPointer<Float>,
        into samples: UnsafeMutableBufferPointer<Float>
    ) {
        precondition(samples.count >= size && real.count >= binCount && imaginary.count >= binCount)
        guard let x = samples.baseAddress, let re = real.baseAddress, let im = imaginary.baseAddress else { return }
        let size = size
        let scale = 1 / Float(size)
        // The forward transform with the real and imaginary parts swapped on both sides is the inverse one.
        guard size % 2 == 0 else {
            complex.transform { zi, zr in
                zr[0] = re[0] * scale
                zi[0] = 0
                var k = 1
                while k <= size / 2 {
                    zr[k] = re[k] * scale
                    zi[k] = im[k] * scale
                    zr[size &- k] = re[k] * scale
                    zi[size &- k] = -im[k] * scale
                    k &+= 1
                }
            } body: { _, zr in
                x.update(from: zr, count: size)
            }
            return
        }
        let half = size / 2
        cosines.withUnsafeBufferPointer { c in
            sines.withUnsafeBufferPointer { s in
                complex.transform { zi, zr in
                    zr[0] = (re[0] + re[half]) * scale
                    zi[0] = (re[0] - re[half]) * scale
                    var k = 1
                    while k < half {
                        let (ar, ai, br, bi) = (re[k], im[k], re[half &- k], im[half &- k])
                        let (er, ei) = (ar + br, ai - bi)
                        let (dr, di) = (ar - br, ai + bi)
                        let (or, oi) = (dr * c[k] + di * s[k], di * c[k] - dr * s[k])
                        zr[k] = (er - oi) * scale
                        zi[k] = (ei + or) * scale
                        k &+= 1
                    }
                } body: { zi, zr in
                    var k = 0
                    while k < half {
                        x[2 &* k] = zr[k]
                        x[2 &* k &+ 1] = zi[k]
                        k &+= 1
                    }
                }
            }
        }
    }

    /// The half spectrum of `size` samples; see the buffer version, which allocates nothing.
    public mutating func forward(_ samples: [Float]) -> (real: [Float], imaginary: [Float]) {
        var real = [Float](repeating: 0, count: binCount)
        var imaginary = [Float](repeating: 0, count: binCount)
        samples.withUnsafeBufferPointer { samples in
            real.withUnsafeMutableBufferPointer { real in
                imaginary.withUnsafeMutableBufferPointer { forward(samples, real: real, imaginary: $0) }
            }
        }
        return (real, imaginary)
    }

    /// The samples of a half spectrum; see the buffer version, which allocates nothing.
    public mutating func inverse(real: [Float], imaginary: [Float]) -> [Float] {
        var samples = [Float](repeating: 0, count: size)
        samples.withUnsafeMutableBufferPointer { samples in
            real.withUnsafeBufferPointer { real in
                imaginary.withUnsafeBufferPointer { inverse(real: real, imaginary: $0, into: samples) }
            }
        }
        return samples
    }
}
