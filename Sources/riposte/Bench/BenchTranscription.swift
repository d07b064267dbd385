import ArgumentParser
import Foundation
import RiposteAudio
import RiposteCore

/// How long a transcript takes, from cold sound.
struct BenchTranscription: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "stt", abstract: "Measures speech to text over recordings, each from cold sound.")

    @Argument(help: "A folder of WAV files.")
    var folder: String

    @Option(help: "The recognisers to compare.")
    var model: [String] = ["base", "tiny.en"]

    @Option(help: "Texts that are followed side by side; 1 is what a conversation does.")
    var beam = 1

    @Option(help: "At most so many recordings; 0 takes all.")
    var limit = 0

    @Flag(help: "Play each recording at real pace, with partial transcripts, as a conversation does.")
    var streaming = false

    @Option(
        help: "With --streaming: partial transcripts in a row that must agree before their words are settled; 0 never.")
    var settling: Int?

    @Option(help: "Write the figures as JSON to this file.")
    var json: String?

    @OptionGroup(title: "What is understood") var accuracy: AccuracyOptions
    @OptionGroup var phrases: PhraseOptions

    func run() async throws {
        let recordings = try BenchRecordings(folder: folder, limit: limit)
        guard !recordings.files.isEmpty else {
            throw RiposteError(.badInput, .configuration, "There are no WAV files in \(folder).")
        }
        let waves = try recordings.files.map { try WaveFile(reading: $0) }
        var request = TranscriptionRequest()
        try phrases.apply(to: &request)
        var report = BenchReport()
        if accuracy.isWanted {
            let sounds = zip(recordings.files, waves)
            try await measureAccuracy(
                sounds.map { .init(file: $0.lastPathComponent, samples: $1.samples) }, request, &report)
            return try report.publish(to: json)
        }
        if streaming {
            for model in model {
                let measurement = StreamingMeasurement(
                    transcriber: try Assembly().transcriber(model, isLive: true, settling: settling),
                    voiceActivity: try Assembly().voiceActivity(), request: request)
                try await measurement.measure(
                    model, zip(recordings.files, waves).map { recordings.spoken($0, $1) }, into: &report)
            }
            return try report.publish(to: json)
        }
        for model in model {
            let transcriber = try Assembly().transcriber(model, beam: beam)
            try await transcriber.load()
            _ = try await transcriber.transcribe(waves[0].samples, request)
            var times: [Double] = []
            var short: [Double] = []
            var speed: [Double] = []
            for (file, wave) in zip(recordings.files, waves) {
                let start = ContinuousClock.now
                _ = try await transcriber.transcribe(wave.samples, request)
                let took = (ContinuousClock.now - start) / .milliseconds(1)
                times.append(took)
                // Most recordings are a few seconds of quiet longer than what is said in them.
                let spoken = recordings.spoken(file, wave)
                if spoken.end - spoken.start <= 5 { short.append(took) }
                speed.append(wave.duration * 1000 / took)
            }
            report.add(model, "final transcript", "ms", times)
            report.add(model, "final transcript, up to 5 s of speech", "ms", short)
            report.add(model, "speed", "× real time", speed)
        }
        try report.publish(to: json)
    }

    private func measureAccuracy(
        _ recordings: [AccuracyMeasurement.Recording], _ request: TranscriptionRequest, _ report: inout BenchReport
    ) async throws {
        let measurement = try AccuracyMeasurement(folder: folder, accuracy, request)
        for model in model {
            let transcriber = try Assembly().transcriber(model, beam: beam)
            let reference =
                accuracy.against == .full ? try Assembly().transcriber(model, window: .full, beam: beam) : nil
            try await transcriber.load()
            try await measurement.measure(model, transcriber, reference: reference, recordings, into: &report)
        }
    }
}
