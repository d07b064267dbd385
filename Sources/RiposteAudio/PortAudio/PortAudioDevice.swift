import RiposteCore
import Synchronization

/// The machine's microphone and loudspeaker, through PortAudio (ALSA, PulseAudio, PipeWire, JACK, Core Audio).
///
/// Both run at their own rate and are resampled. Times are those of the microphone: `onStart` of `play` gives
/// where the first sample sounds on the timeline of the frames, in seconds, from the times the devices report.
/// A device lives once: when it fails because the microphone was unplugged or the sound server ended, make a
/// new one of the same configuration; that finds it when it is back.
///
/// ```swift
/// let device = PortAudioDevice()
/// try device.open()
/// for try await frame in device.frames() { … }
/// ```
public final class PortAudioDevice: AudioSource, AudioSink {
    public struct Configuration: Sendable {
        /// Nil opens no microphone. Default the system's.
        public var input: SoundDevice.Selection?
        /// Nil opens no loudspeaker. Default the system's.
        public var output: SoundDevice.Selection?
        /// Samples of a frame at 16 kHz. Default 512, 32 ms.
        public var frameLength: Int
        /// Channels to open each way, at most; the microphone's are averaged. Default 2.
        public var channels: Int
        /// Buffer each way that is asked of the devices, in seconds. Default 0.02.
        public var latency: Double

        public init(
            input: SoundDevice.Selection? = .standard, output: SoundDevice.Selection? = .standard,
            frameLength: Int = 512, channels: Int = 2, latency: Double = 0.02
        ) {
            self.input = input
            self.output = output
            self.frameLength = frameLength
            self.channels = channels
            self.latency = latency
        }
    }

    private struct State {
        var isOpen = false
        var openedAt: Int64 = 0
        var microphone: Microphone?
        var loudspeaker: PortAudioStream?
        var hasSource = false
        /// Who is to be told when the change of the gain is heard.
        var onGainChange: (@Sendable (Double) -> Void)?
    }

    public let configuration: Configuration
    private let state = Mutex(State())
    private let turnstile = Turnstile()

    /// Cheap; `open` does the work.
    public init(_ configuration: Configuration = Configuration()) { self.configuration = configuration }

    /// Opens the devices and starts them, if that has not been done. Blocks for about half a second.
    /// - Throws: `.libraryMissing` without PortAudio, `.deviceUnavailable` when a device is not there.
    public func open() throws {
        try state.withLock { state in
            guard !state.isOpen else { return }
            state.openedAt = PortAudioStream.now
            // The loudspeaker runs from now on, silent, so that speech need not wait for it to wake up.
            state.loudspeaker = try configuration.output.map {
                try PortAudioStream(
                    $0, isInput: false, channels: configuration.channels, latency: configuration.latency, capacity: 4)
            }
            state.microphone = try configuration.input.map {
                let stream = try PortAudioStream(
                    $0, isInput: true, channels: configuration.channels, latency: configuration.latency, capacity: 4)
                return Microphone(stream, frameLength: configuration.frameLength)
            }
            state.isOpen = true
        }
    }

    /// Closes the devices. What uses them fails or ends.
    public func close() {
        let closed = state.withLock { state in
            defer { (state.microphone, state.loudspeaker) = (nil, nil) }
            return (state.microphone, state.loudspeaker)
        }
        // Let go outside of the lock, because a device may take its time.
        _ = closed
    }

    /// What went wrong so far.
    public var statistics: DeviceStatistics {
        state.withLock { state in
            var statistics = DeviceStatistics()
            statistics.droppedSamples = state.microphone?.dropped ?? 0
            statistics.underruns = state.loudspeaker?.underruns ?? 0
            statistics.underrunSamples = state.loudspeaker?.underrunSamples ?? 0
            return statistics
        }
    }

    /// The microphone and loudspeaker in use.
    public var devices: (input: SoundDevice?, output: SoundDevice?) {
        state.withLock { ($0.microphone?.stream.device, $0.loudspeaker?.device) }
    }

