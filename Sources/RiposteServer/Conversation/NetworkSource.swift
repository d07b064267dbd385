import RiposteCore
import Synchronization

/// A client's microphone: sound that comes over the network, as a session hears it.
///
/// Positions count what was received. Where nothing comes for a while — a client that mutes itself, or sends only while
/// a key is held — silence takes its place at the pace of the clock, so that turns end; what was filled in is known, so
/// that a client can be told positions in its own sound.
public final class NetworkSource: AudioSource {
    public struct Configuration: Sendable {
        /// Sound that waits to be heard, in seconds; whoever brings more waits. Default: 5.
        public var capacity = 5.0
        /// Seconds without sound after which silence is filled in. Default: 0.25, longer than a network's hiccups.
        public var patience = 0.25

        public init() {}
    }

    private struct State {
        var queue: [ArraySlice<Float>] = []
        var queued = 0
        /// Samples given out.
        var position = 0
        /// What was filled in: where, in samples given out, and how much up to there altogether.
        var filled: [(position: Int, total: Int)] = []
        /// The same of silence that was filled in at once.
        var hurried: [(position: Int, count: Int)] = []
        /// Of what was hurried, what is not noted one by one any more.
        var hurriedBefore = 0
        var lastGiven: ContinuousClock.Instant?
        var isEnded = false
        var isTaken = false
        var isListening = true
        var waiting: [CheckedContinuation<Void, Never>] = []
        /// Samples received; what was filled in is not counted.
        var received = 0
    }

    private let configuration: Configuration
    private let state = Mutex(State())
    private let signal: AsyncStream<Void>.Continuation
    private let signals: AsyncStream<Void>
    private static let rate = Waterfall.sampleRate
    private static let longestFrame = 1_600

    public init(configuration: Configuration = .init()) {
        self.configuration = configuration
        (signals, signal) = AsyncStream.makeStream(of: Void.self, bufferingPolicy: .bufferingNewest(1))
    }

    /// Samples received so far, at 16 kHz.
    public var received: Int { state.withLock { $0.received } }

    /// Samples of silence that were filled in so far, at 16 kHz.
    public var filled: Int { state.withLock { $0.filled.last?.total ?? 0 } }

    /// Takes sound, mono at 16 kHz. Waits while too much is not heard yet: that holds up the client, not the memory.
    public func hear(_ samples: [Float]) async {
        let limit = Int(configuration.capacity * Double(Self.rate))
        state.withLock { state in
            guard !state.isEnded, state.isListening, !samples.isEmpty else { return }
            state.queue.append(samples[...])
            state.queued += samples.count
            state.received += samples.count
        }
        signal.yield()
        while !Task.isCancelled, state.withLock({ $0.queued > limit && $0.isListening }) {
            await withTaskCancellationHandler {
                await withCheckedContinuation { continuation in
                    let waits = state.withLock { state in
                        guard state.queued > limit, state.isListening, !Task.isCancelled else { return false }
                        state.waiting.append(continuation)
                        return true
                    }
                    if !waits { continuation.resume() }
                }
            } onCancel: {
                wakeAll()
            }
        }
    }

    /// Fills in silence at once: the client says that nothing more of this utterance will come. Where more waits already
    /// than may, there is none to fill in.
    /// - Parameter seconds: how much.
    public func fallSilent(_ seconds: Double) {
        state.withLock { state in
            let count = Int(seconds * Double(Self.rate))
            guard !state.isEnded, state.isListening,
                state.queued <= Int(configuration.capacity * Double(Self.rate))
            else { return }
            state.queue.append([Float](repeating: 0, count: count)[...])
            state.queued += count
            let position = state.position + state.queued
            Self.note(count, upTo: position, in: &state)
            state.hurried.append((position: position, count: count))
            if state.hurried.count > 512 { state.hurriedBefore += state.hurried.removeFirst().count }
        }
        signal.yield()
    }

    /// Drops what waits to be heard.
    public func clear() {
        state.withLock { state in
            // It was received all the same: positions go on behind it.
            if state.queued > 0 { Self.note(-state.queued, upTo: state.position, in: &state) }
            state.queue = []
            state.queued = 0
            // Of silence that was to be heard at once, what was.
            state.hurried = state.hurried.compactMap { fill in
                guard fill.position > state.position else { return fill }
                let heard = state.position - (fill.position - fill.count)
                return heard > 0 ? (position: state.position, count: heard) : nil
            }
        }
        wakeAll()
    }

