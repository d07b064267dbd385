import RiposteAudio
import RiposteCore
import Synchronization

/// A client's loudspeaker: speech leaves a little ahead of when it is to be heard, so that a client need not keep much,
/// and so that little is lost when the user interrupts.
///
/// What was heard is reckoned: sound is taken to be played as it arrives, one piece after the other.
public final class NetworkSink: AudioSink {
    /// What a client is told.
    public enum Output: Sendable, Equatable {
        /// An answer's sound begins, or goes on after it was held.
        case began
        /// The next samples, mono, at the sink's rate.
        case sound([Float])
        /// What was sent is at its end or stopped; `heard` samples at the sink's rate of what was sent since `began` are
        /// taken to have been heard. `isWhole`: nothing was cut off.
        case ended(heard: Int, isWhole: Bool)
    }

    /// In hertz, of what is sent.
    public let sampleRate: Int
    /// How far ahead of its time sound is sent, in seconds. Default: 0.25.
    public let lead: Double
    private let send: @Sendable (Output) async throws -> Void
    private let gain = Mutex<GainRamp>(GainRamp(length: 480))
    private let turnstile = AsyncTurn()

    /// - Parameter send: takes what goes to the client; it waits while the client is not ready for more. Where it throws what
    ///   is no `RiposteError`, the client has gone: that ends what plays as `.cancelled`, as nobody's failure.
    public init(sampleRate: Int = 24_000, lead: Double = 0.25, send: @escaping @Sendable (Output) async throws -> Void)
    {
        self.sampleRate = sampleRate
        self.lead = lead
        self.send = send
    }

    public func play(
        _ speech: AsyncThrowingStream<AudioFrame, any Error>,
        onStart: @escaping @Sendable (_ seconds: Double) -> Void
    ) async throws -> Int {
        guard await turnstile.enter() else { return 0 }
        defer { turnstile.leave() }
        gain.withLock { $0.reset() }
        var playing = Playing(rate: sampleRate)
        var resampler: Resampler?
        do {
            for try await frame in speech {
                if Task.isCancelled { break }
                if resampler?.inputRate != frame.sampleRate {
                    resampler = Resampler(from: frame.sampleRate, to: sampleRate)
                }
                playing.speechRate = playing.speechRate ?? frame.sampleRate
                playing.taken += frame.samples.count
                try await give(resampler?.process(frame.samples) ?? [], &playing, onStart)
                if Task.isCancelled { break }
            }
            if !Task.isCancelled {
                try await give(resampler?.finish() ?? [], &playing, onStart)
                try? await Task.sleep(until: playing.end, clock: .continuous)
            }
        } catch is CancellationError {
            // As when it is noticed elsewhere.
        } catch {
            try? await end(playing)
            throw error
        }
        try await end(playing)
        return playing.speechSamplesHeard
    }

    public func setGain(_ gain: Float, onChange: @escaping @Sendable (_ seconds: Double) -> Void) {
        self.gain.withLock { $0.set(gain) }
        onChange(0)
    }

    private func give(
        _ samples: [Float], _ playing: inout Playing, _ onStart: @escaping @Sendable (Double) -> Void
    ) async throws {
        let piece = sampleRate / 25
        var rest = samples[...]
        while !rest.isEmpty, !Task.isCancelled {
            let ahead = playing.end - .seconds(lead)
            if ContinuousClock.now < ahead { try await Task.sleep(until: ahead, clock: .continuous) }
            var sound = Array(rest.prefix(piece))
            rest = rest.dropFirst(piece)
            gain.withLock { $0.apply(to: &sound) }
            if playing.sent == 0 {
                try await deliver(.began)
                onStart(0)
            }
            try await deliver(.sound(sound))
            playing.sent(sound.count)
        }
    }

    private func end(_ playing: Playing) async throws {
        guard playing.sent > 0 else { return }
        // Also when the task is cancelled: the client has to be told that it is silent now.
        let (heard, isWhole) = (playing.heard, !Task.isCancelled)
        try await Task { try await deliver(.ended(heard: heard, isWhole: isWhole)) }.value
    }

    private func deliver(_ output: Output) async throws {
        do {
            try await send(output)
        } catch let error where !(error is RiposteError || error is CancellationError) {
            throw RiposteError(.cancelled, .audio, "The client has gone.", underlying: error)
        }
    }
}

/// What becomes of speech at a client, as it is reckoned.
private struct Playing {
    let rate: Int
    /// Samples sent.
    private(set) var sent = 0
    /// When all that was sent will have been heard.
    private(set) var end = ContinuousClock.now
    /// Samples of the speech taken in, at its own rate.
    var taken = 0
    var speechRate: Int?

    init(rate: Int) { self.rate = rate }

    mutating func sent(_ count: Int) {
        end = max(end, .now) + .seconds(Double(count) / Double(rate))
        sent += count
    }

    /// Samples heard by now, at the sink's rate.
    var heard: Int {
        let left = max(0, (end - .now) / .seconds(1))
        return max(0, sent - Int(left * Double(rate)))
    }

    /// The same in samples of the speech.
    var speechSamplesHeard: Int {
        guard let speechRate else { return 0 }
        let heard = heard
        return heard >= sent && !Task.isCancelled
            ? taken : min(taken, Int(Double(heard) * Double(speechRate) / Double(rate)))
    }
}

/// Lets one in at a time, in order; whoever is cancelled goes away.
final class AsyncTurn: Sendable {
    private struct State {
        var isTaken = false
        var waiting: [(id: Int, continuation: CheckedContinuation<Bool, Never>)] = []
        var lastID = 0
    }

    private let state = Mutex(State())

    /// - Returns: false when the task was cancelled meanwhile.
    func enter() async -> Bool {
        let id = state.withLock { state in
            state.lastID += 1
            return state.lastID
        }
        return await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                let answer: Bool? = state.withLock { state in
                    if Task.isCancelled { return false }
                    if !state.isTaken {
                        state.isTaken = true
                        return true
                    }
                    state.waiting.append((id: id, continuation: continuation))
                    return nil
                }
                if let answer { continuation.resume(returning: answer) }
            }
        } onCancel: {
            let waiter = state.withLock { state in
                state.waiting.firstIndex { $0.id == id }.map { state.waiting.remove(at: $0) }
            }
            waiter?.continuation.resume(returning: false)
        }
    }

    func leave() {
        let next = state.withLock { state in
            if state.waiting.isEmpty {
                state.isTaken = false
                return nil as (id: Int, continuation: CheckedContinuation<Bool, Never>)?
            }
            return state.waiting.removeFirst()
        }
        next?.continuation.resume(returning: true)
    }
}
