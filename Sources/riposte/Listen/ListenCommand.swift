import ArgumentParser
import Dispatch
import Foundation
import RiposteAudio
import RiposteCore
import RiposteListening

/// Prints wake words as they are heard.
struct ListenCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "listen",
        abstract: "Prints wake words as they are heard, at the microphone or in recordings.",
        discussion: "With the microphone it goes on until Ctrl-C. What cannot be read is reported, with exit code 1.")

    @OptionGroup var words: WakeOptions

    @Option(
        parsing: .upToNextOption, help: "WAVE files in the microphone's place.",
        completion: .file(extensions: ["wav"]))
    var input: [String] = []

    @Option(help: "How to write it: text, or json (a line for each word).")
    var format = WakeWordFormat.text

    @Option(help: "The microphone, by index or part of its name; riposte doctor lists them.")
    var microphone: String?

    @Option(help: "End after so many seconds at the microphone; 0 goes on.")
    var duration = 0.0

    @Flag(
        help: ArgumentHelp(
            "Learn how you say a phrase, from recordings of it (--input).",
            discussion: "Each recording has the phrase and nothing else. Three to ten are enough."))
    var enrol = false

    @Flag(help: "At the end, say on the standard error stream what it took: processor and memory.")
    var usage = false

    func validate() throws {
        guard !words.wake.isEmpty else { throw ValidationError("Name a wake word with --wake.") }
        if !input.isEmpty, microphone != nil {
            throw ValidationError("--input and --microphone exclude each other.")
        }
        if enrol, words.wake.count != 1 { throw ValidationError("--enrol takes one wake word.") }
        if enrol, input.isEmpty { throw ValidationError("--enrol takes recordings with --input.") }
        guard (0...86_400).contains(duration) else { throw ValidationError("--duration takes 0 to 86400 seconds.") }
    }

    func run() async throws {
        let assembly = WakeAssembly()
        if enrol { return try await learn(assembly) }
        let detector = try assembly.detector(words)
        if let note = try assembly.licenceNote(words) { Failure.report(note) }
        try await detector.load()
        var processor = ProcessorTime()
        var failures = 0
        var seconds = 0.0
        try await processor.measure {
            if input.isEmpty {
                seconds = try await listen(detector)
            } else {
                for file in input {
                    do {
                        seconds += try await listen(to: file, detector)
                    } catch let error as RiposteError where error.code != .cancelled {
                        Failure.report(error.message.contains(file) ? error.message : "\(file): \(error.message)")
                        failures += 1
                    }
                }
            }
        }
        if usage {
            Failure.report(
                String(
                    format: "%.1f s of sound, %.2f %% of one processor for sound in real time, %.0f MB at most",
                    seconds, seconds > 0 ? 100 * processor.usedSeconds / seconds : 0, ProcessorTime.peakMegabytes))
        }
        if failures > 0 { throw ExitCode(Failure.failed) }
    }

    private func learn(_ assembly: WakeAssembly) async throws {
        let phrase = words.wake[0]
        let listener = try assembly.listener([phrase], enrolled: false)
        let recordings = try input.map { try WaveFile(reading: URL(fileURLWithPath: $0)).samples }
        let enrolment = try await listener.enrolment(of: phrase, recordings: recordings)
        let file = try WakeEnrolments(store: assembly.store).store(enrolment, of: phrase)
        let spellings = enrolment.spellings.isEmpty ? "as it is typed" : enrolment.spellings.joined(separator: ", ")
        let threshold = enrolment.threshold(PhraseDetector.Configuration(isConfirmed: listener.isConfirmed).threshold)
        let heard = enrolment.scores.count { $0 >= threshold }
        print("\(phrase): \(heard) of \(recordings.count) recordings heard; written \(spellings)")
        print("stored in \(file.path)")
    }

    /// - Returns: seconds heard.
    private func listen(to file: String, _ detector: any WakeWordDetector) async throws -> Double {
        await detector.reset()
        let reader = try WaveReader(URL(fileURLWithPath: file))
        var position = 0
        while let samples = try reader.read(16_000) {
            let frame = AudioFrame(samples: samples, sampleRate: 16_000, position: position)
            position = frame.end
            try show(await detector.detect(in: frame), file: file)
        }
        try show(await detector.finish(), file: file)
        if reader.isTruncated { Failure.report("\(file) is shorter than its header says; what is there was heard") }
        return Double(position) / 16_000
    }

    /// Listens at the microphone until Ctrl-C.
    private func listen(_ detector: any WakeWordDetector) async throws -> Double {
        var devices = PortAudioDevice.Configuration()
        devices.input = microphone.map { SoundDevice.Selection($0) } ?? .standard
        devices.output = nil
        let device = PortAudioDevice(devices)
        try device.open()
        defer { device.close() }
        let end = duration > 0 ? Int(duration * 16_000) : Int.max
        let listening = Task {
            var position = 0
            for try await frame in device.frames() {
                position = frame.end
                try show(await detector.detect(in: frame), file: nil)
                if position >= end || Task.isCancelled { break }
            }
            if position >= end { try show(await detector.finish(), file: nil) }
            return position
        }
        let interruption = SessionRunner.onInterrupt { listening.cancel() }
        defer { interruption.cancel() }
        if format == .text { Failure.report("listening for \(detector.words.joined(separator: ", ")); Ctrl-C ends") }
        do {
            return try await Double(listening.value) / 16_000
        } catch is CancellationError {
            return 0
        }
    }

    private func show(_ detections: [WakeWordDetection], file: String?) throws {
        for detection in detections {
            // Not `print`, which would keep it back while it is read by a program.
            FileHandle.standardOutput.write(Data(try format.line(detection, file: file).utf8))
        }
    }
}
