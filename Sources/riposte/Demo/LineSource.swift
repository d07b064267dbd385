import RiposteCore
import Synchronization

/// A microphone that hears what it is given to hear: silence, and a line when one is said.
final class LineSource: AudioSource {
    private struct State {
        var queue: ArraySlice<Float> = []
        /// Every line that was heard, and where it began: for the recording of the conversation.
        var said: [(start: Int, samples: [Float])] = []
        var position = 0
    }

    private let base: any AudioSource
    private let state = Mutex(State())

    /// - Parameter base: gives the pace; its own sound is heard too.
    init(over base: any AudioSource) { self.base = base }

    /// Says a line from now on. `samples`: mono, 16 kHz.
    func say(_ samples: [Float]) {
        state.withLock { state in
            state.queue = samples[...]
            state.said.append((start: state.position, samples: samples))
        }
    }

    var said: [(start: Int, samples: [Float])] { state.withLock { $0.said } }

    func frames() -> AsyncThrowingStream<AudioFrame, any Error> {
        let frames = Frames(base.frames())
        return AsyncThrowingStream { [self] in
            guard var frame = try await frames.next() else { return nil }
            mix(into: &frame)
            return frame
        }
    }

    private func mix(into frame: inout AudioFrame) {
        state.withLock { state in
            let count = min(frame.samples.count, state.queue.count)
            for (index, sample) in state.queue.prefix(count).enumerated() { frame.samples[index] += sample }
            state.queue = state.queue.dropFirst(count)
            state.position = frame.end
        }
    }

    private actor Frames {
        private var iterator: AsyncThrowingStream<AudioFrame, any Error>.Iterator

        init(_ frames: AsyncThrowingStream<AudioFrame, any Error>) { iterator = frames.makeAsyncIterator() }

        func next() async throws -> AudioFrame? {
            var iterator = iterator
            defer { self.iterator = iterator }
            return try await iterator.next(isolation: self)
        }
    }
}
