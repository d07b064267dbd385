import Foundation
import RiposteAudio
import RiposteCore
import Synchronization

/// A microphone and a loudspeaker in a simulated room, as fast as the frames are taken.
final class RoomDevice: AudioSource, AudioSink {
    private struct Speech {
        var resampler: Resampler?
        var rate = 16_000
        /// Where its first sample may sound.
        var earliest: Int
        var queue: ArraySlice<Float> = []
        var isComplete = false
        /// Samples heard at 16 kHz, and taken in at the speech's own rate.
        var heard = 0
        var taken = 0
        var onStart: (@Sendable (Double) -> Void)?
    }

    private struct State {
        var room: SimulatedRoom
        /// What people say, from the start of the stream.
        var people: [Float] = []
        var position = 0
        var speeches: [Int: Speech] = [:]
        var last = 0
        var gain = GainRamp(length: Int(gainRamp * 16_000))
        var starts: [Int] = []
        var stops: [Int] = []
        var ducks: [Int] = []
    }

    /// Samples from handing sound over to hearing it: 20 ms.
    static let latency = 320
    private static let frameLength = 512

    private let state: Mutex<State>

    init(room: SimulatedRoom) { state = Mutex(State(room: room)) }

    /// Somebody says something.
    func say(_ samples: [Float], at position: Int) {
        state.withLock { state in
            let missing = position + samples.count - state.people.count
            if missing > 0 { state.people += [Float](repeating: 0, count: missing) }
            for (index, sample) in samples.enumerated() { state.people[position + index] += sample }
        }
    }

    /// Where speech began to sound, was stopped before its end (with what was on its way), and was made soft.
    var log: (starts: [Int], stops: [Int], ducks: [Int]) { state.withLock { ($0.starts, $0.stops, $0.ducks) } }

    func frames() -> AsyncThrowingStream<AudioFrame, any Error> { AsyncThrowingStream { await self.next() } }

    private func next() async -> AudioFrame? {
        // What the session has to tell itself gets through between two frames.
        try? await Task.sleep(for: .microseconds(150))
        var patience = 20_000
        while !Task.isCancelled, patience > 0,
            state.withLock({ state in
                state.speeches.values.contains { !$0.isComplete && $0.queue.count < Self.frameLength }
            })
        {
            try? await Task.sleep(for: .microseconds(150))
            patience -= 1
        }
        if Task.isCancelled { return nil }
        let (frame, started) = state.withLock { Self.render(&$0) }
        started?()
        return frame
    }

    private static func render(_ state: inout State) -> (AudioFrame, (@Sendable () -> Void)?) {
        let (start, count) = (state.position, frameLength)
        var played = [Float](repeating: 0, count: count)
        var started: (@Sendable () -> Void)?
        for id in state.speeches.keys.sorted() {
            guard var speech = state.speeches[id], start >= speech.earliest, !speech.queue.isEmpty else { continue }
            if speech.heard == 0, let onStart = speech.onStart {
                state.starts.append(start)
                started = { onStart(Double(start) / 16_000) }
            }
            var piece = Array(speech.queue.prefix(count))
            state.gain.apply(to: &piece)
            speech.queue = speech.queue.dropFirst(piece.count)
            speech.heard += piece.count
            for (index, sample) in piece.enumerated() { played[index] += sample }
            state.speeches[id] = speech
        }
        var samples = state.room.echo(of: played)
        let noise = state.room.noise(count)
        for index in 0..<count {
            let person = start + index < state.people.count ? state.people[start + index] : 0
            samples[index] = max(-1, min(1, samples[index] + noise[index] + person))
        }
        state.position += count
        return (AudioFrame(samples: samples, sampleRate: 16_000, position: start), started)
    }

    func play(
        _ speech: AsyncThrowingStream<AudioFrame, any Error>, onStart: @escaping @Sendable (Double) -> Void
    ) async throws -> Int {
        let id = state.withLock { state in
            state.last += 1
            state.gain.reset()
            state.speeches[state.last] = Speech(earliest: state.position + Self.latency, onStart: onStart)
            return state.last
        }
        let feeder = Task {
            for try await frame in speech {
                append(frame, to: id)
                while !Task.isCancelled, state.withLock({ ($0.speeches[id]?.queue.count ?? 0) > 32_000 }) {
                    try? await Task.sleep(for: .microseconds(300))
                }
                if Task.isCancelled { return }
            }
            state.withLock { state in
                guard var speech = state.speeches[id] else { return }
                speech.queue += speech.resampler?.finish() ?? []
                speech.isComplete = true
                state.speeches[id] = speech
            }
        }
        defer { feeder.cancel() }
        while !Task.isCancelled,
            state.withLock({ $0.speeches[id].map { !$0.isComplete || !$0.queue.isEmpty } ?? false })
        {
            try? await Task.sleep(for: .microseconds(150))
        }
        return state.withLock { state in
            guard let speech = state.speeches.removeValue(forKey: id) else { return 0 }
            if speech.isComplete, speech.queue.isEmpty { return speech.taken }
            state.stops.append(state.position + Self.latency)
            return min(speech.taken, speech.heard * speech.rate / 16_000)
        }
    }

    private func append(_ frame: AudioFrame, to id: Int) {
        state.withLock { state in
            guard var speech = state.speeches[id] else { return }
            var resampler = speech.resampler ?? Resampler(from: frame.sampleRate, to: 16_000)
            speech.rate = frame.sampleRate
            speech.taken += frame.samples.count
            speech.queue += resampler.process(frame.samples)
            speech.resampler = resampler
            state.speeches[id] = speech
        }
    }

    func setGain(_ gain: Float, onChange: @escaping @Sendable (_ seconds: Double) -> Void) {
        let position = state.withLock { state in
            state.gain.set(gain)
            if gain < 1 { state.ducks.append(state.position) }
            return state.position
        }
        onChange(Double(position) / 16_000)
    }
}
