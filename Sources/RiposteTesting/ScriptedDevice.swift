import RiposteCore
import Synchronization

/// A microphone and a loudspeaker on one sample clock, both in memory.
///
/// The clock advances as the microphone's frames are taken. What is played takes as long as it is; `played` lies
/// on the microphone's timeline at 16 kHz.
public actor ScriptedDevice: AudioSource, AudioSink {
    public static let frameLength = 512

    private let input: [Float]
    private let failsAt: Int?
    private var position = 0
    private var waiting: [Int: (position: Int, continuation: CheckedContinuation<Void, Never>)] = [:]
    private var players = 0
    /// Until where each playback has given its sound.
    private var supplied: [Int: Int] = [:]
    private let gainLog = Mutex<[Float]>([])
    private var supplyWaiter: CheckedContinuation<Void, Never>?
    /// What was played: where it began and how many samples were heard.
    public private(set) var played: [(start: Int, heard: Int)] = []

    /// - Parameters:
    ///   - input: what the microphone hears, at 16 kHz; silence after it.
    ///   - failsAt: where the microphone goes away; nil never.
    public init(input: [Float], failsAt: Int? = nil) {
        self.input = input
        self.failsAt = failsAt
    }

    /// Half a second of silence before each piece of speech: speech is a constant, silence is zero.
    public static func speech(_ pieces: [(silence: Double, speech: Double)]) -> [Float] {
        pieces.flatMap { piece in
            [Float](repeating: 0, count: Int(piece.silence * 16_000))
                + [Float](repeating: 0.5, count: Int(piece.speech * 16_000))
        }
    }

    public nonisolated func frames() -> AsyncThrowingStream<AudioFrame, any Error> {
        AsyncThrowingStream { try await self.next() }
    }

    private func next() async throws -> AudioFrame {
        if let failsAt, position >= failsAt {
            throw RiposteError(.deviceUnavailable, .audio, "The microphone went away.")
        }
        // What is being played keeps up with the clock, as it does on a real device.
        while supplied.values.contains(where: { $0 < position + Self.frameLength }), !Task.isCancelled {
            await withCheckedContinuation { supplyWaiter = $0 }
        }
        // Whatever the session has to tell itself gets through between two frames.
        try? await Task.sleep(for: .microseconds(200))
        var samples = Array(input.dropFirst(position).prefix(Self.frameLength))
        samples += [Float](repeating: 0, count: Self.frameLength - samples.count)
        let frame = AudioFrame(samples: samples, sampleRate: 16_000, position: position)
        position = frame.end
        for id in waiting.keys where (waiting[id]?.position ?? 0) <= position { wake(id) }
        return frame
    }

    public nonisolated func play(
        _ speech: AsyncThrowingStream<AudioFrame, any Error>, onStart: @escaping @Sendable (Double) -> Void
    ) async throws -> Int {
        let (id, start) = await begin()
        var heard = 0
        do {
            for try await frame in speech {
                if heard == 0 { onStart(Double(start) / 16_000) }
                heard += frame.samples.count
                let end = start + heard * 16_000 / frame.sampleRate
                await supply(id, until: end)
                await reach(end, id: id)
                if Task.isCancelled { break }
            }
        } catch {
            await finish(id, start: start, heard: heard)
            if !(error is CancellationError) { throw error }
            return heard
        }
        await finish(id, start: start, heard: heard)
        return heard
    }

    public nonisolated func setGain(_ gain: Float, onChange: @escaping @Sendable (_ seconds: Double) -> Void) {
        gainLog.withLock { $0.append(gain) }
    }

    /// The gains that were asked for, in order.
    public nonisolated var gains: [Float] { gainLog.withLock { $0 } }

    private func begin() -> (id: Int, start: Int) {
        players += 1
        supplied[players] = position
        return (id: players, start: position)
    }

    private func supply(_ id: Int, until position: Int) {
        supplied[id] = position
        wakeSupply()
    }

    private func finish(_ id: Int, start: Int, heard: Int) {
        supplied[id] = nil
        wakeSupply()
        played.append((start: start, heard: heard))
    }

    private func wakeSupply() {
        supplyWaiter?.resume()
        supplyWaiter = nil
    }

    private func reach(_ position: Int, id: Int) async {
        // One frame ahead, so that the next one can be supplied in time.
        let position = position - Self.frameLength
        guard self.position < position else { return }
        await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                waiting[id] = (position: position, continuation: continuation)
                if Task.isCancelled { wake(id) }
            }
        } onCancel: {
            Task { await self.wake(id) }
        }
    }

    private func wake(_ id: Int) { waiting.removeValue(forKey: id)?.continuation.resume() }
}
