import Foundation
import RiposteCore
import Testing

@testable import RiposteServer

/// The server over TLS, with a certificate that openssl makes for it.
@Suite(.enabled(if: PythonClients.executable != nil, "make test-clients prepares the clients"))
struct EncryptedServerTests {
    static var openssl: URL? {
        ["/usr/bin/openssl", "/usr/local/bin/openssl", "/opt/homebrew/bin/openssl"].first {
            FileManager.default.isExecutableFile(atPath: $0)
        }.map { URL(fileURLWithPath: $0) }
    }

    /// A certificate for this machine and its key, in PEM files.
    static func certificate(in folder: URL) throws -> (certificate: URL, key: URL) {
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        let (certificate, key) = (folder.appending(path: "certificate.pem"), folder.appending(path: "key.pem"))
        let process = Process()
        let openssl: URL = try #require(openssl)
        process.executableURL = openssl
        process.arguments = [
            "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", "/CN=localhost", "-addext",
            "subjectAltName=IP:127.0.0.1", "-keyout", key.path, "-out", certificate.path,
        ]
        process.standardError = FileHandle.nullDevice
        try process.run()
        process.waitUntilExit()
        try #require(process.terminationStatus == 0)
        return (certificate, key)
    }

    @Test(.enabled(if: openssl != nil, "openssl makes the certificate"), .timeLimit(.minutes(10)))
    func servesOverTLS() async throws {
        let folder = FileManager.default.temporaryDirectory.appending(path: "riposte-tls-\(UUID())")
        defer { try? FileManager.default.removeItem(at: folder) }
        let (certificate, key) = try Self.certificate(in: folder)
        let lines = try await RunningServer.lines(
            """
            trusted = ssl.create_default_context(cafile="\(certificate.path)")
            def reach(url, context):
                try: return urllib.request.urlopen(url, context=context).read().decode()
                except (urllib.error.URLError, OSError) as error: return "refused"
            async def main():
                print(await asyncio.to_thread(reach, f"https://127.0.0.1:{port}/health", trusted))
                print(await asyncio.to_thread(reach, f"https://127.0.0.1:{port}/health", ssl.create_default_context()))
                print(await asyncio.to_thread(reach, f"http://127.0.0.1:{port}/health", None))
                async with websockets.connect(f"wss://127.0.0.1:{port}/v1/realtime", ssl=trusted) as talk:
                    await hear(talk, *[quiet] * 5 + [tone] * 10 + [quiet] * 10)
                    print((await read(talk, "response.done"))[-1]["response"]["status"])
                async with websockets.connect(f"wss://127.0.0.1:{port}/v1/realtime", ssl=trusted,
                        origin=f"https://127.0.0.1:{port}") as talk:
                    print((await read(talk, "session.created"))[-1]["type"])
            asyncio.run(main())
            """
        ) { ($0.certificate, $0.key) = (certificate.path, key.path) }
        #expect(lines == [#"{"status":"ok"}"#, "refused", "refused", "completed", "session.created"])
    }

    @Test(.enabled(if: openssl != nil, "openssl makes the certificate")) func refusesWhatIsNoCertificate() throws {
        let folder = FileManager.default.temporaryDirectory.appending(path: "riposte-tls-\(UUID())")
        defer { try? FileManager.default.removeItem(at: folder) }
        let (certificate, key) = try Self.certificate(in: folder)
        for (first, second) in [(key.path, certificate.path), (certificate.path, "/nowhere"), (certificate.path, nil)] {
            var configuration = WebServer.Configuration()
            (configuration.certificate, configuration.key) = (first, second)
            #expect(throws: RiposteError.self) {
                try WebServer(engines: NetworkConversationTests.engines(), configuration: configuration)
            }
        }
    }
}
