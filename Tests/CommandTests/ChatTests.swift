import Foundation
import Testing

/// `riposte chat` as a process: lines in, answers out.
@Suite struct ChatTests {
    struct Outcome {
        var lines: [String]
        var errors: String
        var status: Int32
    }

    static func chat(_ input: String, _ arguments: String...) throws -> Outcome {
        let command = try #require(CommandRun.executable)
        let process = Process()
        process.executableURL = command
        process.arguments = ["chat"] + arguments
        let (stdin, stdout, stderr) = (Pipe(), Pipe(), Pipe())
        (process.standardInput, process.standardOutput, process.standardError) = (stdin, stdout, stderr)
        try process.run()
        try stdin.fileHandleForWriting.write(contentsOf: Data(input.utf8))
        try stdin.fileHandleForWriting.close()
        let output = try stdout.fileHandleForReading.readToEnd() ?? Data()
        let errors = try stderr.fileHandleForReading.readToEnd() ?? Data()
        process.waitUntilExit()
        return Outcome(
            lines: String(decoding: output, as: UTF8.self).split(separator: "\n").map(String.init),
            errors: String(decoding: errors, as: UTF8.self), status: process.terminationStatus)
    }

    @Test func answersALineForALine() throws {
        let outcome = try Self.chat("what's twelve times seven\n\n  \nrepeat that\nplay some music\n")
        #expect(outcome.lines.prefix(2) == ["12 times 7 is 84.", "12 times 7 is 84."])
        #expect(outcome.lines.count == 3)
        #expect(outcome.lines.last?.hasPrefix("I can't do that yet.") == true)
        #expect(outcome.status == 0)
    }

    @Test func endsWithGoodbye() throws {
        let outcome = try Self.chat("goodbye\nwhat's one plus one\n")
        #expect(outcome.lines == ["Goodbye."])
        #expect(outcome.status == 0)
    }

    @Test func keepsTimersBetweenLines() throws {
        let outcome = try Self.chat("set a pasta timer for ten minutes\ncancel the pasta timer\nlist my timers")
        #expect(
            outcome.lines == [
                "Pasta timer set for 10 minutes.", "Okay, your pasta timer is canceled.", "You have no timers.",
            ])
    }

    @Test func ringsTimers() throws {
        let outcome = try Self.chat("set a one second timer\nset a tea timer for two seconds\n", "--wait")
        #expect(
            outcome.lines == [
                "Timer set for 1 second.", "Tea timer set for 2 seconds.", "Your 1 second timer is done.",
                "Your tea timer is done.",
            ])
    }

    @Test func doesNotWaitUnlessAskedTo() throws {
        let start = ContinuousClock.now
        #expect(try Self.chat("set a timer for ten minutes\n").status == 0)
        #expect(ContinuousClock.now - start < .seconds(60))
    }

    @Test func refusesAnUnknownTimeZone() throws {
        let outcome = try Self.chat("hello\n", "--time-zone", "Nowhere/Atlantis")
        #expect(outcome.status == 2)
        #expect(outcome.errors.contains("Nowhere/Atlantis"))
        #expect(outcome.lines.isEmpty)
    }
}
