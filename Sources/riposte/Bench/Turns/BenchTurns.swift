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
            when more than 200 ms of it were heard before the true end. After the recordings it listens to silence \
            for a while, to measure what that costs.
            """)

    @OptionGroup var engines: EngineOptions

    @Argument(help: "A folder of WAV files.")
    var folder: String

    @Option(help: "At most so many recordings; 0 takes all.")
    var limit = 0

    @Flag(help: "Put a pause of 0.4 to 1.2 s into each recording, where a phrase begins.")
    var pauses = false

    @Flag(help: "Count the commands understood: those with every slot of the folder's labels.json right.")
    var labels = false

    @Option(help: "Seconds of silence that are listened to at the end.")
    var asleep = 20.0

    @Flag(help: "Print what was answered early, in two, or not at all.")
    var verbose = false

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
        let labelled = labels ? try LabelledCommands(folder: URL(fileURLWithPath: folder)) : nil
        let trace = try trace.map { try TraceWriter($0) }
        var tally = TurnTally()
        var (talking, sleeping) = (ProcessorTime(), ProcessorTime())
        let start = ProcessInfo.processInfo.systemUptime
        let parts = try Assembly().parts(engines, source: { throw CancellationError() }, sink: SilentSink())
        let scratch = FileManager.default.temporaryDirectory.appending(path: "riposte-bench-\(UUID())")
        try FileManager.default.createDirectory(at: scratch, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: scratch) }
        try await parts.transcriber.load()
        for file in recordings.files {
            let name = file.lastPathComponent
            var (played, order) = try await order(file, recordings.ends[name], parts.transcriber, scratch: scratch)
            if let labelled {
                order.isRight = { labelled.isRight($0, file: name) }
                order.rightSlots = { labelled.rightSlots($0, file: name) }
            }
            let reports = try await talking.measure { try await converse(over: played, name: name, parts) }
            for report in reports { try trace?.write(report) }
            tally.add(reports, order, name: name)
        }
        if asleep > 0 {
            let quiet = scratch.appending(path: "silence.wav")
            try WaveFile(samples: [Float](repeating: 0, count: Int(asleep * 16_000)), sampleRate: 16_000).write(
                to: quiet)
            _ = try await sleeping.measure { try await converse(over: quiet, name: "silence", parts) }
        }
        var report = BenchReport()
        tally.fill(&report, model: engines.model)
        let n = recordings.files.count
        report.add(engines.model, figure: "processor in conversation", "% of one", 100 * talking.load, n: n)
        if asleep > 0 {
            report.add(engines.model, figure: "processor in silence", "% of one", 100 * sleeping.load, n: 1)
        }
        report.add(engines.model, figure: "memory, at most", "MB", ProcessorTime.peakMegabytes, n: n)
        if verbose { for remark in tally.remarks { print("  \(remark)") } }
        try report.publish(to: json)
        print(String(format: "  took %.0f s", ProcessInfo.processInfo.systemUptime - start))
    }

    /// The recording to be played, and what is known of it.
    private func order(
        _ file: URL, _ end: Double?, _ transcriber: any Transcriber, scratch: URL
    ) async throws -> (URL, TurnTally.Order) {
        var order = TurnTally.Order(trueEnd: end.map { $0 * 1000 })
        guard labels || pauses else { return (file, order) }
        var samples = try WaveFile(reading: file).samples
        var played = file
        if pauses {
            var request = TranscriptionRequest()
            request.wantsWords = true
            let words = try await transcriber.transcribe(samples, request).words
            let speechEnd = end ?? Double(samples.count) / 16_000
            if let paused = PauseInsertion(into: samples, words: words, end: speechEnd, name: file.lastPathComponent) {
                func milliseconds(_ position: Int) -> Double { Waterfall.milliseconds(position) }
                let length = milliseconds(paused.pause.count)
                order.pause = milliseconds(paused.pause.lowerBound)..<milliseconds(paused.pause.upperBound)
                order.trueEnd = order.trueEnd.map { $0 + length }
                samples = paused.samples
                played = scratch.appending(path: file.lastPathComponent)
                try WaveFile(samples: samples, sampleRate: 16_000).write(to: played)
            }
        }
        if labels { order.wholeTranscript = try await transcriber.transcribe(samples, .init()).text }
        return (played, order)
    }

    private func converse(over file: URL, name: String, _ parts: Session.Parts) async throws -> [TurnReport] {
        let device = try FileDevice(input: file, output: nil)
        var configuration = try engines.sessionConfiguration()
        configuration.inputEnd = device.inputDuration.map { Int($0 * Double(Waterfall.sampleRate)) }
        var parts = parts
        parts.source = { device }
        parts.sink = device
        let recorder = try RecordOptions(folder: record).recorder(name: name.replacing(".wav", with: ""))
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
}

/// Takes the place of a loudspeaker until there is one.
private struct SilentSink: AudioSink {
    func play(
        _ speech: AsyncThrowingStream<AudioFrame, any Error>, onStart: @escaping @Sendable (Double) -> Void
    ) async throws -> Int { 0 }
}
