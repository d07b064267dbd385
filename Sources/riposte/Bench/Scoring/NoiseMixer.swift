import Foundation
import RiposteAudio
import RiposteCore

/// Mixes noise into recordings, always the same into each.
struct NoiseMixer: Sendable {
    private let noise: [Float]
    private let noisePower: Double

    /// - Throws: as `WaveFile`; `.badInput` when there is no sound in the file.
    init(file: String) throws {
        noise = try WaveFile(reading: URL(fileURLWithPath: file)).samples
        noisePower = Self.meanPower(noise[...])
        guard noisePower > 0 else { throw RiposteError(.badInput, .configuration, "\(file) is silent.") }
    }

    /// The sound with noise from a place that follows from `name`, so loud that the speech is `decibels` above it.
    func mixed(_ samples: [Float], name: String, decibels: Double) -> [Float] {
        let speech = Self.activePower(samples)
        guard speech > 0 else { return samples }
        let gain = Float((speech / noisePower / pow(10, decibels / 10)).squareRoot())
        var place = Int(Self.seed(name) % UInt64(noise.count))
        return samples.map { sample in
            defer { place = place + 1 == noise.count ? 0 : place + 1 }
            return sample + gain * noise[place]
        }
    }

    /// The mean power where somebody speaks: of those pieces of 20 ms that are at most 30 dB below the loudest one in
    /// twenty.
    static func activePower(_ samples: [Float]) -> Double {
        let length = 320
        let powers = stride(from: 0, to: samples.count - samples.count % length, by: length)
            .map { meanPower(samples[$0..<($0 + length)]) }
        guard !powers.isEmpty else { return meanPower(samples[...]) }
        let limit = powers.sorted()[powers.count * 19 / 20] / 1000
        let active = powers.filter { $0 >= limit }
        return active.reduce(0, +) / Double(active.count)
    }

    private static func meanPower(_ samples: ArraySlice<Float>) -> Double {
        samples.isEmpty ? 0 : samples.reduce(0) { $0 + Double($1) * Double($1) } / Double(samples.count)
    }

    /// FNV-1a: Swift's own hashes differ from run to run.
    private static func seed(_ name: String) -> UInt64 {
        name.utf8.reduce(0xcbf2_9ce4_8422_2325) { ($0 ^ UInt64($1)) &* 0x100_0000_01b3 }
    }
}
