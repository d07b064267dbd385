import ArgumentParser
import Foundation
import RiposteAudio
import RiposteConversation
import RiposteCore

/// Response latency and turn-taking over recordings, each played at real pace.
struct BenchTurns: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "turns",
        abstract: "Plays recordings at real pace and measures how soon, and how rightly, they are answered.",
        discussion: """
            Each recording is one order. Latency counts from the true end of speech (of the folder's \
            speech-ends.json, else found in the sound) to the first sound of the answer. An answer is premature \
            when more than 200 ms of it were heard before the true end.
            """)

    @OptionGroup var engines: EngineOptions

    @Argument(help: "A folder of WAV files.")
    var folder: String

    @Option(help: "At most so many recordings; 0 takes all.")
    var limit = 0

    @Option(help: "Write the figures as JSON to this file.")
    var json: String?

    @Option(help: "Write a line of JSON for each turn to this file.")
    var trace: String?

    @Option(help: "Write each session down in this folder, without its sound; riposte replay runs them again.")
    var record: String?

    func run() async throws {
        let recordings = try BenchRecordings(folder: folder, limit: limit)
        guard !recordings.files.isEmpty else {
            throw RiposteError(.badInput, .configuration, "There are no WAV files in \(folder).")
        }
        let trace = try trace.map(TraceWriter.init)
        var tally = Tally()
        let start = ProcessInfo.processInfo.systemUptime
        let parts = try Assembly().parts(engines, source: { throw CancellationError() }, sink: SilentSink())
        for file in recordings.files {
            let reports = try await converse(over: file, parts)
            for report in reports { try trace?.write(report) }
            tally.add(reports, trueEnd: recordings.ends[file.lastPathComponent])
        }
        var report = BenchReport()
        tally.fill(&report, model: engines.model)
        try report.publish(to: json)
        print(String(format: "  took %.0f s", ProcessInfo.processInfo.systemUptime - start))
    }

    private func converse(over file: URL, _ parts: Session.Parts) async throws -> [TurnReport] {
        let device = try FileDevice(input: file, output: nil)
        var configuration = engines.configuration
        configuration.inputEnd = device.inputDuration.map { Int($0 * Double(Waterfall.sampleRate)) }
        var parts = parts
        parts.source = { device }
        parts.sink = device
        let recorder = try RecordOptions(folder: record)
            .recorder(name: file.deletingPathExtension().lastPathComponent)
        parts.recorder = recorder
        let session = Session(parts: parts, configuration: configuration)
        try await recorder?.begin(session, of: parts)
        let running = Task { try await session.run() }
        var reports: [TurnReport] = []
        for await event in session.events {
            if case .turnEnded(let report) = event { reports.append(report) }
        }
        try await running.value
        try await recorder?.finish()
        return reports
    }

    /// The figures over all recordings.
    struct Tally {
        private var recordings = 0
        private var latencies: [Double] = []
        private var unanswered = 0
        private var premature = 0
        private var takenBack = 0
        private var split = 0
        private var stages: [String: [Double]] = [:]

        mutating func add(_ reports: [TurnReport], trueEnd: Double?) {
            recordings += 1
            let answered = reports.filter { $0.firstSoundMs != nil && $0.speechEndMs != nil }
            guard let last = answered.last, let sound = last.firstSoundMs, let end = last.speechEndMs else {
                unanswered += 1
                return
            }
            let trueEnd = trueEnd.map { $0 * 1000 } ?? end
            latencies.append(sound - trueEnd)
            // More than one answer to one order: the first was given to half of it.
            if answered.count > 1 { split += 1 }
            let heard = reports.flatMap(\.takenBackMs)
            if !heard.isEmpty { takenBack += 1 }
            if heard.contains(where: { $0 > 200 }) || answered.count > 1 || sound < trueEnd - 200 { premature += 1 }
            for stage in last.stages { stages[stage.name, default: []].append(stage.ms) }
        }

        func fill(_ report: inout BenchReport, model: String) {
            report.add(model, "response latency", "ms", latencies)
            for name in ["endpoint", "transcript", "reply", "synthesis", "playback"] {
                report.add(model, "of it \(name)", "ms", stages[name] ?? [])
            }
            report.add(model, share: "unanswered", unanswered, of: recordings)
            report.add(model, share: "premature answers", premature, of: recordings)
            report.add(model, share: "answers taken back", takenBack, of: recordings)
            report.add(model, share: "orders answered in two", split, of: recordings)
        }
    }
}

/// Takes the place of a loudspeaker until there is one.
private struct SilentSink: AudioSink {
    func play(
        _ speech: AsyncThrowingStream<AudioFrame, any Error>, onStart: @escaping @Sendable (Double) -> Void
    ) async throws -> Int { 0 }
}
