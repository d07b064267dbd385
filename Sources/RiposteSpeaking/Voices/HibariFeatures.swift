import Foundation

/// What hibari's network says about a sentence: five planes of 601 frequencies × F frames, and the pitch.
struct HibariFeatures: Sendable {
    static let binCount = 601

    /// Logarithm of the magnitude and, before tanh, the phase (in half turns) given to the voiced part.
    var voicedMagnitude: [Float]
    var voicedPhase: [Float]
    /// Logarithm of the noise's magnitude.
    var noiseMagnitude: [Float]
    /// Logarithm of the magnitude, and the phase in radians, of what is neither voice nor noise.
    var freeMagnitude: [Float]
    var freePhase: [Float]
    /// Hertz, a value a frame.
    var pitch: [Float]

    var frameCount: Int { pitch.count }

    /// Makes the voice higher by a factor, its vowels unchanged.
    mutating func shiftPitch(by factor: Float) {
        guard factor != 1 else { return }
        for index in pitch.indices { pitch[index] *= factor }
        // Fewer harmonics below the same limit have less power.
        let compensation = log(factor) / 2
        for index in voicedMagnitude.indices { voicedMagnitude[index] += compensation }
    }

    /// Whether every plane has the size that the pitch promises.
    var isConsistent: Bool {
        [voicedMagnitude, voicedPhase, noiseMagnitude, freeMagnitude, freePhase].allSatisfy {
            $0.count == Self.binCount * frameCount
        }
    }
}
