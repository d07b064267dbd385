import Foundation
import RiposteCore
import RiposteMemory
import Testing

/// `riposte chat --memory`: conversations that go on after a restart, however the last one ended.
@Suite(.enabled(if: CommandRun.executable != nil, "no command"))
struct MemoryTests {
    /// How often it is killed: 100 times with RIPOSTE_KILLS=100, which takes a minute in debug.
    private static let kills = ProcessInfo.processInfo.environment["RIPOSTE_KILLS"].flatMap(Int.init) ?? 20

    /// A conversation in text, to be killed.
    private final class Chat {
        private let process = Process()
        private let output = Pipe()
        private var text = ""

        init(_ file: URL, _ lines: [String], arguments: [String] = []) throws {
            let input = Pipe()
            process.executableURL = CommandRun.executable
            process.arguments = ["chat", "--memory", file.path] + arguments
            (process.standardInput, process.standardOutput) = (input, output)
            process.standardError = FileHandle.nullDevice
            try process.run()
            // Less than a pipe holds, so that writing never waits.
            try input.fileHandleForWriting.write(contentsOf: Data((lines.joined(separator: "\n") + "\n").utf8))
            try input.fileHandleForWriting.close()
        }

        /// Waits until so many lines were answered, and a little longer; then kills it at once.
        func end(afterAnswers count: Int, microseconds: UInt32) {
            while answers.count < count {
                let more = output.fileHandleForReading.availableData
                if more.isEmpty { break }
                text += String(decoding: more, as: UTF8.self)
            }
            usleep(microseconds)
            kill(process.processIdentifier, SIGKILL)
            finish()
        }

        func finish() {
            text += String(decoding: output.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
            process.waitUntilExit()
        }

        /// What was answered, in whole lines: that is what the user has seen.
        var answers: [String] {
            text.split(separator: "\n", omittingEmptySubsequences: false).dropLast().map(String.init)
        }
    }

    @Test func nothingAnsweredIsLostHoweverOftenItIsKilled() async throws {
        let folder = try TemporaryFolder()
        let file = folder.url.appending(path: "memory.sqlite")
        var chance = SystemRandomNumberGenerator()
        var answered: [String] = []
        for round in 0..<Self.kills {
            let lines = (0..<60).map { "what's \(round * 100 + $0) plus 1" }
            let chat = try Chat(file, lines)
            chat.end(
                afterAnswers: Int.random(in: 0...5, using: &chance),
                microseconds: .random(in: 0...8_000, using: &chance))
            answered += chat.answers
        }
        let kept = try await SQLiteConversationStore(file).conversation("default")?.turns.map(\.assistant) ?? []
        #expect(answered.count > Self.kills)
        // In their order, each once; what was kept and not yet answered may stand between.
        var rest = kept[...]
        for answer in answered {
            let index = try #require(rest.firstIndex(of: answer), "\(answer) is lost")
            rest = rest[(index + 1)...]
        }
        #expect(Set(kept).count == kept.count)

        let next = try Chat(file, ["repeat that"])
        next.finish()
        #expect(next.answers == [try #require(kept.last)])
    }

    @Test func listsTimersAndTheVoiceGoOnAfterARestart() throws {
        let folder = try TemporaryFolder()
        let file = folder.url.appending(path: "memory.sqlite")
        let lines = [
            "add milk and eggs to the shopping list", "set an alarm for seven", "speak louder",
            "what time is it in Tokyo",
        ]
        let first = try Chat(file, lines)
        first.end(afterAnswers: lines.count, microseconds: 0)
        let again = try Chat(
            file, ["what's on my list", "what alarms are set", "how loud are you", "add tea to the list", "and rice"])
        again.finish()
        try #require(again.answers.count == 5)
        #expect(again.answers[0] == "On your shopping list there are: milk and eggs.")
        #expect(again.answers[1].contains("alarm for seven o'clock"))
        #expect(again.answers[2] == "My volume is 9 of 10.")
        #expect(again.answers[4] == "Okay, rice is on your shopping list.")
        // What was said before the restart is still referred to.
        let third = try Chat(file, ["and bread", "what did I say"])
        third.finish()
        #expect(third.answers == ["Okay, bread is on your shopping list.", "You said: and bread."])
    }

    @Test func isFoundAndForgottenByUser() async throws {
        let folder = try TemporaryFolder()
        let file = folder.url.appending(path: "memory.sqlite")
        for user in ["anna", "ben"] {
            let chat = try Chat(
                file, ["set a timer for two hours"], arguments: ["--user", user, "--conversation", "of-\(user)"])
            chat.finish()
        }
        let list = try CommandRun(["memory", "list", file.path, "--user", "anna"], in: folder.url)
        try await list.wait()
        #expect(list.standardOutput.hasPrefix("of-anna\tanna\t"))
        let forget = try CommandRun(["memory", "forget", file.path, "--user", "anna"], in: folder.url)
        try await forget.wait()
        #expect(forget.status == 0 && forget.standardOutput == "1 conversations are forgotten.\n")
        let strange = try CommandRun(
            ["chat", "--memory", file.path, "--user", "anna", "--conversation", "of-ben"], in: folder.url)
        try await strange.wait()
        #expect(strange.status == 1 && strange.standardError.contains("another user"))
        let after = try CommandRun(["memory", "list", file.path], in: folder.url)
        try await after.wait()
        #expect(after.standardOutput.hasPrefix("of-ben") && !after.standardOutput.contains("anna"))
        // A timer goes on over a restart.
        let again = try Chat(file, ["list my timers"], arguments: ["--conversation", "of-ben"])
        again.finish()
        #expect(again.answers.first?.contains("2 hour") == true || again.answers.first?.contains("1 hour") == true)
    }
}
