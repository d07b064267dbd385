import Foundation
import RiposteAudio
import RiposteCore
import Synchronization

/// The devices of `talk`: files where files were named, microphone and loudspeaker else.
struct TalkDevices {
    let source: @Sendable () async throws -> any AudioSource
    let sink: any AudioSink
    /// Where the input file ends, in samples at 16 kHz.
    let inputEnd: Int?
    /// Whether microphone and loudspeaker are one device, on one timeline.
    let sharesTimeline: Bool
    /// Whether the microphone does not hear the loudspeaker: files never do, devices not when it is cancelled.
    let hasNoEcho: Bool

    private let file: FileDevice?
    private let card: SoundCard?

    init(_ command: TalkCommand) throws {
        let input = command.input.map { URL(fileURLWithPath: $0) }
        let output = command.output.map { URL(fileURLWithPath: $0) }
        // An answer to a file goes nowhere unless it is told where: nobody expects sound from a batch run.
        let usesCard = input == nil || command.loudspeaker != nil
        let file: FileDevice? =
            input == nil && output == nil
            ? nil : try FileDevice(input: input, output: output, configuration: .init(pace: command.pace))
        var devices = PortAudioDevice.Configuration()
        devices.input = input == nil ? command.microphone.map { SoundDevice.Selection($0) } ?? .standard : nil
        devices.output = output == nil ? command.loudspeaker.map { SoundDevice.Selection($0) } ?? .standard : nil
        // Only where microphone and loudspeaker are one device is the echo known to the sample.
        let sharesCard = input == nil && output == nil
        let cancelsEcho = sharesCard && command.echoCancellation
        let card: SoundCard? = usesCard ? SoundCard(devices, cancelsEcho: cancelsEcho) : nil
        hasNoEcho = cancelsEcho || input != nil
        (self.file, self.card) = (file, card)
        inputEnd = file?.inputDuration.map { Int($0 * Double(Waterfall.sampleRate)) }
        sharesTimeline = card == nil || file == nil
        if let file, input != nil {
            source = { file }
        } else {
            source = { try (card ?? SoundCard(.init())).microphone() }
        }
        if let file, output != nil || card == nil {
            sink = file
        } else {
            sink = card ?? SoundCard(.init())
        }
        // A device that is not there is said at once, before anything is loaded.
        try card?.open()
    }

    /// Whether the input file has been heard to its end.
    var isInputOver: @Sendable () -> Bool { { [file] in file?.isInputOver ?? false } }

    /// By how many decibels what the microphone hears exceeds the echo; nil while there is none.
    var echoExcess: @Sendable () -> Double? {
        { [card] in card?.echoReport.flatMap { $0.hasEcho ? Double($0.excess) : nil } }
    }

    /// Whether the input file turned out to be shorter than its header says.
    var isInputTruncated: Bool { file?.isInputTruncated ?? false }

    /// Closes the output file.
    func finish() throws { try file?.finish() }

    /// What was lost on the way, to be shown at the end.
    var losses: String {
        let lost = [file?.statistics, card?.statistics].compactMap { $0 }
        let dropped = lost.reduce(0) { $0 + $1.droppedSamples }
        let underruns = lost.reduce(0) { $0 + $1.underruns }
        return "\(dropped) samples of input dropped, \(underruns) underruns of the output"
    }
}

/// The microphone and loudspeaker of the machine, opened anew when they were lost.
final class SoundCard: AudioSink {
    private struct State {
        var device: PortAudioDevice?
        /// The device without its own echo.
        var cancelled: EchoCancelledDevice?
        /// Whether the device has been given out as a source: then it is used up.
        var isTaken = false
        var lost = DeviceStatistics()
    }

    private let configuration: PortAudioDevice.Configuration
    private let cancelsEcho: Bool
    private let state = Mutex(State())

    /// - Parameter cancelsEcho: whether the microphone is not to hear the loudspeaker.
    init(_ configuration: PortAudioDevice.Configuration, cancelsEcho: Bool = false) {
        self.configuration = configuration
        self.cancelsEcho = cancelsEcho
    }

    /// The device as a source: the one that was opened at first, then a new one each time.
    /// - Throws: `.deviceUnavailable`, `.libraryMissing`.
    @discardableResult
    func open() throws -> PortAudioDevice {
        try state.withLock { state in
            if let device = state.device, !state.isTaken { return device }
            state.isTaken = false
            if let old = state.device {
                state.lost.droppedSamples += old.statistics.droppedSamples
                state.lost.underruns += old.statistics.underruns
                old.close()
                state.device = nil
            }
            let device = PortAudioDevice(configuration)
            try device.open()
            state.device = device
            state.cancelled = cancelsEcho ? EchoCancelledDevice(device) : nil
            return device
        }
    }

    /// Gives the device out as the microphone.
    func microphone() throws -> any AudioSource {
        let device = try open()
        return state.withLock { state in
            state.isTaken = true
            return state.cancelled ?? device
        }
    }

    func play(
        _ speech: AsyncThrowingStream<AudioFrame, any Error>, onStart: @escaping @Sendable (Double) -> Void
    ) async throws -> Int {
        if let cancelled = state.withLock({ $0.cancelled }) {
            return try await cancelled.play(speech, onStart: onStart)
        }
        return try await (state.withLock { $0.device } ?? open()).play(speech, onStart: onStart)
    }

    func setGain(_ gain: Float, onChange: @escaping @Sendable (Double) -> Void) {
        let (cancelled, device) = state.withLock { ($0.cancelled, $0.device) }
        if let cancelled {
            cancelled.setGain(gain, onChange: onChange)
        } else {
            device?.setGain(gain, onChange: onChange)
        }
    }

    /// What the echo canceller says of the latest frame; nil without one.
    var echoReport: EchoReport? { state.withLock { $0.cancelled }?.report }

    var statistics: DeviceStatistics {
        state.withLock { state in
            var all = state.device?.statistics ?? DeviceStatistics()
            all.droppedSamples += state.lost.droppedSamples
            all.underruns += state.lost.underruns
            return all
        }
    }
}
