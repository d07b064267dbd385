import Foundation
import RiposteCore
import RiposteMemory
import Testing

/// `riposte memory export`, `import` and `prune`.
@Suite(.enabled(if: CommandRun.executable != nil, "no command"))
struct MemoryArchiveTests {
    private func fill(_ file: URL, conversations: Int, turns: Int, idleDays: Double = 0) async throws {
        let store = try SQLiteConversationStore(file)
        let date = Date(timeIntervalSinceNow: -idleDays * 86_400)
        let said = (0..<turns).map { Conversation.Turn(user: "raspberries \($0)", assistant: "So \($0).") }
        for index in 0..<conversations {
            try await store.restore(
                Conversation(id: "c\(index)", turns: said),
                as: ConversationSummary(id: "c\(index)", user: "anna", began: date, lastActive: date))
        }
    }

    private func run(_ arguments: [String], in folder: URL) async throws -> CommandRun {
        let run = try CommandRun(["memory"] + arguments, in: folder)
        try await run.wait()
        return run
    }

    @Test func goesFromOneFileToAnotherWhileTheFirstIsUsed() async throws {
        let folder = try TemporaryFolder()
        let (file, other) = (folder.url.appending(path: "a.sqlite"), folder.url.appending(path: "b.sqlite"))
        let archive = folder.url.appending(path: "archive.jsonl")
        try await fill(file, conversations: 20, turns: 5)
        // Somebody goes on with a conversation all the while.
        let store = try SQLiteConversationStore(file)
        let talking = Task {
            var count = 0
            while !Task.isCancelled {
                let turn = Conversation.Turn(user: "\(count)", assistant: "Yes.")
                // What is cancelled while it is being written is not written.
                do { try await store.append([.turn(turn: turn)], to: "live", user: "ben") } catch is CancellationError {
                    break
                }
                count += 1
            }
            return count
        }
        while try await store.conversation("live") == nil { try await Task.sleep(for: .milliseconds(5)) }
        let export = try await run(["export", file.path, "-o", archive.path], in: folder.url)
        talking.cancel()
        let count = try await talking.value
        #expect(export.status == 0, "\(export.standardError)")
        #expect(export.standardOutput == "21 conversations are in \(archive.path).\n")
        let restored = try await run(["import", other.path, archive.path], in: folder.url)
        #expect(restored.status == 0, "\(restored.standardError)")
        let new = try SQLiteConversationStore(other)
        #expect(try await new.conversations(of: "anna").count == 20)
        let live = try #require(try await new.conversation("live")).turns.map(\.user)
        #expect(!live.isEmpty && live.count <= count && live == (0..<live.count).map(String.init))
        // A second time it is refused, and of one user alone it goes to the standard output.
        let again = try await run(["import", other.path, archive.path], in: folder.url)
        #expect(again.status == 1 && again.standardError.contains("--replace"))
        let one = try await run(["export", file.path, "--user", "ben"], in: folder.url)
        #expect(one.standardOutput.contains("\"conversations\":1") && !one.standardOutput.contains("raspberries"))
    }

    /// Killed anywhere, there is the whole file or none.
    @Test func anExportThatIsKilledLeavesNothing() async throws {
        let folder = try TemporaryFolder()
        let file = folder.url.appending(path: "a.sqlite")
        try await fill(file, conversations: 60, turns: 400)
        let target = folder.url.appending(path: "target")
        try FileManager.default.createDirectory(at: target, withIntermediateDirectories: true)
        var killed = 0
        for round in 0..<12 {
            let export = try CommandRun(
                ["memory", "export", file.path, "-o", target.appending(path: "archive.jsonl").path], in: folder.url)
            try await Task.sleep(for: .milliseconds(20 + 40 * round))
            export.kill()
            try await export.wait()
            let left = try FileManager.default.contentsOfDirectory(atPath: target.path)
            if left.isEmpty {
                killed += 1
            } else {
                #expect(left == ["archive.jsonl"])
                let text = try String(contentsOf: target.appending(path: "archive.jsonl"), encoding: .utf8)
                #expect(text.hasSuffix("{\"conversations\":60}\n"))
                try FileManager.default.removeItem(at: target.appending(path: "archive.jsonl"))
            }
        }
        #expect(killed > 0)
    }

    @Test func forgetsWhatIsOld() async throws {
        let folder = try TemporaryFolder()
        let file = folder.url.appending(path: "a.sqlite")
        try await fill(file, conversations: 2, turns: 1, idleDays: 40)
        try await SQLiteConversationStore(file).append(
            [.turn(turn: .init(user: "new", assistant: "Yes."))], to: "new", user: "")
        let asked = try await run(["prune", file.path, "--older-than", "30d", "--dry-run"], in: folder.url)
        #expect(asked.standardOutput == "c0\nc1\n")
        let done = try await run(["prune", file.path, "--older-than", "30d"], in: folder.url)
        #expect(done.status == 0 && done.standardOutput == "c0\nc1\n")
        #expect(try await SQLiteConversationStore(file).conversations(of: nil).map(\.id) == ["new"])
        for wrong in ["30", "d", "-3d", "3y", "0d"] {
            #expect(try await run(["prune", file.path, "--older-than", wrong], in: folder.url).status == 2, "\(wrong)")
        }
    }
}
