import RiposteCore
import Synchronization

/// One speech on its way through a PortAudio stream's ring.
final class Playback: Sendable {
    private struct State {
        var intake: SpeechIntake
        /// Whether everything has been handed over.
        var isComplete = false
        /// Whether nothing more may be handed over.
        var isStopped = false
    }

    private let stream: PortAudioStream
    /// What the device had taken before.
    private let heardBefore: Int
    private let state: Mutex<State>

    init(_ stream: PortAudioStream) {
        self.stream = stream
        heardBefore = stream.heard
        state = Mutex(State(intake: SpeechIntake(outputRate: stream.sampleRate)))
        stream.begin()
    }

    /// Hands a speech over as there is room.
    func feed(_ speech: AsyncThrowingStream<AudioFrame, any Error>) async throws {
        defer {
            state.withLock { state in
                state.isComplete = true
                if !state.isStopped { stream.complete() }
            }
        }
        for try await frame in speech {
            try await write(state.withLock { try $0.intake.take(frame) })
            if Task.isCancelled { return }
        }
        await write(state.withLock { $0.intake.finish() })
    }

    private func write(_ samples: [Float]) async {
        var rest = samples[...]
        while !rest.isEmpty, !Task.isCancelled {
            let (written, isStopped) = state.withLock { state in
                (state.isStopped ? 0 : stream.write(rest), state.isStopped)
            }
            if isStopped { return }
            rest = rest.dropFirst(written)
            if !rest.isEmpty { try? await Task.sleep(for: .milliseconds(20)) }
        }
    }

    /// Silence, now: what waits is thrown away, and nothing more is handed over.
    func stop() {
        state.withLock { state in
            state.isStopped = true
            stream.discard()
        }
    }

    /// When the first sample is in the air, on the monotonic clock; nil before the device has taken it.
    var start: Int64? { stream.speechStart == 0 ? nil : stream.speechStart }

    /// Whether the last sample has been in the air.
    var isFinished: Bool {
        guard state.withLock({ $0.isComplete }), stream.waiting == 0 else { return false }
        return start == nil || PortAudioStream.now >= stream.speechEnd
    }

    /// Samples the device has taken, at the speech's own rate.
    var heard: Int {
        let heard = stream.heard - heardBefore
        return state.withLock { $0.intake.speechSamples(heard: heard) }
    }
}
