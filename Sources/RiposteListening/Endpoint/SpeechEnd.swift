import func Foundation.pow

/// The true end of speech in recorded sound: what latencies are measured from.
///
/// Voice activity notices the end some 40 ms late and says nothing about faint final consonants. Looking back, the
/// energy tells: the end of the last 30 ms frame that is louder than −35 dB relative to the loudest one.
public struct SpeechEnd: Sendable {
    public struct Configuration: Sendable, Equatable {
        /// Samples a frame. Default 480, 30 ms at 16 kHz.
        public var frameLength = 480
        /// How far below the loudest frame a frame still belongs to the speech, in decibels. Default −35.
        public var threshold = -35.0
        /// A level that only speech near its end reaches, in decibels. Default −25.
        public var strictThreshold = -25.0
        /// An end more than this many samples after the strict one may be a late noise. Default 8000, 0.5 s.
        public var lateAfterStrictEnd = 8000
        /// An end more than this many samples after the last voice activity may be a late noise. Default 5600, 0.35 s.
        public var lateAfterVoice = 5600

        public init() {}
    }

    public var configuration: Configuration

    public init(configuration: Configuration = .init()) {
        self.configuration = configuration
    }

    /// Finds the end of speech.
    /// - Parameters:
    ///   - samples: the turn's sound, mono.
    ///   - voiceEnd: where voice activity saw the last speech, counted from the first sample; with it a late noise
    ///     (a door, a cup put down) is told from speech. nil when it is not known.
    /// - Returns: the position just after the last sample of speech, counted from the first sample; nil in digital
    ///   silence.
    public func position(in samples: ArraySlice<Float>, voiceEnd: Int? = nil) -> Int? {
        let energies = frameEnergies(samples)
        guard let loudest = energies.max(), loudest > 0 else { return nil }
        guard let end = lastFrame(of: energies, above: configuration.threshold, loudest: loudest) else { return nil }
        let position = (end + 1) * configuration.frameLength
        guard let voiceEnd,
            let strict = lastFrame(of: energies, above: configuration.strictThreshold, loudest: loudest)
        else { return position }
        let strictPosition = (strict + 1) * configuration.frameLength
        let isLate =
            position - strictPosition > configuration.lateAfterStrictEnd
            && position - voiceEnd > configuration.lateAfterVoice
        return isLate ? max(voiceEnd, strictPosition) : position
    }

    /// Mean-square energy of each whole frame.
    private func frameEnergies(_ samples: ArraySlice<Float>) -> [Double] {
        let length = configuration.frameLength
        return samples.withUnsafeBufferPointer { samples in
            (0..<(samples.count / length)).map { frame in
                var sum: Float = 0
                for index in (frame * length)..<((frame + 1) * length) { sum += samples[index] * samples[index] }
                return Double(sum) / Double(length)
            }
        }
    }

    private func lastFrame(of energies: [Double], above decibels: Double, loudest: Double) -> Int? {
        let least = loudest * pow(10, decibels / 10)
        return energies.lastIndex { $0 > least }
    }
}
