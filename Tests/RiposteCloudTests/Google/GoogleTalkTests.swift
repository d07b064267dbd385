#if Cloud
    import Foundation
    import RiposteAudio
    import RiposteInference
    import RiposteTesting
    import Testing

    @testable import riposte

    private enum TalkModels {
        static let areReady = ["onnxruntime", "silero-vad", "whisper-base", "hibari", "piper-joe"].allSatisfy {
            ModelsCommand.store.status(of: $0) == .ready
        }
    }

    /// The command, with both services.
    @Suite(
        .enabled(if: GoogleServer.python != nil, GoogleServer.hint),
        .enabled(if: TalkModels.areReady, "needs the models: riposte models fetch"), .serialized,
        .timeLimit(.minutes(10)))
    final class GoogleTalkTests {
        private let folder: URL

        init() throws {
            folder = FileManager.default.temporaryDirectory.appending(path: "riposte-talk-\(UUID())")
            try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        }

        deinit { try? FileManager.default.removeItem(at: folder) }

        private func path(_ name: String) -> String { folder.appending(path: name).path }

        private func run(_ arguments: [String], _ environment: [String: String] = [:]) async throws -> String {
            let process = Process()
            let executable = Bundle.main.executableURL?.resolvingSymlinksInPath().deletingLastPathComponent()
            process.executableURL = executable?.appending(path: "riposte")
            process.arguments = arguments
            process.environment = ProcessInfo.processInfo.environment.merging(environment) { $1 }
            try Data().write(to: URL(filePath: path("errors")))
            process.standardError = FileHandle(forWritingAtPath: path("errors"))
            try Data().write(to: URL(filePath: path("said")))
            process.standardOutput = FileHandle(forWritingAtPath: path("said"))
            process.standardInput = FileHandle.nullDevice
            try process.run()
            while process.isRunning { try await Task.sleep(for: .milliseconds(50)) }
            let errors = try String(contentsOfFile: path("errors"), encoding: .utf8)
            #expect(process.terminationStatus == 0, "\(errors)")
            return errors
        }

        /// - Returns: the lines of the trace.
        private func talk(_ server: GoogleServer, _ more: [String] = []) async throws -> [[String: Any]] {
            _ = try await run(["say", "--voice", "joe", "What is twelve times seven?", "-o", path("question.wav")])
            let question = try WaveFile(reading: folder.appending(path: "question.wav")).samples
            let quiet = [Float](repeating: 0, count: 16_000)
            try WaveFile(samples: quiet + question + quiet + quiet + quiet, sampleRate: 16_000)
                .write(to: folder.appending(path: "input.wav"))
            let address = "google=http://127.0.0.1:\(try server.endpoint().port)"
            _ = try await run(
                [
                    "talk", "--input", path("input.wav"), "--output", path("output.wav"), "--trace", path("trace"),
                    "--stt", address, "--tts", address,
                ] + more)
            return try String(contentsOfFile: path("trace"), encoding: .utf8).split(separator: "\n").compactMap {
                try JSONSerialization.jsonObject(with: Data($0.utf8)) as? [String: Any]
            }
        }

        @Test func hearsAndSpeaksWithTheServices() async throws {
            let server = try GoogleServer(["text": "What is twelve times seven?"])
            let turn = try #require(try await talk(server).first)
            #expect(turn["outcome"] as? String == "answered")
            #expect(turn["transcript"] as? String == "What is twelve times seven?")
            #expect((turn["heard"] as? String)?.contains("84") == true)
            let cloud = try #require(turn["cloud"] as? [String: Any])
            #expect(cloud["transcriber"] as? String == "google-speech")
            #expect(cloud["voices"] as? [String] == ["google-voice"])
            let services = try #require(cloud["services"] as? [[String: Any]])
            #expect(services.compactMap { $0["engine"] as? String }.sorted() == ["google-speech", "google-voice"])
            #expect(services.allSatisfy { ($0["failures"] as? [String])?.isEmpty == true })
            let calls = try await server.calls(2)
            #expect(calls.contains { $0["call"] as? String == "StreamingRecognize" })
            #expect(calls.contains { ($0["texts"] as? [String])?.first?.contains("84") == true })
        }

        @Test func theServicesVoicesAreListed() async throws {
            let server = try GoogleServer()
            _ = try await run(["voices", "--tts", "google=http://127.0.0.1:\(try server.endpoint().port)", "--json"])
            let rows = try JSONSerialization.jsonObject(with: Data(contentsOf: folder.appending(path: "said")))
            let names = try #require(rows as? [[String: Any]]).compactMap { $0["name"] as? String }
            #expect(names.suffix(2) == ["en-US-Chirp3-HD-Aoede", "de-DE-Wavenet-B"])
        }

        @Test func doctorSaysWhatWouldLeave() async throws {
            let server = try GoogleServer(["key": "right-key"])
            let address = "google=http://127.0.0.1:\(try server.endpoint().port)"
            for (key, expected) in [("right-key", "it answers"), ("wrong-key", "refuses the credentials")] {
                _ = try await run(["doctor", "--stt", address, "--tts", address], ["RIPOSTE_GOOGLE_KEY": key])
                let said = try String(contentsOf: folder.appending(path: "said"), encoding: .utf8)
                #expect(said.contains(expected))
                #expect(!said.contains(key))
            }
            _ = try await run(["doctor"])
            let said = try String(contentsOf: folder.appending(path: "said"), encoding: .utf8)
            #expect(said.contains("nothing: only --stt"))
        }

        @Test func offlineAsksNobodyElsewhere() async throws {
            _ = try await run(["say", "--voice", "joe", "Good morning.", "-o", path("question.wav")])
            let errors = try await run(
                [
                    "talk", "--input", path("question.wav"), "--output", path("output.wav"), "--trace", path("trace"),
                    "--stt", "google", "--tts", "google", "--duration", "5",
                ], ["RIPOSTE_OFFLINE": "1"])
            #expect(!errors.contains("google"))
            let trace = try String(contentsOfFile: path("trace"), encoding: .utf8)
            #expect(!trace.contains("\"cloud\""))
            #expect(!trace.isEmpty)
        }
    }
#endif
