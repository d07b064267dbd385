import RiposteCore
import Synchronization

/// A sink that a client can silence: what plays ends as if it had been interrupted.
final class StoppableSink: AudioSink {
    private let base: any AudioSink
    private let playing = Mutex<Task<Int, any Error>?>(nil)

    init(_ base: any AudioSink) { self.base = base }

    func stop() { playing.withLock { $0 }?.cancel() }

    func play(
        _ speech: AsyncThrowingStream<AudioFrame, any Error>, onStart: @escaping @Sendable (Double) -> Void
    ) async throws -> Int {
        let task = Task { [base] in try await base.play(speech, onStart: onStart) }
        playing.withLock { $0 = task }
        return try await withTaskCancellationHandler {
            try await task.value
        } onCancel: {
            task.cancel()
        }
    }

    func setGain(_ gain: Float, onChange: @escaping @Sendable (_ seconds: Double) -> Void) {
        base.setGain(gain, onChange: onChange)
    }
}
