import Foundation
import RiposteCore

// What many conversations leave behind.
extension BenchServe {
    /// Conversations one after the other, and the memory before, meanwhile and afterwards.
    func hold(
        _ count: Int, _ crowd: CallerCrowd, _ server: ServerProcess, _ report: inout BenchReport
    ) async {
        let start = ContinuousClock.now
        let before = await ServerReading(server, time: 0)
        let (tenth, marks) = (max(1, count / 10), MemoryMarks())
        await crowd.converse(callers: callers, conversations: count) { done in
            if done.isMultiple(of: tenth), let usage = server.usage { marks.note(done, usage.megabytes) }
        }
        try? await Task.sleep(for: .seconds(5))
        let after = await ServerReading(server, time: (.now - start) / .seconds(1))
        let name = "\(await crowd.tally.conversations) conversations"
        report.add(name, "response latency", "ms", await crowd.tally.latencies.map { $0 * 1000 })
        report.add(
            name, share: "not answered", await crowd.tally.unanswered + crowd.tally.cut, of: await crowd.tally.said)
        for (done, megabytes) in marks.all {
            report.add(name, figure: "memory after \(done)", "MB", megabytes, n: 1)
        }
        Self.compare(name, before, after, &report)
    }

    /// Callers of every kind for a while, with a word each minute of what the server uses.
    func bear(
        _ seconds: Double, _ crowd: CallerCrowd, _ server: ServerProcess, _ report: inout BenchReport
    ) async throws {
        let start = ContinuousClock.now
        let before = await ServerReading(server, time: 0)
        ConversationDisplay.note(before.line)
        let end = start + .seconds(seconds)
        await withTaskGroup(of: Void.self) { group in
            group.addTask { await crowd.talk(callers: callers, seconds: seconds, turns: 3) }
            for number in 0..<2 { group.addTask { await crowd.annoy(number, until: end) } }
            group.addTask {
                var next = start + .seconds(60)
                while next < end, server.isRunning {
                    try? await Task.sleep(until: next, clock: .continuous)
                    ConversationDisplay.note(await ServerReading(server, time: (.now - start) / .seconds(1)).line)
                    next += .seconds(60)
                }
            }
        }
        // Who stalled is noticed after 10 s.
        try await Task.sleep(for: .seconds(20))
        let after = await ServerReading(server, time: (.now - start) / .seconds(1))
        ConversationDisplay.note(after.line)
        let name = "soak of \(Int(seconds)) s"
        await add(crowd.tally, name, &report)
        Self.compare(name, before, after, &report)
        // After all that somebody has to be answered.
        let last = CallerCrowd(server: server, speech: crowd.speech, seed: seed)
        await last.talk(callers: 1, seconds: 5)
        report.add(name, share: "answered afterwards", await last.tally.latencies.count, of: await last.tally.said)
        guard await !last.tally.latencies.isEmpty else {
            throw RiposteError(.engineFailed, .session, "After the soak the server answered nobody.")
        }
    }

    private func add(_ tally: CallerTally, _ name: String, _ report: inout BenchReport) async {
        report.add(name, figure: "conversations", "", Double(await tally.conversations), n: await tally.conversations)
        report.add(name, "response latency", "ms", await tally.latencies.map { $0 * 1000 })
        report.add(name, share: "not answered", await tally.unanswered, of: await tally.said)
        report.add(name, share: "cut off", await tally.cut, of: await tally.said)
        for (kind, count) in await tally.rude.sorted(by: { $0.key.rawValue < $1.key.rawValue }) {
            report.add(name, figure: "calls: \(kind.rawValue)", "", Double(count), n: count)
        }
        for (reason, count) in await tally.refused {
            report.add(name, figure: "refused: \(reason)", "calls", Double(count), n: count)
        }
    }

    private static func compare(
        _ name: String, _ before: ServerReading, _ after: ServerReading, _ report: inout BenchReport
    ) {
        for (moment, reading) in [("before", before), ("at the end", after)] {
            report.add(name, figure: "memory \(moment)", "MB", reading.usage.megabytes, n: 1)
            if let used = reading.used { report.add(name, figure: "memory given out \(moment)", "MB", used, n: 1) }
            report.add(name, figure: "threads \(moment)", "", Double(reading.usage.threads), n: 1)
            report.add(name, figure: "files \(moment)", "", Double(reading.usage.files), n: 1)
        }
        if let turns = after.begunTurns, let open = after.openTurns {
            report.add(name, figure: "turns without an end", "", open, n: Int(turns))
        }
        if let sessions = after.sessions { report.add(name, figure: "sessions left", "", sessions, n: 1) }
        if let errors = after.errors { report.add(name, figure: "errors", "", errors, n: 1) }
    }
}
