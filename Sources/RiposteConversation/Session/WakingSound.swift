import RiposteCore

import func Foundation.cos
import func Foundation.sin

/// The sound that tells that it listens: two short notes upwards.
enum WakingSound {
    private static let sampleRate = 24_000
    /// In hertz; a fourth apart.
    private static let notes = [660.0, 880.0]
    /// Of each note, in seconds.
    private static let length = 0.07
    private static let amplitude: Float = 0.12

    static func samples() -> [Float] {
        let count = Int(length * Double(sampleRate))
        return notes.flatMap { hertz in
            (0..<count).map { index in
                let time = Double(index) / Double(sampleRate)
                // Swells and fades, so that it does not click.
                let shape = 0.5 - 0.5 * cos(2 * .pi * Double(index) / Double(count))
                return amplitude * Float(shape * sin(2 * .pi * hertz * time))
            }
        }
    }

    static func frames() -> AsyncThrowingStream<AudioFrame, any Error> {
        AsyncThrowingStream { continuation in
            continuation.yield(AudioFrame(samples: samples(), sampleRate: sampleRate, position: 0))
            continuation.finish()
        }
    }
}
