import RiposteCore

/// Cuts what a PortAudio stream gives into frames at 16 kHz, with positions that count every sample the
/// device has counted: where some were lost, there is silence.
struct Microphone {
    let stream: PortAudioStream
    private let frameLength: Int
    private var resampler: Resampler
    private var pending: [Float] = []
    private var position = 0
    /// The device's count of the sample expected next.
    private var expected = 0

    init(_ stream: PortAudioStream, frameLength: Int) {
        self.stream = stream
        self.frameLength = frameLength
        resampler = Resampler(from: stream.sampleRate, to: FileDevice.inputRate)
    }

    /// The next frame if its sound is there; nil otherwise.
    mutating func next() -> AudioFrame? {
        while pending.count < frameLength, let (samples, at) = stream.read(4096) {
            if at > expected { pending += resampler.process([Float](repeating: 0, count: at - expected)) }
            pending += resampler.process(samples)
            expected = at + samples.count
        }
        guard pending.count >= frameLength else { return nil }
        let frame = AudioFrame(
            samples: Array(pending.prefix(frameLength)), sampleRate: FileDevice.inputRate, position: position)
        pending.removeFirst(frameLength)
        position += frameLength
        return frame
    }

    /// How long the rest of the next frame takes, in seconds.
    var missing: Double { Double(frameLength - pending.count) / Double(FileDevice.inputRate) }

    /// Samples lost, at 16 kHz.
    var dropped: Int { stream.dropped * FileDevice.inputRate / stream.sampleRate }
}
