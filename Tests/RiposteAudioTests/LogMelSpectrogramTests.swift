import Foundation
import RiposteAudio
import RiposteTesting
import Testing

/// Reference values are faster-whisper's (`Tools/reference/log_mel.py`).
struct LogMelSpectrogramTests {
    struct Reference: Decodable {
        var file: String
        var mels: Int
        var frames: Int
        var stride: Int
        var values: [[Float]]
    }

    /// Sound that is loud here and faint there: a sweep with gaps, and a seeded hiss under it.
    static let sound: [Float] = {
        var seed: UInt64 = 1
        return (0..<9_873).map { index in
            seed = seed &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            let hiss = Float(Int64(bitPattern: seed) >> 40) / Float(1 << 23) * 0.001
            let time = Double(index) / 16_000
            return hiss + (index / 2000 % 2 == 0 ? Float(0.5 * sin(time * (2000 + 9000 * time))) : 0)
        }
    }()

    // Needs the recordings of spoken orders.
    @Test(.enabled(if: TestResources.recordings != nil, "no recordings; set RIPOSTE_RECORDINGS"))
    func equalsReference() throws {
        let fixture = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
            .appendingPathComponent("Fixtures/log-mel.json")
        let references = try JSONDecoder().decode([Reference].self, from: Data(contentsOf: fixture))
        #expect(references.count == 4)
        let folder = try #require(TestResources.recordings).appendingPathComponent("commands")
        for reference in references {
            let samples = try WaveFile(reading: folder.appendingPathComponent(reference.file)).samples
            let features = LogMelSpectrogram.features(of: samples, melCount: reference.mels)
            #expect(features.count == reference.frames * reference.mels)
            var worst: Float = 0
            for (index, row) in reference.values.enumerated() {
                for mel in 0..<reference.mels {
                    let value = features[mel * reference.frames + index * reference.stride]
                    worst = max(worst, abs(value - row[mel]))
                }
            }
            #expect(worst < 1e-4, "\(reference.file), \(reference.mels) mels: \(worst)")
        }
    }

    @Test func filtersHaveUnitAreaAndFollowEachOther() {
        let filters = MelFilterbank(count: 80, transformSize: 4000)
        // The response to each bin alone: every filter's weight there.
        let weights = (0..<filters.binCount).map { bin -> [Float] in
            var power = [Float](repeating: 0, count: filters.binCount)
            power[bin] = 1
            return response(filters, power)
        }
        var lastCentre = -1
        for filter in 0..<80 {
            let area = weights.reduce(0) { $0 + $1[filter] } * 4
            #expect(abs(area - 1) < 0.02, "filter \(filter): \(area)")
            let centre = weights.indices.max { weights[$0][filter] < weights[$1][filter] } ?? 0
            #expect(centre > lastCentre)
            lastCentre = centre
        }
    }

    @Test(arguments: [1, 37, 160, 400, 1000, 5000])
    func piecesGiveTheSameAsTheWhole(length: Int) {
        var whole = LogMelSpectrogram()
        whole.append(Self.sound)
        var pieces = LogMelSpectrogram()
        for start in stride(from: 0, to: Self.sound.count, by: length) {
            pieces.append(Self.sound[start..<min(start + length, Self.sound.count)])
        }
        #expect(pieces.settledFrameCount == whole.settledFrameCount)
        #expect(pieces.features(frames: 90).elementsEqual(whole.features(frames: 90)))
    }

    @Test func askingInBetweenChangesNothing() {
        var spectrogram = LogMelSpectrogram()
        for start in stride(from: 0, to: Self.sound.count, by: 777) {
            spectrogram.append(Self.sound[start..<min(start + 777, Self.sound.count)])
            _ = spectrogram.features(frames: 70)
        }
        var whole = LogMelSpectrogram()
        whole.append(Self.sound)
        #expect(spectrogram.features(frames: 70).elementsEqual(whole.features(frames: 70)))
    }

    @Test func silenceAfterTheSoundIsAsIfAppended() {
        var short = LogMelSpectrogram()
        short.append(Self.sound)
        var padded = LogMelSpectrogram()
        padded.append(Self.sound + [Float](repeating: 0, count: 16_000))
        #expect(short.features(frames: 100).elementsEqual(padded.features(frames: 100)))
    }

    @Test func soundShorterThanAWindowIsTaken() {
        for length in [0, 1, 2, 100, 200, 201, 399, 400] {
            var spectrogram = LogMelSpectrogram()
            spectrogram.append(Self.sound.prefix(length))
            let features = spectrogram.features(frames: 10)
            #expect(features.count == 800)
            #expect(features.allSatisfy { $0.isFinite })
        }
    }

    @Test(arguments: [Float(1), 0.25, 0.01])
    func peakLevelIsTheSameForAnyLoudness(gain: Float) {
        var spectrogram = LogMelSpectrogram()
        spectrogram.append(Self.sound.map { $0 * gain })
        let features = spectrogram.features(frames: 100, level: .peak(1.5))
        #expect(abs((features.max() ?? 0) - (1.5 + 4) / 4) < 1e-6)
        #expect(abs((features.min() ?? 0) - (1.5 - 8 + 4) / 4) < 1e-6)
        // The silence after the sound is the floor in every band.
        for mel in 0..<80 { #expect(abs(features[mel * 100 + 80] + 0.625) < 1e-6) }
    }

    @Test func removedFramesAreForgotten() {
        var spectrogram = LogMelSpectrogram()
        // The loudest part is at the end, so that it sets the range before and after.
        spectrogram.append(Self.sound.map { $0 * 0.1 } + Self.sound.suffix(4000))
        let before = spectrogram.features(frames: 84)
        let largest = before.max()
        spectrogram.removeFirst(frames: 20)
        let after = spectrogram.features(frames: 64)
        #expect(largest == after.max())
        for mel in [0, 40, 79] {
            #expect(Array(before[(mel * 84 + 20)..<(mel * 84 + 84)]) == Array(after[(mel * 64)..<(mel * 64 + 64)]))
        }
    }

    private func response(_ filters: MelFilterbank, _ power: [Float]) -> [Float] {
        var energies = [Float](repeating: 0, count: filters.count)
        power.withUnsafeBufferPointer { power in
            energies.withUnsafeMutableBufferPointer { filters.apply(to: power, into: $0) }
        }
        return energies
    }
}
