import RiposteCore
import Synchronization

/// A source that ends, or goes away, in the middle.
public struct FaultySource: AudioSource {
    private let base: any AudioSource
    private let position: Int
    private let behaviour: ScriptedBehaviour

    /// - Parameters:
    ///   - position: where `behaviour` sets in, in samples.
    ///   - behaviour: `.isEmpty` ends there.
    public init(_ base: any AudioSource, at position: Int, _ behaviour: ScriptedBehaviour) {
        (self.base, self.position, self.behaviour) = (base, position, behaviour)
    }

    public func frames() -> AsyncThrowingStream<AudioFrame, any Error> {
        let frames = FrameIterator(base.frames())
        return AsyncThrowingStream {
            guard let frame = try await frames.next() else { return nil }
            guard frame.position >= position else { return frame }
            try await behaviour.begin(.audio)
            try await behaviour.goOn(.audio)
            return behaviour == .isEmpty ? nil : frame
        }
    }
}

/// A loudspeaker that fails, and keeps account of what it has really played.
public final class FaultySink: AudioSink {
    /// What was played: which text, how many samples of it, and whether that is exact.
    public struct Play: Sendable, Equatable {
        /// The level it was spoken at, which is another for each answer: one that was held is played in parts.
        public var level: Float
        public var text: String
        public var heard: Int
        /// Whether the session was told how much it was: not when playing failed.
        public var isTold: Bool
    }

    private let device: @Sendable () async -> (any AudioSink)?
    private let ledger: ScriptedVoiceLedger
    private let behaviour: @Sendable (Int) -> ScriptedBehaviour
    private let account = Mutex<[Play]>([])
    private let started = Mutex(0)

    /// - Parameters:
    ///   - device: what really plays.
    ///   - ledger: of the voice.
    ///   - behaviour: by the number of the play, counted from 0. `.isEmpty` plays nothing; `.breaksOff` fails after half.
    public init(
        ledger: ScriptedVoiceLedger, behaviour: @escaping @Sendable (Int) -> ScriptedBehaviour,
        device: @escaping @Sendable () async -> (any AudioSink)?
    ) {
        (self.device, self.ledger, self.behaviour) = (device, ledger, behaviour)
    }

    /// Everything of which something was heard, in order.
    public var played: [Play] { account.withLock { $0 } }

    public func play(
        _ speech: AsyncThrowingStream<AudioFrame, any Error>, onStart: @escaping @Sendable (Double) -> Void
    ) async throws -> Int {
        let number = started.withLock { started in
            defer { started += 1 }
            return started
        }
        let behaviour = behaviour(number)
        try await behaviour.begin(.audio)
        guard behaviour != .isEmpty, let device = await device() else { return 0 }
        let limit = behaviour == .breaksOff || behaviour == .fallsSilent ? 11 : Int.max
        let passage = Passage(speech, limit: limit)
        let heard = try await device.play(AsyncThrowingStream { try await passage.next() }, onStart: onStart)
        // Written down at once: what fails or falls silent now has been heard all the same.
        if heard > 0, let level = await passage.level, let text = ledger.text(at: level) {
            account.withLock {
                $0.append(Play(level: level, text: text, heard: heard, isTold: behaviour != .breaksOff))
            }
        }
        if limit < .max, await passage.isCut {
            if behaviour == .breaksOff { throw ScriptedBehaviour.error(.audio) }
            try? await Task.sleep(for: .seconds(3600))
        }
        return heard
    }

    private actor Passage {
        private let frames: FrameIterator
        private var rest: Int
        private(set) var level: Float?
        private(set) var isCut = false

        init(_ frames: AsyncThrowingStream<AudioFrame, any Error>, limit: Int) {
            self.frames = FrameIterator(frames)
            rest = limit
        }

        func next() async throws -> AudioFrame? {
            guard rest > 0 else {
                isCut = true
                return nil
            }
            rest -= 1
            guard let frame = try await frames.next() else { return nil }
            // It may be faded in.
            level = max(level ?? 0, frame.samples.max() ?? 0)
            return frame
        }
    }
}

/// Voice activity that fails for a while.
public struct FaultyScorer: WindowScorer {
    private var base = ScriptedScorer()
    private var window = 0
    private let failing: Range<Int>

    /// - Parameter failing: the windows that cannot be scored, counted from 0.
    public init(failing: Range<Int>) { self.failing = failing }

    public var windowLength: Int { base.windowLength }

    public mutating func score(_ window: ArraySlice<Float>) throws -> Float {
        defer { self.window += 1 }
        if failing.contains(self.window) { throw ScriptedBehaviour.error(.voiceActivity) }
        return base.score(window)
    }

    public mutating func reset() { base.reset() }
}

/// Takes frames one by one, from whichever task asks.
private actor FrameIterator {
    private var iterator: AsyncThrowingStream<AudioFrame, any Error>.Iterator

    init(_ frames: AsyncThrowingStream<AudioFrame, any Error>) { iterator = frames.makeAsyncIterator() }

    func next() async throws -> AudioFrame? {
        var iterator = iterator
        defer { self.iterator = iterator }
        return try await iterator.next(isolation: self)
    }
}
