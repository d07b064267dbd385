import RiposteAudio
import RiposteCore
import RiposteInference

// What of the sound the encoder is given.
extension WhisperRecognizer {
    /// Frames with sound. Quiet at either end of an utterance is left out, except for a little; what silence contributes
    /// is known.
    func sounding(_ spectrogram: LogMelSpectrogram, _ hints: Hints) -> Range<Int> {
        let end = (spectrogram.sampleCount + LogMelSpectrogram.hop - 1) / LogMelSpectrogram.hop
        let all = min(hints.frames ?? end, end, Self.fullWindow)
        guard configuration.window == .utterance, let distance = configuration.quietDistance else { return 0..<all }
        let loud = spectrogram.loudFrames(within: distance, of: all)
        guard !loud.isEmpty else { return 0..<all }
        let margin = Int(configuration.quietMargin * 100)
        return max(0, loud.lowerBound - margin)..<min(all, loud.upperBound + margin)
    }

    func encode(
        _ spectrogram: LogMelSpectrogram, _ sounding: Range<Int>,
        _ window: WhisperTranscriber.Configuration.Window, run: RunHandle
    ) throws -> WhisperModel.Memory {
        switch window {
        case .full:
            let features = spectrogram.features(frames: Self.fullWindow, sounding: sounding.upperBound)
            return try encode(features, frames: Self.fullWindow, run: run)
        case .zeroPadded:
            // A frame that is not all sound is left out, and the rest is not silence but 0, whatever that means.
            let whole = min(sounding.upperBound, spectrogram.sampleCount / LogMelSpectrogram.hop)
            let features = spectrogram.features(frames: whole)
            var padded: [Float] = []
            for row in 0..<model.melCount {
                padded += features[(row * whole)..<((row + 1) * whole)]
                padded += [Float](repeating: 0, count: Self.fullWindow - whole)
            }
            return try encode(padded, frames: Self.fullWindow, run: run)
        case .utterance:
            // Two frames make a position.
            let wanted = sounding.count + Int(configuration.trailingSilence * 100)
            let frames = min(wanted + wanted % 2, Self.fullWindow)
            let features = spectrogram.features(
                from: sounding.lowerBound, frames: frames, sounding: sounding.count,
                level: .peak(model.manifest.loudest))
            var memory = try encode(features, frames: frames, run: run)
            memory.start = sounding.lowerBound
            return memory
        }
    }

    /// Large windows one at a time, and for each the memory anew: 50 MB for 30 s of base, which two at once, or all that
    /// comes after, should not have to share.
    private func encode(_ features: [Float], frames: Int, run: RunHandle) throws -> WhisperModel.Memory {
        guard frames > Self.largeWindow else { return try model.encode(features, frames: frames, run: run) }
        return try largeWindows.withLock { _ in
            try run.returningMemory { try model.encode(features, frames: frames, run: run) }
        }
    }
}
