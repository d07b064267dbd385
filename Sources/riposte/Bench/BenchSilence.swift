import ArgumentParser
import Foundation
import RiposteAudio
import RiposteCore
import RiposteListening

/// What is understood where nobody speaks.
struct BenchSilence: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "silence",
        abstract: "Counts the transcripts of sound without speech: silence, noise, music.",
        discussion: """
            Silence, hiss, rumble, hum, knocks and a melody are made; recordings without speech may be added, and are \
            repeated at several levels. Counted twice: as in a conversation, behind voice activity, and with every \
            8 seconds given to the recogniser as they are.
            """)

    @Argument(help: "WAV files without speech.")
    var files: [String] = []

    @Option(help: "The recogniser.")
    var model = "base"

    @Option(help: "Minutes of sound in all.")
    var minutes = 60.0

    @Flag(help: "Print what was understood.")
    var verbose = false

    @Option(help: "Write the figures as JSON to this file.")
    var json: String?

    func run() async throws {
        let assembly = Assembly()
        let transcriber = try assembly.transcriber(model, isLive: true)
        try await transcriber.load()
        let kinds = WordlessSound.allCases.count + files.count
        let seconds = minutes * 60 / Double(kinds)
        var report = BenchReport()
        var all = Count()
        for kind in WordlessSound.allCases {
            let count = try await count(kind.samples(seconds: seconds), kind.rawValue, transcriber)
            count.fill(&report, name: kind.rawValue)
            all.add(count)
        }
        for file in files {
            let recording = try WaveFile(reading: URL(fileURLWithPath: file)).samples
            let name = URL(fileURLWithPath: file).deletingPathExtension().lastPathComponent
            let count = try await count(Self.repeated(recording, seconds: seconds), name, transcriber)
            count.fill(&report, name: name)
            all.add(count)
        }
        all.fill(&report, name: "all, \(model)")
        try report.publish(to: json)
    }

    /// A recording over and over, each time at another level: as it is, 12 dB less, 24 dB less.
    private static func repeated(_ recording: [Float], seconds: Double) -> [Float] {
        guard !recording.isEmpty else { return [] }
        return (0..<Int(seconds * 16_000)).map { index in
            recording[index % recording.count] * [1, 0.25, 0.063][index / recording.count % 3]
        }
    }

    /// Transcripts with words in them.
    private struct Count {
        var seconds = 0.0
        var behindVoiceActivity = 0
        var alone = 0

        mutating func add(_ other: Count) {
            seconds += other.seconds
            behindVoiceActivity += other.behindVoiceActivity
            alone += other.alone
        }

        func fill(_ report: inout BenchReport, name: String) {
            let hours = seconds / 3600
            let windows = Int(seconds / BenchSilence.window)
            report.add(
                name, figure: "false transcripts behind voice activity", "an hour",
                Double(behindVoiceActivity) / hours, n: windows)
            report.add(
                name, figure: "false transcripts of the recogniser alone", "an hour", Double(alone) / hours, n: windows)
        }
    }

    /// Seconds that the recogniser alone is given at once.
    private static let window = 8.0

    private func count(_ sound: [Float], _ name: String, _ transcriber: any Transcriber) async throws -> Count {
        var count = Count(seconds: Double(sound.count) / 16_000)
        var configuration = SpeechSplitterConfiguration()
        configuration.endpoint = EndpointDetector.Configuration()
        var splitter = SpeechSplitter(
            try SileroScorer(folder: ModelsCommand.store.folder(of: "silero-vad")), configuration: configuration)
        for piece in try splitter.append(sound) + splitter.finish() {
            let transcript = try await transcriber.transcribe(piece.samples)
            guard !transcript.isEmpty else { continue }
            count.behindVoiceActivity += 1
            show(transcript, of: name, "behind voice activity", at: piece.position)
        }
        let window = Int(Self.window * 16_000)
        for start in stride(from: 0, to: sound.count, by: window) {
            let transcript = try await transcriber.transcribe(Array(sound[start..<min(sound.count, start + window)]))
            guard !transcript.isEmpty else { continue }
            count.alone += 1
            show(transcript, of: name, "recogniser alone", at: start)
        }
        return count
    }

    private func show(_ transcript: Transcript, of name: String, _ path: String, at position: Int) {
        guard verbose else { return }
        print(
            String(
                format: "  %@, %@, at %.1f s: “%@” (confidence %.2f, no speech %.2f)", name, path,
                Double(position) / 16_000, transcript.text, transcript.confidence, transcript.noSpeechProbability))
    }
}
