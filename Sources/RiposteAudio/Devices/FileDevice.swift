import Foundation
import RiposteCore
import Synchronization

/// Two files in the place of microphone and loudspeaker, on one timeline.
///
/// The input file is heard from time 0 on, and digital silence after its end, because an answer may still be
/// on its way. The output file lies on the same timeline: what it has at time `t` is what the loudspeaker
/// played at time `t` since the stream started, and silence where nothing was played, so that a latency can
/// be read off the two files.
///
/// ```swift
/// let device = try FileDevice(input: question, output: answer)
/// for try await frame in device.frames() { … }  // at the pace of the room
/// try device.finish()  // closes the output file
/// ```
public final class FileDevice: AudioSource, AudioSink {
    /// How fast time passes.
    public enum Pace: String, Sendable, CaseIterable {
        /// As a clock on the wall. A frame comes when its last sample would have been heard, by an absolute
        /// schedule; one that is taken late does not delay the next.
        case real
        /// As fast as the frames are taken: time is the end of the frame taken last. While a speech is being
        /// played whose sound has not been made yet, time waits for it, so that a slow machine gives the
        /// same files as a quick one.
        case fast
    }

    public struct Configuration: Sendable {
        /// Default real.
        public var pace: Pace
        /// Samples of a frame at 16 kHz. Default 512, 32 ms.
        public var frameLength: Int
        /// How long the source goes on with silence after the input file's end, in seconds; nil goes on until
        /// its consumer stops. Default nil.
        public var tail: Double?
        /// From handing a sample over to its sound, in seconds. Default 0.02, a loudspeaker's usual buffer.
        public var outputLatency: Double
        /// The output file's rate in hertz. Default 24 000.
        public var outputRate: Int
        /// How long time waits for a speech's next sound at fast pace, in seconds, before it counts as an
        /// underrun. Default 10.
        public var patience: Double

        public init(
            pace: Pace = .real, frameLength: Int = 512, tail: Double? = nil, outputLatency: Double = 0.02,
            outputRate: Int = 24_000, patience: Double = 10
        ) {
            self.pace = pace
            self.frameLength = frameLength
            self.tail = tail
            self.outputLatency = outputLatency
            self.outputRate = outputRate
            self.patience = patience
        }
    }

    /// The rate of the frames, in hertz.
    public static let inputRate = 16_000

    public let configuration: Configuration

    private let input: Mutex<FileInput>
    private let output: Mutex<FileOutput>
    /// Apart from `input`, which is locked while a pipe is waited for.
    private let isOver = Mutex(false)
    private let changed = Condition()
    private let turnstile = Turnstile()

    /// - Parameters:
    ///   - input: what the microphone hears; nil is silence. See `WaveReader` for what can be read.
    ///   - output: where what the loudspeaker plays is written; nil keeps it nowhere.
    /// - Throws: `.badInput` or `.storage` when a file cannot be read or written.
    public init(input: URL?, output: URL?, configuration: Configuration = Configuration()) throws {
        guard configuration.frameLength > 0, WaveFormat.sampleRates.contains(configuration.outputRate) else {
            throw RiposteError(
                .badInput, .audio,
                "Frames of \(configuration.frameLength) samples and an output of \(configuration.outputRate) Hz "
                    + "do not make a device.")
        }
        self.configuration = configuration
        self.input = try Mutex(FileInput(input, tail: configuration.tail))
        self.output = try Mutex(FileOutput(output, sampleRate: configuration.outputRate))
    }

    deinit { output.withLock { try? $0.finish() } }

    /// What went wrong so far. A file never drops input.
    public var statistics: DeviceStatistics { output.withLock { $0.timeline.statistics } }

    /// Time since the stream started, in seconds: the frames taken at fast pace, the wall clock at real pace.
    public var seconds: Double { output.withLock { $0.seconds(configuration.pace) } }

    /// Whether a speech is being played, or about to be: from `play` taking it up to its end.
    public var isPlaying: Bool { output.withLock { $0.timeline.isPlaying } }

    /// The input file's length in seconds as far as its header says; nil without a file.
    public var inputDuration: Double? { input.withLock { $0.duration } }

    /// Whether the input file turned out to be shorter than its header says.
    public var isInputTruncated: Bool { input.withLock { $0.isTruncated } }

    /// Whether the input file has been heard to its end. A pipe's length is known only then, and a file may turn out
    /// shorter than `inputDuration`.
    public var isInputOver: Bool { isOver.withLock { $0 } }

    /// Brings the output file up to the present and closes it. Sound played later is not kept.
    /// - Throws: `.storage` when it could not be written.
    public func finish() throws {
        try output.withLock { output in
            _ = try output.advance(to: output.seconds(configuration.pace))
            try output.finish()
        }
    }

    // MARK: The microphone

    public func frames() -> AsyncThrowingStream<AudioFrame, any Error> {
        let isFirst = output.withLock { $0.beginSource() }
        // Let go with the stream, and then playback must not wait for frames to be taken any more.
        let listener = Listener { [weak self] in self?.sourceEnded() }
        return AsyncThrowingStream { [self] in
            guard isFirst else {
                throw RiposteError(.badInput, .audio, "The frames of a device can be taken only once.")
            }
            defer { withExtendedLifetime(listener) {} }
            return try await nextFrame()
        }
    }

