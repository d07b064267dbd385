import CPortAudio
import RiposteCore

/// An open stream of PortAudio in one direction; closed when it is let go.
///
/// Unchecked because it is a C handle: its functions work on atomics, and are called by one reader or writer
/// at a time.
final class PortAudioStream: @unchecked Sendable {
    let device: SoundDevice
    /// The rate it runs at, in hertz.
    let sampleRate: Int
    private let isInput: Bool
    private let openedAt: Int64
    private let handle: OpaquePointer

    /// Opens and starts a stream. Takes about half a second when it is the first use of the sound system.
    /// - Parameters:
    ///   - channels: at most as many as the device has; 2 by default.
    ///   - latency: wanted, in seconds.
    ///   - capacity: of the ring, in seconds.
    init(
        _ selection: SoundDevice.Selection, isInput: Bool, channels: Int?, latency: Double, capacity: Double
    ) throws {
        self.isInput = isInput
        (device, handle) = try PortAudioLibrary.shared.use(keeping: true) {
            let device = try SoundDevice.find(selection, isInput: isInput)
            let available = isInput ? device.inputChannels : device.outputChannels
            let rate = Double(device.sampleRate)
            var handle: OpaquePointer?
            let open = isInput ? riposte_pa_open_input : riposte_pa_open_output
            let code = open(
                Int32(device.index), Int32(max(1, min(channels ?? 2, available))), rate, latency,
                Int(capacity * rate), &handle)
            try PortAudioLibrary.check(code, "The device “\(device.name)” cannot be opened")
            guard let handle else { throw RiposteError(.deviceUnavailable, .audio, "“\(device.name)” did not open.") }
            return (device, handle)
        }
        openedAt = Self.now
        sampleRate = Int(riposte_pa_rate(handle).rounded())
    }

    deinit { PortAudioLibrary.shared.release { riposte_pa_close(handle) } }

    /// The monotonic clock, in nanoseconds.
    static var now: Int64 { riposte_pa_now() }

    /// Throws `.deviceUnavailable` when the device has ended the stream, or has not called for three seconds;
    /// for ten in the beginning, because a sound server may have to wake it.
    func checkAlive() throws {
        let now = Self.now
        let limit: Int64 = now - openedAt < 10_000_000_000 ? 10_000_000_000 : 3_000_000_000
        guard riposte_pa_is_finished(handle) != 0 || now - riposte_pa_last_callback(handle) > limit else { return }
        throw RiposteError(
            .deviceUnavailable, .audio,
            "The \(isInput ? "microphone" : "loudspeaker") “\(device.name)” went away. `riposte doctor` lists the devices."
        )
    }

    // MARK: Input

    /// Takes up to `capacity` consecutive samples.
    /// - Returns: the samples and the device's count of the first; nil when none are there yet.
    func read(_ capacity: Int) -> (samples: [Float], position: Int)? {
        var position: Int64 = 0
        let samples = [Float](unsafeUninitializedCapacity: capacity) { buffer, count in
            count = riposte_pa_read(handle, buffer.baseAddress, capacity, &position)
        }
        return samples.isEmpty ? nil : (samples, Int(position))
    }

    /// When sample 0 was in the air, on the monotonic clock; 0 before the first has come.
    var origin: Int64 { riposte_pa_origin(handle) }
    /// Samples lost because nobody took them.
    var dropped: Int { Int(riposte_pa_dropped(handle)) }

    // MARK: Output

    /// Hands samples over.
    /// - Returns: how many found room.
    func write(_ samples: ArraySlice<Float>) -> Int {
        samples.withUnsafeBufferPointer { riposte_pa_write(handle, $0.baseAddress, $0.count) }
    }

    /// Samples that wait to be taken by the device.
    var waiting: Int { riposte_pa_waiting(handle) }
    func begin() { riposte_pa_begin(handle) }
    func complete() { riposte_pa_complete(handle) }
    func discard() { riposte_pa_discard(handle) }
    /// Samples the device has taken since it was opened.
    var heard: Int { Int(riposte_pa_heard(handle)) }
    /// When the speech's first sample is in the air, on the monotonic clock; 0 while that is unknown.
    var speechStart: Int64 { riposte_pa_speech_start(handle) }
    /// When the last sample the device has taken is in the air.
    var speechEnd: Int64 { riposte_pa_speech_end(handle) }
    func setGain(_ gain: Float) { riposte_pa_set_gain(handle, gain) }
    /// When the last change of the gain begins to be in the air, on the monotonic clock; 0 before it does.
    var gainChange: Int64 { riposte_pa_gain_change(handle) }
    var underruns: Int { Int(riposte_pa_underruns(handle)) }
    var underrunSamples: Int { Int(riposte_pa_underrun_samples(handle)) }
}
