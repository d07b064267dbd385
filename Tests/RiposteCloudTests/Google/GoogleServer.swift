#if Cloud
    import Foundation
    import RiposteCloud
    import Testing

    /// The stand-in for Google's services: Python with Google's own message classes; see `Server/speech_services.py`.
    final class GoogleServer {
        private let process = Process()
        private let folder: URL
        private let ports: [String: Int]
        private let isEncrypted: Bool

        /// What `make cloud-server` prepares; nil if it was not.
        static var python: URL? {
            let named = ProcessInfo.processInfo.environment["RIPOSTE_CLOUD_SERVER"]
            let file = URL(filePath: named ?? ".build/cloud-server").appending(path: "bin/python")
            return FileManager.default.isExecutableFile(atPath: file.path) ? file : nil
        }

        static let hint: Comment = "needs the stand-in for Google's services: make cloud-server"

        /// - Parameter script: see `Server/speech_services.py`.
        init(_ script: [String: Any] = [:]) throws {
            folder = FileManager.default.temporaryDirectory.appending(path: "riposte-cloud-\(UUID())")
            try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
            let server = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
                .appending(path: "Server/speech_services.py")
            let output = Pipe()
            process.executableURL = Self.python
            process.arguments = [
                "-u", server.path, folder.appending(path: "log").path,
                String(decoding: try JSONSerialization.data(withJSONObject: script), as: UTF8.self),
            ]
            process.standardOutput = output
            process.standardError = FileHandle.nullDevice
            try process.run()
            let line = output.fileHandleForReading.availableData
            ports = try #require(try JSONSerialization.jsonObject(with: line) as? [String: Int])
            isEncrypted = script["certificate"] != nil
        }

        deinit {
            kill(process.processIdentifier, SIGKILL)
            process.waitUntilExit()
            try? FileManager.default.removeItem(at: folder)
        }

        func endpoint(rootCertificates: String? = nil) throws -> GoogleEndpoint {
            try GoogleEndpoint(
                url(isEncrypted ? "https://localhost" : "http://127.0.0.1", "port"), rootCertificates: rootCertificates)
        }

        /// The way through what cuts connections.
        func proxy() throws -> GoogleEndpoint { try GoogleEndpoint(url("http://127.0.0.1", "proxy")) }

        /// Where tokens are given.
        func web() throws -> URL { try url("http://127.0.0.1", "http") }

        private func url(_ start: String, _ port: String) throws -> URL {
            let number = try #require(ports[port])
            return try #require(URL(string: "\(start):\(number)"))
        }

        /// The calls so far that are over, once there are so many.
        func calls(_ count: Int = 1) async throws -> [[String: Any]] {
            for _ in 0..<500 {
                let calls = try entries("call")
                if calls.count >= count { return calls }
                try await Task.sleep(for: .milliseconds(20))
            }
            Issue.record("the server has not seen \(count) calls")
            return []
        }

        /// The tokens that were given.
        func tokens() throws -> [[String: Any]] { try entries("token") }

        private func entries(_ key: String) throws -> [[String: Any]] {
            let log = (try? String(contentsOf: folder.appending(path: "log"), encoding: .utf8)) ?? ""
            let entries = try log.split(separator: "\n").compactMap {
                try JSONSerialization.jsonObject(with: Data($0.utf8)) as? [String: Any]
            }
            return entries.filter { $0[key] != nil }
        }

        /// A key pair and a certificate for localhost, made with the machine's openssl.
        static func certificate(in folder: URL) throws -> (certificate: String, key: String) {
            let (certificate, key) = (folder.appending(path: "cert.pem").path, folder.appending(path: "key.pem").path)
            let openssl = Process()
            openssl.executableURL = URL(filePath: "/usr/bin/env")
            openssl.arguments = [
                "openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", "/CN=localhost",
                "-addext", "subjectAltName=DNS:localhost", "-keyout", key, "-out", certificate,
            ]
            openssl.standardError = FileHandle.nullDevice
            try openssl.run()
            openssl.waitUntilExit()
            try #require(openssl.terminationStatus == 0)
            return (certificate, key)
        }
    }
#endif