    private func nextFrame() async throws -> AudioFrame? {
        let (frame, isOver) = try input.withLock { (try $0.read(configuration.frameLength), $0.isOver) }
        // Of the frames before this one, which is heard only when it is given out.
        defer { self.isOver.withLock { $0 = isOver } }
        guard let frame else {
            sourceEnded()
            return nil
        }
        let end = Double(frame.end) / Double(Self.inputRate)
        switch configuration.pace {
        case .real:
            let deadline = output.withLock { $0.instant(end) }
            try? await Task.sleep(until: deadline, tolerance: .zero, clock: .continuous)
        case .fast:
            await waitForSpeech(until: end)
        }
        if Task.isCancelled {
            sourceEnded()
            return nil
        }
        try advance { output in
            output.consumed = end
            // At real pace the clock may be further than this frame.
            return output.seconds(configuration.pace)
        }
        return frame
    }

    private func sourceEnded() {
        output.withLock { $0.isSourceActive = false }
        changed.signal()
    }

    /// Waits until the sound of a speech under way is known up to a time, but not forever.
    private func waitForSpeech(until seconds: Double) async {
        @Sendable func isKnown() -> Bool { output.withLock { $0.isKnown(until: seconds) } }
        if isKnown() { return }
        await withTaskGroup(of: Void.self) { group in
            group.addTask { [self] in await changed.wait(until: isKnown) }
            group.addTask { [self] in
                try? await Task.sleep(for: .seconds(configuration.patience))
                if !Task.isCancelled { output.withLock { $0.hasLostPatience = true } }
            }
            await group.next()
            group.cancelAll()
        }
    }

    // MARK: The loudspeaker

    public func play(
        _ speech: AsyncThrowingStream<AudioFrame, any Error>,
        onStart: @escaping @Sendable (_ seconds: Double) -> Void
    ) async throws -> Int {
        guard await turnstile.enter() else { return 0 }
        defer { turnstile.leave() }
        let id = output.withLock { $0.beginSpeech(onStart) }
        // Not a child: a speech that is slow to notice its cancellation must not delay the silence.
        let feeder = Task { try await feed(speech, to: id) }
        defer { feeder.cancel() }
        do {
            try await drive(id)
        } catch {
            _ = output.withLock { $0.endSpeech(id) }
            throw error
        }
        if Task.isCancelled { try advance { $0.seconds(configuration.pace) } }
        let heard = output.withLock { $0.endSpeech(id) }
        changed.signal()
        if !Task.isCancelled { try await feeder.value }
        return heard
    }

    public func setGain(_ gain: Float, onChange: @escaping @Sendable (_ seconds: Double) -> Void) {
        // What went by before this moment was as loud as before.
        try? advance { $0.seconds(configuration.pace) }
        onChange(output.withLock { $0.setGain(gain) })
    }

    /// Hands a speech's sound over as it comes, at most two seconds ahead.
    private func feed(_ speech: AsyncThrowingStream<AudioFrame, any Error>, to id: Int) async throws {
        defer {
            output.withLock { $0.complete(id, latency: configuration.outputLatency, configuration.pace) }
            changed.signal()
        }
        for try await frame in speech {
            // What went by before this sound came was silence.
            try advance { $0.seconds(configuration.pace) }
            try output.withLock {
                try $0.append(frame, to: id, latency: configuration.outputLatency, configuration.pace)
            }
            changed.signal()
            let limit = 2 * configuration.outputRate
            await changed.wait { [self] in output.withLock { $0.timeline.queued < limit } }
            if Task.isCancelled { return }
        }
    }

    /// Lets time pass until a speech has been heard, or the task is cancelled.
    private func drive(_ id: Int) async throws {
        var tick = output.withLock { $0.seconds(configuration.pace) }
        while !Task.isCancelled, !output.withLock({ $0.timeline.isFinished(id) }) {
            switch configuration.pace {
            case .real:
                tick += 0.01
                let deadline = output.withLock { $0.instant(tick) }
                try? await Task.sleep(until: deadline, tolerance: .zero, clock: .continuous)
                try advance { $0.seconds(.real) }
            case .fast:
                await changed.wait { [self] in
                    output.withLock { $0.timeline.isFinished(id) || (!$0.isSourceActive && $0.timeline.queued > 0) }
                }
                // Without a listener nobody else makes time pass.
                try advance { output in
                    if !output.isSourceActive, let end = output.endOfQueue {
                        output.consumed = max(output.consumed, end)
                    }
                    return output.seconds(.fast)
                }
            }
        }
    }

    /// Lets time pass up to what `target` says, and tells those who wait.
    private func advance(to target: (inout FileOutput) -> Double) throws {
        let started = try output.withLock { output in
            let seconds = target(&output)
            return try output.advance(to: seconds)
        }
        started?()
        changed.signal()
    }
}

/// Calls back when it is let go.
private final class Listener: Sendable {
    private let onEnd: @Sendable () -> Void
    init(onEnd: @escaping @Sendable () -> Void) { self.onEnd = onEnd }
    deinit { onEnd() }
}
