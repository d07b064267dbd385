import Foundation
import RiposteAudio
import Testing

@Suite struct ResamplerTests {
    static func sine(_ hertz: Double, rate: Int, count: Int) -> [Float] {
        (0..<count).map { Float(0.5 * sin(2 * Double.pi * hertz * Double($0) / Double(rate))) }
    }

    static let pairs: [(Int, Int)] = [
        (48_000, 16_000), (44_100, 16_000), (22_050, 16_000), (24_000, 16_000), (8000, 16_000), (16_000, 48_000),
        (16_000, 44_100), (16_000, 8000), (44_099, 16_000),
    ]

    @Test(arguments: pairs) func aToneStaysTheSameToneAtTheSamePlace(from: Int, to: Int) {
        let count = from / 5
        let result = Resampler.resample(Self.sine(1000, rate: from, count: count), from: from, to: to)
        let ideal = Self.sine(1000, rate: to, count: result.count)
        // Away from the ends, where the sound stops and its band limit cannot hold.
        let inner = to / 100..<result.count - to / 100
        let signal = inner.reduce(0.0) { $0 + Double(ideal[$1] * ideal[$1]) }
        let error = inner.reduce(0.0) { $0 + pow(Double(ideal[$1] - result[$1]), 2) }
        #expect(10 * log10(signal / error) > 85)
    }

    @Test(arguments: pairs) func theLengthIsExactHoweverTheSoundIsCut(from: Int, to: Int) {
        for count in [0, 1, 7, 511, 1000] {
            let samples = RealFFTTests.noise(max(1, count)).prefix(count)
            let whole = Resampler.resample(Array(samples), from: from, to: to)
            #expect(whole.count == (count * to + from - 1) / from)
            var resampler = Resampler(from: from, to: to)
            var pieces: [Float] = []
            var rest = samples[...]
            var size = 1
            while !rest.isEmpty {
                pieces += resampler.process(Array(rest.prefix(size)))
                rest = rest.dropFirst(size)
                size = size * 3 % 97 + 1
            }
            pieces += resampler.finish()
            #expect(pieces == whole)
        }
    }

    @Test(arguments: [(48_000, 16_000, 9000.0), (44_100, 16_000, 8100), (24_000, 16_000, 11_000), (16_000, 8000, 5000)])
    func whatTheLowerRateCannotCarryIsRejected(from: Int, to: Int, hertz: Double) {
        let result = Resampler.resample(Self.sine(hertz, rate: from, count: from / 5), from: from, to: to)
        let inner = result[to / 100..<result.count - to / 100]
        let power = inner.reduce(0.0) { $0 + Double($1 * $1) } / Double(inner.count)
        #expect(10 * log10(power / 0.125) < -80)
    }

    @Test func upsamplingMakesNoImages() {
        let result = Resampler.resample(Self.sine(3000, rate: 8000, count: 4000), from: 8000, to: 16_000)
        var fft = RealFFT(size: 1600)
        let hann = ShortTimeFourierTransform.hann(1600)
        let (real, imaginary) = fft.forward(zip(result[1000..<2600], hann).map { $0 * $1 })
        let tone = hypot(real[300], imaginary[300])
        let image = (480...520).map { hypot(real[$0], imaginary[$0]) }.max() ?? 1
        #expect(20 * log10(image / tone) < -80)
    }

    @Test func theLatencyIsWhatIsDeclared() {
        var resampler = Resampler(from: 48_000, to: 16_000)
        #expect(resampler.latency == 144)
        #expect(resampler.process([Float](repeating: 1, count: 144)).isEmpty)
        #expect(resampler.process([1]).count == 1)
        var same = Resampler(from: 16_000, to: 16_000)
        #expect(same.latency == 0)
        #expect(same.process([1, 2]) == [1, 2])
        #expect(same.finish().isEmpty)
    }
}
