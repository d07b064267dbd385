import ArgumentParser
import Foundation
import RiposteAudio
import RiposteConversation
import RiposteCore

/// Runs recorded sessions again.
struct ReplayCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "replay",
        abstract: "Runs recorded sessions again, without engines and as fast as it goes, and compares the decisions.",
        discussion: """
            A recording is made with riposte talk --record FILE. What the session was told then (voice activity, \
            transcripts, answers, each at its position) is told again; endpoint detection, turn-taking and memory \
            decide anew. Ends with 1 when a decision differs, and shows the first one that does.
            """)

    @Argument(help: "Recordings, or folders of them.")
    var files: [String]

    @Flag(help: "Show each turn as it ended.")
    var turns = false

    @Flag(help: "Write what is decided now into the recordings that differ: for a change that was meant.")
    var accept = false

    func run() async throws {
        let recordings = try files.flatMap(Self.recordings)
        guard !recordings.isEmpty else {
            throw RiposteError(.badInput, .configuration, "There is no recording in \(files.joined(separator: ", ")).")
        }
        var (length, took, differing) = (0, Duration.zero, 0)
        for url in recordings {
            let recording = try SessionRecording(reading: url)
            let sound = try recording.header.sound.map { name in
                let sound = url.deletingLastPathComponent().appendingPathComponent(name)
                return FileManager.default.fileExists(atPath: sound.path) ? try WaveFile(reading: sound).samples : []
            }
            let start = ContinuousClock.now
            let machine = recording.replayMachine()
            let session = await recording.replaySession(sound: sound ?? [])
            took += .now - start
            length += recording.length
            if machine != nil || session != nil {
                differing += 1
                if accept { try await recording.decidedAnew(sound: sound ?? []).write(to: url) }
            }
            show(recording, url.lastPathComponent, machine: machine, session: session)
        }
        let seconds = Double(length) / Double(Waterfall.sampleRate)
        print(
            String(
                format: "%d of %d decide the same; %.1f s in %.3f s, %.0f times as fast", recordings.count - differing,
                recordings.count, seconds, took / .seconds(1), seconds / (took / .seconds(1))))
        if differing > 0, !accept { throw ExitCode(Failure.failed) }
    }

    private func show(
        _ recording: SessionRecording, _ name: String, machine: ReplayDifference?, session: ReplayDifference?
    ) {
        let reports = recording.decisions.compactMap { if case .turn(let report) = $0.kind { report } else { nil } }
        let seconds = Double(recording.length) / Double(Waterfall.sampleRate)
        let extent = String(
            format: "%.1f s, %d decisions, turns: %d", seconds, recording.decisions.count, reports.count)
        let note = recording.isComplete ? "" : " (the recording was cut off)"
        if machine == nil, session == nil {
            print("\(name): the same (\(extent))\(note)")
        } else {
            print("\(name): DIFFERS (\(extent))\(note)")
            if let machine { print("  The turn state machine, told the same inputs: \(machine)") }
            if let session { print("  The session, told the same: \(session)") }
        }
        guard turns else { return }
        for report in reports {
            print("  \(report.turn) \(report.outcome.rawValue): \"\(report.transcript)\" → \"\(report.heard)\"")
        }
    }

    /// The recordings that a path stands for. With `FOLDER/*` their sounds are named too: they go with them.
    private static func recordings(_ path: String) throws -> [URL] {
        let url = URL(fileURLWithPath: path)
        var isDirectory: ObjCBool = false
        guard FileManager.default.fileExists(atPath: path, isDirectory: &isDirectory), isDirectory.boolValue else {
            let recording = url.deletingPathExtension().appendingPathExtension("jsonl")
            let isSound = url.pathExtension == "wav" && FileManager.default.fileExists(atPath: recording.path)
            return isSound ? [] : [url]
        }
        let all = try FileManager.default.contentsOfDirectory(at: url, includingPropertiesForKeys: nil)
        return all.filter { $0.pathExtension == "jsonl" }.sorted { $0.path < $1.path }
    }
}
