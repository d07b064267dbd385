import RiposteCore
import Synchronization

/// Speech on its way from the engine to the listener, with room for so much of it: the engine waits while the
/// queue is full, the listener while it is empty. One task sends, one receives.
final class SpeechQueue: Sendable {
    private struct State {
        var frames: [SpokenFrame] = []
        var head = 0
        var samples = 0
        var ending: Result<Void, any Error>?
        var sender: CheckedContinuation<Void, any Error>?
        var receiver: CheckedContinuation<SpokenFrame?, any Error>?

        /// Removes the first frame; the array is compacted now and then, so that taking stays cheap.
        mutating func take() -> SpokenFrame {
            let frame = frames[head]
            head += 1
            samples -= frame.audio.samples.count
            if head > 256 || head == frames.count {
                frames.removeFirst(head)
                head = 0
            }
            return frame
        }
    }

    private let capacity: Int
    private let state = Mutex(State())

    /// - Parameter capacity: in samples. A frame is taken whole whenever there is any room at all.
    init(capacity: Int) {
        self.capacity = max(capacity, 1)
    }

    /// Adds a frame; waits while the queue is full.
    /// - Throws: `CancellationError` when the listener is gone or the task is cancelled.
    func send(_ frame: SpokenFrame) async throws {
        try Task.checkCancellation()
        try await withTaskCancellationHandler {
            try await withCheckedThrowingContinuation { continuation in
                let resumption = state.withLock { state -> Resumption in
                    guard state.ending == nil else { return .sender(continuation, .failure(CancellationError())) }
                    if let receiver = state.receiver {
                        state.receiver = nil
                        return .both(continuation, receiver, frame)
                    }
                    state.frames.append(frame)
                    state.samples += frame.audio.samples.count
                    if state.samples < capacity { return .sender(continuation, .success(())) }
                    state.sender = continuation
                    return .none
                }
                resumption.resume()
            }
        } onCancel: {
            finish(throwing: CancellationError())
        }
    }

    /// The next frame, nil at the end. Ends at once when the task is cancelled.
    func next() async throws -> SpokenFrame? {
        try await withTaskCancellationHandler {
            try await withCheckedThrowingContinuation { continuation in
                let resumption = state.withLock { state -> Resumption in
                    if state.head < state.frames.count {
                        let frame = state.take()
                        let sender = state.samples < capacity ? state.sender : nil
                        if sender != nil { state.sender = nil }
                        return .receiver(continuation, .success(frame), sender)
                    }
                    if let ending = state.ending { return .receiver(continuation, ending.map { nil }, nil) }
                    state.receiver = continuation
                    return .none
                }
                resumption.resume()
            }
        } onCancel: {
            close()
        }
    }

    /// No more will be sent. What is in the queue can still be received.
    func finish(throwing error: (any Error)? = nil) {
        let resumption = state.withLock { state -> Resumption in
            guard state.ending == nil else { return .none }
            state.ending = error.map { .failure($0) } ?? .success(())
            let ending = state.ending
            if let sender = state.sender {
                state.sender = nil
                return .sender(sender, .failure(CancellationError()))
            }
            guard let receiver = state.receiver, let ending else { return .none }
            state.receiver = nil
            return .receiver(receiver, ending.map { nil }, nil)
        }
        resumption.resume()
    }

    /// The listener is gone: drops everything, and the engine is told at its next frame.
    func close() {
        finish()
        let receiver = state.withLock { state in
            state.frames.removeAll()
            state.head = 0
            state.samples = 0
            let receiver = state.receiver
            state.receiver = nil
            return receiver
        }
        receiver?.resume(returning: nil)
    }

    /// Who goes on, decided under the lock and carried out after it.
    private enum Resumption {
        case none
        case sender(CheckedContinuation<Void, any Error>, Result<Void, any Error>)
        case receiver(
            CheckedContinuation<SpokenFrame?, any Error>, Result<SpokenFrame?, any Error>,
            CheckedContinuation<Void, any Error>?)
        case both(CheckedContinuation<Void, any Error>, CheckedContinuation<SpokenFrame?, any Error>, SpokenFrame)

        func resume() {
            switch self {
            case .none: break
            case .sender(let sender, let result): sender.resume(with: result)
            case .receiver(let receiver, let result, let sender):
                receiver.resume(with: result)
                sender?.resume()
            case .both(let sender, let receiver, let frame):
                receiver.resume(returning: frame)
                sender.resume()
            }
        }
    }
}
