import Foundation
import Testing

// Skipped if the command was not built beside the tests.
@Suite(.enabled(if: CommandRun.executable != nil, "the command riposte was not built"))
struct ModelsCommandTests {
    private func run(
        _ arguments: [String], models: URL, path: URL? = nil, in folder: TemporaryFolder
    ) async throws -> CommandRun {
        let run = try start(arguments, models: models, path: path, in: folder)
        try await run.wait()
        return run
    }

    private func start(
        _ arguments: [String], models: URL, path: URL? = nil, in folder: TemporaryFolder
    ) throws -> CommandRun {
        var environment = ["RIPOSTE_MODELS": models.path]
        let usual = ProcessInfo.processInfo.environment["PATH"] ?? "/usr/bin:/bin"
        if let path { environment["PATH"] = path.path + ":" + usual }
        return try CommandRun(arguments, environment: environment, in: folder.url)
    }

    /// A folder with a `python3` that does this instead.
    private func python(_ text: String, in folder: TemporaryFolder) throws -> URL {
        let path = folder.url.appending(path: "bin-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: path, withIntermediateDirectories: true)
        let script = path.appending(path: "python3")
        try "#!/bin/sh\n\(text)\n".write(to: script, atomically: false, encoding: .utf8)
        try FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: script.path)
        return path
    }

    @Test func listsWhatIsMissing() async throws {
        let folder = try TemporaryFolder()
        let models = folder.url.appending(path: "models")
        let table = try await run(["models", "list"], models: models, in: folder)
        #expect(table.status == 0)
        #expect(table.standardOutput.contains("riposte models fetch"))
        #expect(table.standardOutput.contains("not for commercial use"))
        let json = try await run(["models", "list", "--json", "--verify"], models: models, in: folder)
        #expect(json.status == 0)
        let rows = try #require(
            try JSONSerialization.jsonObject(with: Data(json.standardOutput.utf8)) as? [[String: Any]])
        #expect(rows.compactMap { $0["name"] as? String }.contains("whisper-base"))
        #expect(rows.allSatisfy { $0["status"] as? String == "missing" || $0["status"] as? String == "unavailable" })
        #expect(rows.first { $0["name"] as? String == "openwakeword" }?["commercialUse"] as? Bool == false)
    }

    @Test func wrongUsageIsTwo() async throws {
        let folder = try TemporaryFolder()
        for arguments in [
            ["models", "fetch", "nonsense"], ["models", "fetch", "hibari", "--all"], ["--nonsense"],
            ["models", "nonsense"],
        ] {
            let run = try await run(arguments, models: folder.url, in: folder)
            #expect(run.status == 2, "\(arguments): \(run.standardError)")
            #expect(run.standardError.hasPrefix("riposte: "))
            #expect(run.standardOutput == "")
        }
        let help = try await run(["models", "--help"], models: folder.url, in: folder)
        #expect(help.status == 0)
        #expect(help.standardOutput.contains("fetch"))
    }

    @Test func aFailedFetchIsOneAndNamesTheCommand() async throws {
        let folder = try TemporaryFolder()
        let path = try python("echo 'NewConnectionError: Temporary failure in name resolution'; exit 1", in: folder)
        let models = folder.url.appending(path: "models")
        let run = try await run(["models", "fetch", "silero-vad"], models: models, path: path, in: folder)
        #expect(run.status == 1)
        #expect(run.standardError.contains("silero-vad: downloading 11 MB\n"))
        #expect(run.standardError.contains("riposte: silero-vad is missing and could not be fetched"))
        #expect(run.standardError.contains("riposte models fetch silero-vad"))
    }

    @Test func damageIsNamed() async throws {
        let folder = try TemporaryFolder()
        let models = folder.url.appending(path: "models")
        try FileManager.default.createDirectory(
            at: models.appending(path: "hibari"), withIntermediateDirectories: true)
        let run = try await run(["models", "list"], models: models, in: folder)
        #expect(run.status == 1)
        #expect(run.standardOutput.contains("it has no receipt"))
        #expect(run.standardError.contains("riposte models fetch hibari"))
    }

    @Test func aKilledFetchIsInNobodysWay() async throws {
        let folder = try TemporaryFolder()
        let models = folder.url.appending(path: "models")
        let staging = models.appending(path: ".staging")
        func leftovers() -> [String] { (try? FileManager.default.contentsOfDirectory(atPath: staging.path)) ?? [] }

        // The client never comes to an end by itself while this folder is there, and outlives the command.
        let hanging = try python("while [ -d '\(folder.url.path)' ]; do sleep 0.2; done", in: folder)
        let killed = try start(["models", "fetch", "silero-vad"], models: models, path: hanging, in: folder)
        while leftovers().isEmpty { try await Task.sleep(for: .milliseconds(20)) }
        let waiting = try start(["models", "fetch", "silero-vad"], models: models, path: hanging, in: folder)
        while !waiting.standardError.contains("another process") { try await Task.sleep(for: .milliseconds(20)) }
        waiting.kill()
        try await waiting.wait()
        killed.kill()
        try await killed.wait()
        #expect(leftovers().count == 1)

        // Its lock is gone though its child lives, and so is, now, what it left.
        let failing = try python("echo 'ERROR: No matching distribution found'; exit 1", in: folder)
        let next = try await run(["models", "fetch", "silero-vad"], models: models, path: failing, in: folder)
        #expect(next.status == 1)
        #expect(!next.standardError.contains("another process"))
        #expect(leftovers() == [])
    }
}
