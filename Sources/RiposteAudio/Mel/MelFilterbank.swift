import Foundation

/// Triangular filters on the mel scale (Slaney's: linear below 1 kHz, logarithmic above; each filter has unit area).
///
/// Only the non-zero weights are kept: of the 201 bins of a 400-point spectrum a filter touches a few.
public struct MelFilterbank: Sendable {
    /// How many filters there are.
    public let count: Int
    /// Bins of the power spectrum: half the transform's size and one.
    public let binCount: Int

    /// The first bin of each filter, and where its weights begin in `weights`; one more entry closes the last one.
    private let firstBins: [Int]
    private let offsets: [Int]
    private let weights: [Float]

    /// - Parameters:
    ///   - count: the number of filters (Whisper: 80, its large-v3: 128).
    ///   - transformSize: points of the Fourier transform.
    ///   - sampleRate: in hertz; the filters reach from 0 to half of it.
    public init(count: Int, transformSize: Int = 400, sampleRate: Int = 16_000) {
        self.count = count
        binCount = transformSize / 2 + 1
        let top = Self.mel(hertz: Double(sampleRate) / 2)
        let edges = (0..<(count + 2)).map { Self.hertz(mel: top * Double($0) / Double(count + 1)) }
        var firstBins: [Int] = []
        var offsets = [0]
        var weights: [Float] = []
        for filter in 0..<count {
            let (low, centre, high) = (edges[filter], edges[filter + 1], edges[filter + 2])
            var first: Int?
            for bin in 0..<binCount {
                let frequency = Double(bin * sampleRate) / Double(transformSize)
                let rise = (frequency - low) / (centre - low)
                let fall = (high - frequency) / (high - centre)
                let weight = min(rise, fall) * 2 / (high - low)
                guard weight > 0 else { continue }
                if first == nil { first = bin }
                weights.append(Float(weight))
            }
            firstBins.append(first ?? 0)
            offsets.append(weights.count)
        }
        self.firstBins = firstBins
        self.offsets = offsets
        self.weights = weights
    }

    /// The energy in each filter.
    /// - Parameters:
    ///   - power: `binCount` squared magnitudes.
    ///   - energies: room for `count` values.
    public func apply(to power: UnsafeBufferPointer<Float>, into energies: UnsafeMutableBufferPointer<Float>) {
        weights.withUnsafeBufferPointer { weights in
            for filter in 0..<count {
                let start = offsets[filter]
                let bin = firstBins[filter] - start
                var sum: Float = 0
                for index in start..<offsets[filter + 1] { sum += weights[index] * power[bin + index] }
                energies[filter] = sum
            }
        }
    }

    // Slaney's scale: 200/3 Hz a mel up to 1 kHz, then 27 mels for a factor of 6.4.
    private static let hertzPerMel = 200.0 / 3
    private static let knee = 1000.0
    private static let logStep = log(6.4) / 27

    private static func mel(hertz: Double) -> Double {
        hertz < knee ? hertz / hertzPerMel : knee / hertzPerMel + log(hertz / knee) / logStep
    }

    private static func hertz(mel: Double) -> Double {
        mel < knee / hertzPerMel ? mel * hertzPerMel : knee * exp(logStep * (mel - knee / hertzPerMel))
    }
}