    /// No more sound will come.
    public func end() {
        state.withLock { $0.isEnded = true }
        signal.yield()
    }

    /// A position in what the session heard, in samples, as one in what was received.
    public func receivedPosition(_ position: Int) -> Int {
        state.withLock { state in
            position - (state.filled.last { $0.position <= position }?.total ?? 0)
        }
    }

    /// A position in what the session heard, in samples, as one on the clock: silence filled in at once took no time.
    public func pacedPosition(_ position: Int) -> Int {
        state.withLock { state in
            state.hurried.reduce(position - state.hurriedBefore) { paced, fill in
                paced - min(fill.count, max(0, position - (fill.position - fill.count)))
            }
        }
    }

    public func frames() -> AsyncThrowingStream<AudioFrame, any Error> {
        let isFirst = state.withLock { state in
            defer { state.isTaken = true }
            return !state.isTaken
        }
        let ticker = Task { [signal] in
            while !Task.isCancelled {
                try? await Task.sleep(for: .milliseconds(100))
                signal.yield()
            }
        }
        let listener = Listener { [weak self] in
            ticker.cancel()
            self?.stopListening()
        }
        let iterator = SignalIterator(signals.makeAsyncIterator())
        return AsyncThrowingStream { [self] in
            defer { withExtendedLifetime(listener) {} }
            guard isFirst else {
                throw RiposteError(.badInput, .audio, "The frames of a client can be taken only once.")
            }
            while !Task.isCancelled {
                if let frame = take() { return frame }
                if state.withLock({ $0.isEnded && $0.queue.isEmpty }) { return nil }
                guard await iterator.next() else { return nil }
            }
            return nil
        }
    }

    private func stopListening() {
        state.withLock { state in
            state.isListening = false
            state.queue = []
            state.queued = 0
        }
        wakeAll()
    }

    private func wakeAll() {
        let waiting = state.withLock { state in
            defer { state.waiting = [] }
            return state.waiting
        }
        for continuation in waiting { continuation.resume() }
    }

    /// The next sound that is there, or the silence that takes its place.
    private func take() -> AudioFrame? {
        let frame: AudioFrame? = state.withLock { state in
            let now = ContinuousClock.now
            guard var first = state.queue.first else {
                guard let last = state.lastGiven, !state.isEnded else { return nil }
                let missing = (now - last) / .seconds(1)
                guard missing >= configuration.patience else { return nil }
                let count = min(Int(missing * Double(Self.rate)), Self.rate)
                state.lastGiven = now
                defer { Self.note(count, upTo: state.position, in: &state) }
                return Self.give([Float](repeating: 0, count: count), &state)
            }
            let piece = Array(first.prefix(Self.longestFrame))
            first = first.dropFirst(piece.count)
            if first.isEmpty { state.queue.removeFirst() } else { state.queue[0] = first }
            state.queued -= piece.count
            state.lastGiven = now
            return Self.give(piece, &state)
        }
        if frame != nil { wakeAll() }
        return frame
    }

    private static func give(_ samples: [Float], _ state: inout State) -> AudioFrame {
        defer { state.position += samples.count }
        return AudioFrame(samples: samples, sampleRate: rate, position: state.position)
    }

    /// Notes what was filled in. What lies further back than a client asks about is forgotten one by one.
    private static func note(_ count: Int, upTo position: Int, in state: inout State) {
        let total = (state.filled.last?.total ?? 0) + count
        state.filled.append((position: position, total: total))
        if state.filled.count > 512 { state.filled.removeFirst(256) }
    }
}

/// Calls back when it is let go.
private final class Listener: Sendable {
    private let onEnd: @Sendable () -> Void
    init(onEnd: @escaping @Sendable () -> Void) { self.onEnd = onEnd }
    deinit { onEnd() }
}

/// Waits for signals; asked by one task at a time.
private actor SignalIterator {
    private var iterator: AsyncStream<Void>.Iterator

    init(_ iterator: AsyncStream<Void>.Iterator) { self.iterator = iterator }

    /// - Returns: false when there will be none.
    func next() async -> Bool {
        var iterator = iterator
        let signal: Void? = await iterator.next(isolation: self)
        self.iterator = iterator
        return signal != nil
    }
}