    /// Time since the stream started, in seconds: since the microphone's first sample was in the air, or since
    /// `open` without a microphone.
    public var seconds: Double { seconds(at: PortAudioStream.now) }

    private func seconds(at time: Int64) -> Double {
        let start = state.withLock { state in
            guard let origin = state.microphone?.stream.origin, origin != 0 else { return state.openedAt }
            return origin
        }
        return Double(time - start) / 1e9
    }

    // MARK: The microphone

    public func frames() -> AsyncThrowingStream<AudioFrame, any Error> {
        let isFirst = state.withLock { state in
            defer { state.hasSource = true }
            return !state.hasSource
        }
        return AsyncThrowingStream { [self] in
            guard isFirst else {
                throw RiposteError(.badInput, .audio, "The frames of a device can be taken only once.")
            }
            try open()
            return try await nextFrame()
        }
    }

    private func nextFrame() async throws -> AudioFrame? {
        while !Task.isCancelled {
            let (frame, missing) = try state.withLock { state in
                guard state.microphone != nil else {
                    throw RiposteError(.deviceUnavailable, .audio, "The microphone is not open.")
                }
                let frame = state.microphone?.next()
                if frame == nil { try state.microphone?.stream.checkAlive() }
                return (frame, state.microphone?.missing ?? 0)
            }
            if let frame { return frame }
            // The callback must not wake anyone, so we look: rarely while much is missing, often at the end.
            try? await Task.sleep(for: .seconds(min(0.01, max(0.002, missing / 2))), tolerance: .zero)
        }
        return nil
    }

    // MARK: The loudspeaker

    /// Plays speech; see `AudioSink`. A cancelled speech ends with what the device has taken already, its
    /// buffer (`Configuration.latency`) at most; that counts as heard.
    public func play(
        _ speech: AsyncThrowingStream<AudioFrame, any Error>,
        onStart: @escaping @Sendable (_ seconds: Double) -> Void
    ) async throws -> Int {
        guard await turnstile.enter() else { return 0 }
        defer { turnstile.leave() }
        try open()
        guard let stream = state.withLock({ $0.loudspeaker }) else {
            throw RiposteError(.deviceUnavailable, .audio, "The loudspeaker is not open.")
        }
        let playback = Playback(stream)
        // Not a child: a speech that is slow to notice its cancellation must not delay the silence.
        let feeder = Task { try await playback.feed(speech) }
        defer { feeder.cancel() }
        var onStart: (@Sendable (Double) -> Void)? = onStart
        while !Task.isCancelled, !playback.isFinished {
            do {
                try stream.checkAlive()
            } catch {
                playback.stop()
                throw error
            }
            if let start = playback.start, let call = onStart {
                onStart = nil
                call(seconds(at: start))
            }
            tellGainChange(of: stream)
            try? await Task.sleep(for: .milliseconds(5), tolerance: .zero)
        }
        if let start = playback.start { onStart?(seconds(at: start)) }
        guard Task.isCancelled else {
            try await feeder.value
            return playback.heard
        }
        playback.stop()
        // The callback may be under way; in a cancelled task, waiting for it takes another one.
        await Task.detached {
            for _ in 0..<50 where stream.waiting > 0 { try? await Task.sleep(for: .milliseconds(2)) }
        }.value
        return playback.heard
    }

    public func setGain(_ gain: Float, onChange: @escaping @Sendable (_ seconds: Double) -> Void) {
        state.withLock { state in
            guard let stream = state.loudspeaker else { return }
            state.onGainChange = onChange
            stream.setGain(gain)
        }
    }

    private func tellGainChange(of stream: PortAudioStream) {
        let change = stream.gainChange
        guard change != 0 else { return }
        let call = state.withLock { state in
            defer { state.onGainChange = nil }
            return state.onGainChange
        }
        call?(seconds(at: change))
    }
}
