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

    /// Whether every plane has the size that the pitch promises.
    var isConsistent: Bool {
        [voicedMagnitude, voicedPhase, noiseMagnitude, freeMagnitude, freePhase].allSatisfy {
            $0.count == Self.binCount * frameCount
        }
    }
}
