import Foundation
import RiposteTesting
import Testing

@testable import RiposteSpeaking

/// The vocoder against the Python package's, on made-up features (Tools/reference/hibari_voice.py).
@Suite struct SynthesisVocoderTests {
    private struct Fixture: Decodable {
        let frames: Int
        let step: Int
        let voiced: [Float]
        let free: [Float]
    }

    private let fixture: Fixture

    init() throws {
        fixture = try SynthesisFixtures.decode("hibari-vocoder.json")
    }

    /// The same formulas as in the script.
    private func madeUp(_ frames: Int) -> HibariFeatures {
        func plane(_ p: Int, _ q: Int, _ modulus: Int, _ low: Double, _ high: Double) -> [Float] {
            (0..<HibariFeatures.binCount).flatMap { bin in
                (0..<frames).map { frame in
                    Float(low + (high - low) * Double((bin * p + frame * q) % modulus) / Double(modulus))
                }
            }
        }
        let pitch: [Float] = (0..<frames).map { frame in
            switch frame % 10 {
            case 0..<3: return 0
            case 3: return 41
            default: return Float(90 + 12 * (frame % 17))
            }
        }
        return HibariFeatures(
            voicedMagnitude: plane(7, 13, 101, -5, 1), voicedPhase: plane(11, 5, 89, -2, 2),
            noiseMagnitude: [Float](repeating: -4, count: HibariFeatures.binCount * frames),
            freeMagnitude: plane(3, 17, 97, -6, -1), freePhase: plane(19, 23, 113, -9, 9), pitch: pitch)
    }

    private func sound(_ features: HibariFeatures, _ parts: HibariVocoder.Parts, seed: UInt64 = 1) -> [Float] {
        var vocoder = HibariVocoder(features, seed: seed, parts: parts)
        var sound: [Float] = []
        while let samples = vocoder.next() { sound += samples }
        return sound
    }

    @Test func agreesWithTheReference() {
        let features = madeUp(fixture.frames)
        let rows: [(HibariVocoder.Parts, [Float])] = [(.voiced, fixture.voiced), ([.voiced, .free], fixture.free)]
        for (parts, expected) in rows {
            let sound = sound(features, parts)
            #expect(sound.count == 300 * fixture.frames)
            let kept = stride(from: 0, to: sound.count, by: fixture.step).map { sound[$0] }
            #expect(kept.count == expected.count)
            let difference = zip(kept, expected).map { abs($0 - $1) }.max() ?? 1
            #expect(difference < 1e-5, "\(difference)")
        }
    }

    /// The noise is Gaussian in the spectrum, so its level in the sound can be computed.
    @Test func noiseHasItsLevel() {
        var features = madeUp(200)
        features.noiseMagnitude = [Float](repeating: 0, count: features.noiseMagnitude.count)
        let sound = sound(features, .noise)
        let power = sound.reduce(0.0) { $0 + Double($1 * $1) } / Double(sound.count)
        // A complex bin of variance 2 makes 2 / 1200 a sample; windowing and overlap-add at three quarters keep
        // 1 / 1.5 of it.
        let expected = 2.0 / 1200 / 1.5
        #expect(abs(power / expected - 1) < 0.05, "\(power / expected)")
        let mean = sound.reduce(0, +) / Float(sound.count)
        #expect(abs(mean) < 0.001)
    }

    @Test func sameSeedGivesTheSameSamples() {
        let features = madeUp(13)
        #expect(sound(features, .all, seed: 5).elementsEqual(sound(features, .all, seed: 5)))
        #expect(sound(features, .all, seed: 5) != sound(features, .all, seed: 6))
    }

    @Test(arguments: [1, 2, 7, 8, 9]) func everyLengthWorks(frames: Int) {
        let sound = sound(madeUp(frames), .all)
        #expect(sound.count == 300 * frames)
        #expect(sound.allSatisfy { $0.isFinite })
    }

    @Test func elementaryFunctionsAreExact() {
        for base in stride(from: Float(-20), through: 20, by: 0.37) {
            let x = SIMD8<Float>(base, base + 0.05, base + 0.1, base + 0.15, base + 0.2, base + 0.25, base + 0.3, base)
            let (e, t) = (SIMD8.exponential(x), SIMD8.tangent(x))
            let (cosine, sine) = SIMD8.cosineAndSine(turns: x)
            let unit = pointwiseMax(x - x.rounded(.down), SIMD8(repeating: 1e-7))
            let ln = SIMD8.logarithm(ofUnit: unit)
            for lane in 0..<8 {
                let value = Double(x[lane])
                #expect(abs(Double(e[lane]) / exp(value) - 1) < 2e-6)
                #expect(abs(Double(t[lane]) - tanh(value)) < 1e-6)
                #expect(abs(Double(cosine[lane]) - cos(2 * .pi * value)) < 1e-5)
                #expect(abs(Double(sine[lane]) - sin(2 * .pi * value)) < 1e-5)
                #expect(abs(Double(ln[lane]) - log(Double(unit[lane]))) < 1e-5)
            }
        }
    }

    @Test func longPhonemesAreSplit() {
        let clause = "ðə kwˈɪk bɹˈWn fˈɑks ʤˈʌmps ˈOvəɹ ðə lˈAzi dˈɔɡ, "
        let text = String(repeating: clause, count: 20)
        let parts = PhonemeParts.split(text, limit: 400)
        #expect(parts.count == 3)
        #expect(parts.allSatisfy { $0.unicodeScalars.count <= 400 })
        #expect(parts.dropLast().allSatisfy { $0.hasSuffix(",") })
        #expect(parts.joined().filter { $0 != " " } == text.filter { $0 != " " })
        #expect(PhonemeParts.split(String(repeating: "ab ", count: 300), limit: 400).allSatisfy { !$0.contains("  ") })
        #expect(PhonemeParts.split(String(repeating: "a", count: 900), limit: 400).map(\.count) == [400, 400, 100])
        #expect(PhonemeParts.split("", limit: 400).isEmpty)
    }
}
