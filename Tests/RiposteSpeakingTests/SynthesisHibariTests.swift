import Foundation
import RiposteAudio
import RiposteCore
import Testing

@testable import RiposteSpeaking

/// The hibari voice against the Python package's sound (Tools/reference/hibari_voice.py).
@Suite(.enabled(if: SynthesisModels.hibari != nil, SynthesisModels.hint))
struct SynthesisHibariTests {
    private struct Fixture: Decodable {
        struct Row: Decodable {
            let phonemes: String
            let sampleCount: Int
            let step: Int
            let voiced: [Float]
            let free: [Float]
            let bandsOfVoiced: [[Double]]
            let bandsWithNoise: [[Double]]
        }
        /// In hertz.
        let bandEdges: [Int]
        let sentences: [Row]
    }

    private let fixture: Fixture
    private let voice: HibariSynthesizer

    init() throws {
        fixture = try SynthesisFixtures.decode("hibari-speech.json")
        let folder = try #require(SynthesisModels.hibari)
        voice = HibariSynthesizer(folder: folder) { _ in { $0 } }
    }

    @Test func deterministicPartsAgreeSampleBySample() async throws {
        for row in fixture.sentences {
            let parts: [(HibariVocoder.Parts, [Float])] = [(.voiced, row.voiced), ([.voiced, .free], row.free)]
            for (parts, expected) in parts {
                let sound = try await voice.sound(ofPhonemes: row.phonemes, parts: parts)
                #expect(sound.count == row.sampleCount)
                let kept = stride(from: 0, to: sound.count, by: row.step).map { sound[$0] }
                let difference = zip(kept, expected).map { abs($0 - $1) }.max() ?? 1
                #expect(difference < 1e-3, "\(difference)")
                #expect((expected.map(abs).max() ?? 0) > 0.1, "the fixture holds sound")
            }
        }
    }

    /// With noise, the spectrum is the same on the whole: each band of each tenth of a second within a few decibels.
    @Test func spectrumAgrees() async throws {
        for row in fixture.sentences {
            for (parts, expected, tolerance) in [
                (HibariVocoder.Parts.voiced, row.bandsOfVoiced, 0.5), (.all, row.bandsWithNoise, 6.0),
            ] {
                let bands = bands(of: try await voice.sound(ofPhonemes: row.phonemes, parts: parts))
                #expect(bands.count == expected.count)
                let loud = zip(bands.joined(), expected.joined()).filter { $1 > -40 }
                #expect(loud.count > 50)
                let worst = loud.map { abs($0 - $1) }.max() ?? 100
                let mean = loud.map { abs($0 - $1) }.reduce(0, +) / Double(loud.count)
                #expect(worst < tolerance && mean < tolerance / 4, "worst \(worst), mean \(mean)")
            }
        }
    }

    private func bands(of sound: [Float]) -> [[Double]] {
        var fft = RealFFT(size: 2400)
        let window = ShortTimeFourierTransform.hann(2400)
        return stride(from: 0, to: sound.count - 2399, by: 2400).map { start in
            let (real, imaginary) = fft.forward((0..<2400).map { sound[start + $0] * window[$0] })
            return zip(fixture.bandEdges, fixture.bandEdges.dropFirst()).map { low, high in
                let power = (low / 10..<high / 10).map { bin in
                    Double(real[bin] * real[bin] + imaginary[bin] * imaginary[bin])
                }
                return 10 * log10(power.reduce(0, +) / Double(power.count) + 1e-9)
            }
        }
    }

    @Test func sameTextGivesTheSameSamples() async throws {
        let options = SpeechOptions()
        var takes: [[Float]] = []
        for _ in 0..<2 {
            var samples: [Float] = []
            for try await frame in voice.speak(fixture.sentences[0].phonemes, options: options) {
                samples += frame.audio.samples
            }
            takes.append(samples)
        }
        #expect(takes[0] == takes[1])
        #expect(takes[0].count > 24_000)
    }
}
