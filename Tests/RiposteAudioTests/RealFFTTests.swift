import Foundation
import RiposteAudio
import Testing

@Suite struct RealFFTTests {
    /// The definition, in double precision.
    static func naive(_ x: [Float]) -> (real: [Double], imaginary: [Double]) {
        let n = x.count
        var real: [Double] = []
        var imaginary: [Double] = []
        for k in 0...(n / 2) {
            var (re, im) = (0.0, 0.0)
            for (i, v) in x.enumerated() {
                let angle = -2 * Double.pi * Double(k * i % n) / Double(n)
                re += Double(v) * cos(angle)
                im += Double(v) * sin(angle)
            }
            real.append(re)
            imaginary.append(im)
        }
        return (real, imaginary)
    }

    static func noise(_ count: Int, seed: UInt64 = 7) -> [Float] {
        var state = seed
        return (0..<count).map { _ in
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            return Float(Int32(truncatingIfNeeded: state >> 32)) / 2_147_483_648
        }
    }

    @Test(arguments: [
        1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 12, 15, 16, 22, 25, 30, 36, 45, 49, 60, 64, 75, 77, 100, 120, 400, 512,
    ])
    func agreesWithTheDefinition(size: Int) {
        let samples = Self.noise(size)
        var fft = RealFFT(size: size)
        let (real, imaginary) = fft.forward(samples)
        let expected = Self.naive(samples)
        #expect(real.count == size / 2 + 1)
        let tolerance = 2e-6 * Double(size).squareRoot() * 4
        for k in 0..<real.count {
            #expect(abs(Double(real[k]) - expected.real[k]) < tolerance)
            #expect(abs(Double(imaginary[k]) - expected.imaginary[k]) < tolerance)
        }
    }

    @Test(arguments: [1, 2, 3, 5, 14, 15, 400, 405, 512, 1200, 2048])
    func inverseUndoesForward(size: Int) {
        let samples = Self.noise(size, seed: 11)
        var fft = RealFFT(size: size)
        let spectrum = fft.forward(samples)
        let back = fft.inverse(real: spectrum.real, imaginary: spectrum.imaginary)
        let worst = zip(samples, back).map { abs($0 - $1) }.max() ?? 1
        #expect(worst < 2e-6)
    }

    @Test func aCosineIsOneBin() {
        var fft = RealFFT(size: 1200)
        let samples = (0..<1200).map { Float(cos(2 * Double.pi * 30 * Double($0) / 1200)) }
        let (real, imaginary) = fft.forward(samples)
        #expect(abs(real[30] - 600) < 1e-2)
        let rest = real.indices.filter { $0 != 30 }.map { hypot(real[$0], imaginary[$0]) }.max() ?? 1
        #expect(rest < 1e-2)
    }
}

@Suite struct ShortTimeFourierTransformTests {
    @Test func framesAreWindowedReflectedSound() {
        // Frame 0 of a centred transform, written out: mirrored left half, then the sound itself.
        let samples = RealFFTTests.noise(100)
        let size = 20
        var transform = ShortTimeFourierTransform(.init(size: size, hop: 5))
        #expect(transform.frameCount(sampleCount: 100) == 21)
        let (real, imaginary) = transform.forward(samples)
        #expect(real.count == 21 * 11)
        let hann = ShortTimeFourierTransform.hann(size)
        for (index, start) in [(0, -10), (7, 25), (20, 90)] {
            let frame = (0..<size).map { i -> Float in
                var at = abs(start + i)
                if at > 99 { at = 198 - at }
                return samples[at] * hann[i]
            }
            let expected = RealFFTTests.naive(frame)
            for k in 0...10 {
                #expect(abs(Double(real[index * 11 + k]) - expected.real[k]) < 1e-5)
                #expect(abs(Double(imaginary[index * 11 + k]) - expected.imaginary[k]) < 1e-5)
            }
        }
    }

    @Test(arguments: [(1200, 300, 6000), (400, 160, 16_000), (512, 128, 5000), (15, 5, 100)])
    func inverseUndoesForward(size: Int, hop: Int, count: Int) {
        let samples = RealFFTTests.noise(count)
        var transform = ShortTimeFourierTransform(.init(size: size, hop: hop))
        let (real, imaginary) = transform.forward(samples)
        let back = transform.inverse(real: real, imaginary: imaginary)
        #expect(back.count == transform.sampleCount(frameCount: transform.frameCount(sampleCount: count)))
        #expect(count - back.count < hop)
        let worst = zip(samples, back).map { abs($0 - $1) }.max() ?? 1
        #expect(worst < 2e-5)
    }

    @Test func aGainOfFourOverSizeShowsACosineAtItsAmplitude() {
        let samples = (0..<6000).map { 0.5 * Float(cos(2 * Double.pi * 100 * Double($0) / 1200)) }
        var transform = ShortTimeFourierTransform(.init(size: 1200, hop: 300, analysisGain: 4 / 1200))
        let (real, imaginary) = transform.forward(samples)
        let at = 10 * transform.binCount + 100
        #expect(abs(hypot(real[at], imaginary[at]) - 0.5) < 1e-4)
    }

    @Test func soundShorterThanThePaddingIsMirroredRepeatedly() {
        var transform = ShortTimeFourierTransform(.init(size: 400, hop: 160))
        #expect(transform.frameCount(sampleCount: 3) == 1)
        let (real, _) = transform.forward([1, 1, 1])
        #expect(abs(real[0] - 200) < 1e-3)
        #expect(transform.forward([]).real.isEmpty)
    }
}
