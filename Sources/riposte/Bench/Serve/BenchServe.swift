import ArgumentParser
import Foundation
import RiposteCore

/// Many callers at once: how soon they are answered, and what a caller costs.
struct BenchServe: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "serve",
        abstract: "Has simulated callers talk with a server, at real pace, and measures how soon they are answered.",
        discussion: """
            Each caller speaks recordings over OpenAI's Realtime protocol, hears the answer to its end, thinks for 0.8 s \
            and speaks again. Latency counts from the true end of speech in the sound to the arrival of the answer's \
            first sound. The server is started for it, with --serve-option for what it is started with, unless \
            --address names one that runs. Memory is what the server has of its own, without files.
            """)

    @Argument(help: "A folder of WAV files, each one utterance.")
    var folder: String

    @Option(help: "Callers at once.")
    var callers = 8

    @Option(help: "Seconds of talking.")
    var seconds = 60.0

    @Flag(help: "More and more callers, from one on, until the 95th of 100 answers takes more than a second.")
    var rising = false

    @Option(help: "Instead: so many conversations of a sentence each, and the memory before and after.")
    var conversations: Int?

    @Option(help: "Instead: seconds of callers who come and go, and of others who stall, send garbage and break off.")
    var soak: Double?

    @Option(help: "A server that runs, as 127.0.0.1:8080, instead of one of its own.")
    var address: String?

    @Option(help: "The number of that server's process, to know what it uses.")
    var process: Int32?

    @Option(help: "That server's token.")
    var token: String?

    @Option(
        name: .customLong("serve-option"), parsing: .unconditionalSingleValue,
        help: "Something to start the server with, as --serve-option=--model --serve-option=tiny.en.")
    var serveOptions: [String] = []

    @Option(help: "At most so many recordings; 0 takes all.")
    var limit = 0

    @Option(help: "What the callers' choices are drawn from.")
    var seed: UInt64 = 2026

    @Option(help: "Write the figures as JSON to this file.")
    var json: String?

    func validate() throws {
        guard (1...1_000).contains(callers) else { throw ValidationError("--callers takes 1 to 1000.") }
        guard [rising, conversations != nil, soak != nil].count(where: { $0 }) <= 1 else {
            throw ValidationError("--rising, --conversations and --soak are measured one at a time.")
        }
        guard address.map({ ServerAddress($0) != nil }) ?? true else {
            throw ValidationError("--address takes a host and a port, as 127.0.0.1:8080.")
        }
    }

    func run() async throws {
        let recordings = try BenchRecordings(folder: folder, limit: limit)
        let speech = try recordings.files.map { try CallerSpeech($0, end: recordings.ends[$0.lastPathComponent]) }
        guard !speech.isEmpty else {
            throw RiposteError(.badInput, .configuration, "There are no WAV files in \(folder).")
        }
        let server: ServerProcess
        if let address = address.flatMap({ ServerAddress($0, token: token) }) {
            server = ServerProcess(at: address, identifier: process)
        } else {
            server = try await ServerProcess.start(["--max-sessions", "\(max(64, callers * 2))"] + serveOptions)
        }
        var report = BenchReport()
        do {
            try await measure(server, speech, &report)
        } catch {
            _ = await server.end()
            // What was measured before tells why.
            try? report.publish(to: json)
            throw error
        }
        let wasRunning = server.isRunning
        let status = await server.end()
        try report.publish(to: json)
        guard wasRunning, address != nil || status == 0 else {
            throw RiposteError(.engineFailed, .session, "The server did not end as it should.")
        }
    }

    private func measure(_ server: ServerProcess, _ speech: [CallerSpeech], _ report: inout BenchReport) async throws {
        // What only the first conversation costs is not a caller's.
        await CallerCrowd(server: server, speech: speech, seed: seed).talk(callers: 2, seconds: 8)
        try await Task.sleep(for: .seconds(1))
        let crowd = CallerCrowd(server: server, speech: speech, seed: seed)
        if rising {
            for count in [1, 2, 4, 6, 8, 10, 12, 16, 20, 24, 32, 48, 64] {
                let crowd = CallerCrowd(server: server, speech: speech, seed: seed)
                let cost = await crowd.talk(callers: count, seconds: seconds)
                await add(crowd.tally, cost, callers: count, to: &report)
                let p95 = await crowd.tally.latency(share: 0.95)
                guard let p95, p95 <= 1, server.isRunning else { break }
            }
        } else if let conversations {
            await hold(conversations, crowd, server, &report)
        } else if let soak {
            try await bear(soak, crowd, server, &report)
        } else {
            let cost = await crowd.talk(callers: callers, seconds: seconds)
            await add(crowd.tally, cost, callers: callers, to: &report)
        }
    }

    private func add(
        _ tally: CallerTally, _ cost: CallerCrowd.Cost, callers: Int, to report: inout BenchReport
    ) async {
        let name = callers == 1 ? "1 caller" : "\(callers) callers"
        report.add(name, "response latency", "ms", await tally.latencies.map { $0 * 1000 })
        let said = await tally.said
        report.add(name, share: "answered before the end", await tally.early, of: said)
        report.add(name, share: "not answered", await tally.unanswered + tally.cut, of: said)
        report.add(name, figure: "processors in use", "", cost.processors, n: said)
        report.add(name, figure: "memory for a caller", "MB", cost.megabytes / Double(callers), n: callers)
        for (reason, count) in await tally.refused {
            report.add(name, figure: "refused: \(reason)", "calls", Double(count), n: count)
        }
    }
}
