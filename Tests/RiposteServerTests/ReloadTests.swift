import Foundation
import RiposteCore
import RiposteTesting
import Testing

@testable import RiposteServer

/// A server that takes over another configuration while a client talks with it.
@Suite(.serialized, .enabled(if: PythonClients.executable != nil, "make test-clients prepares the clients"))
struct ReloadTests {
    /// A folder by whose files the script and the test tell each other how far they are.
    private let folder: URL

    init() throws { folder = try TestResources.temporaryFolder() }

    /// Runs a script; what is to be done in the middle is done where it says `await change("NAME")`.
    private func lines(
        _ script: String, _ configuration: WebServer.Configuration,
        changes: [String: @Sendable (WebServer) throws -> Void],
        engines: SpeechEngines = NetworkConversationTests.engines()
    ) async throws -> [String] {
        try await engines.load()
        let (ports, told) = AsyncStream.makeStream(of: Int.self)
        var configuration = configuration
        configuration.port = 0
        let server = try WebServer(engines: engines, configuration: configuration) { told.yield($0) }
        let running = Task { try await server.run() }
        defer { running.cancel() }
        var iterator = ports.makeAsyncIterator()
        let port = try #require(await iterator.next())
        let folder = folder
        let changing = Task {
            var left = changes
            while !left.isEmpty {
                try await Task.sleep(for: .milliseconds(20))
                for (name, change) in left
                where FileManager.default.fileExists(atPath: folder.appending(path: name).path) {
                    left[name] = nil
                    try change(server)
                    try Data().write(to: folder.appending(path: name + ".done"))
                }
            }
        }
        defer { changing.cancel() }
        let before = """
            import asyncio, base64, json, os, ssl, struct, sys, urllib.request, urllib.error, websockets
            port, folder = int(sys.argv[1]), "\(folder.path)"
            tone = struct.pack("<2400h", *(([8000] * 8 + [-8000] * 8) * 150))
            quiet = bytes(4800)
            async def change(name):
                open(f"{folder}/{name}", "w").close()
                while not os.path.exists(f"{folder}/{name}.done"): await asyncio.sleep(0.02)
            async def say(talk):
                for piece in [quiet] * 5 + [tone] * 10 + [quiet] * 10:
                    await talk.send(json.dumps({"type": "input_audio_buffer.append",
                        "audio": base64.b64encode(piece).decode()}))
                    await asyncio.sleep(0.05)
                return await until(talk, "response.done")
            async def until(talk, kind):
                while True:
                    event = json.loads(await asyncio.wait_for(talk.recv(), 10))
                    if event["type"] == kind: return event
            def words(done): return done["response"]["output"][0]["content"][0]["transcript"]
            def status(path, token):
                request = urllib.request.Request(f"http://127.0.0.1:{port}{path}", headers={"Authorization": f"Bearer {token}"})
                try: return urllib.request.urlopen(request).status
                except urllib.error.HTTPError as error: return error.code
            def connect(token): return websockets.connect(f"ws://127.0.0.1:{port}/v1/realtime",
                additional_headers={"Authorization": f"Bearer {token}"})

            """
        return try await PythonClients.run(before + script, port: port)
    }

    /// Where it listens stays, and so does what that asks for.
    @Test func doesNotTakeAwayTheTokenOfAServerThatOthersReach() throws {
        var configuration = WebServer.Configuration()
        (configuration.host, configuration.token) = ("0.0.0.0", "secret")
        let live = try LiveSettings(configuration)
        (configuration.host, configuration.token) = ("127.0.0.1", nil)
        #expect(throws: RiposteError.self) { try live.take(configuration) }
        #expect(live.token == "secret")
    }

    @Test(.timeLimit(.minutes(10))) func changesTokenAndLimitsWhileACallGoesOn() async throws {
        defer { try? FileManager.default.removeItem(at: folder) }
        var configuration = WebServer.Configuration()
        configuration.token = "old"
        var new = configuration
        (new.token, new.sessionLimit, new.requestRate) = ("new", 1, 1)
        var wrong = new
        (wrong.certificate, wrong.token, wrong.sessionLimit) = ("none.pem", nil, 9)
        let lines = try await lines(
            """
            async def main():
                async with connect("old") as talk:
                    print(words(await say(talk)))
                    await change("new")
                    print(status("/v1/models", "old"), status("/v1/models", "new"))
                    try:
                        async with connect("old"): print("let in")
                    except websockets.InvalidStatus as error: print(error.response.status_code)
                    # The only place is taken.
                    async with connect("new") as other: print((await until(other, "error"))["error"]["message"][:25])
                    await change("wrong")
                    print(status("/v1/models", "new"))
                    print(words(await say(talk)))
                print(max(status("/v1/models", "new") for _ in range(20)))
            asyncio.run(main())
            """, configuration,
            changes: [
                "new": { [new] in try $0.reload(new) },
                "wrong": { [wrong] server in #expect(throws: RiposteError.self) { try server.reload(wrong) } },
            ])
        #expect(
            lines == [
                "Ten past three.", "401 200", "401", "All places are taken; try", "200", "Ten past three.", "429",
            ])
    }

    /// Whoever is being talked with stays until the call is over; who comes then meets the others.
    @Test(.timeLimit(.minutes(10))) func othersAnswerNewCalls() async throws {
        defer { try? FileManager.default.removeItem(at: folder) }
        let engines = NetworkConversationTests.engines()
        let lines = try await lines(
            """
            async def main():
                async with connect("") as talk:
                    print(words(await say(talk)))
                    await change("others")
                    print(words(await say(talk)))
                    async with connect("") as other: print(words(await say(other)))
                print(urllib.request.urlopen(f"http://127.0.0.1:{port}/v1/models").read().decode().count('"other"'))
            asyncio.run(main())
            """, .init(),
            changes: [
                "others": { _ in
                    engines.replacePersonas([
                        .init(name: "other", responder: ScriptedResponder { _, _ in [Reply("I am another.")] })
                    ])
                }
            ], engines: engines)
        #expect(lines == ["Ten past three.", "Ten past three.", "I am another.", "1"])
    }

    @Test(.enabled(if: EncryptedServerTests.openssl != nil, "openssl makes the certificate"), .timeLimit(.minutes(10)))
    func hasAnotherCertificateForNewConnections() async throws {
        defer { try? FileManager.default.removeItem(at: folder) }
        let (old, new) = (folder.appending(path: "old"), folder.appending(path: "new"))
        var configuration = WebServer.Configuration()
        let files = try EncryptedServerTests.certificate(in: old)
        (configuration.certificate, configuration.key) = (files.certificate.path, files.key.path)
        let others = try EncryptedServerTests.certificate(in: new)
        var changed = configuration
        (changed.certificate, changed.key) = (others.certificate.path, others.key.path)
        // The key of another certificate.
        var wrong = changed
        wrong.key = files.key.path
        var plain = WebServer.Configuration()
        plain.requestRate = 7
        let lines = try await lines(
            """
            def reach(certificate):
                context = ssl.create_default_context(cafile=f"{folder}/{certificate}/certificate.pem")
                try: return urllib.request.urlopen(f"https://127.0.0.1:{port}/health", context=context).status
                except (urllib.error.URLError, OSError): return "refused"
            async def reached(): return [await asyncio.to_thread(reach, name) for name in ["old", "new"]]
            async def main():
                print(await reached())
                context = ssl.create_default_context(cafile=f"{folder}/old/certificate.pem")
                async with websockets.connect(f"wss://127.0.0.1:{port}/v1/realtime", ssl=context) as talk:
                    await change("changed")
                    print(await reached())
                    print(words(await say(talk)))
                await change("wrong")
                print(await reached())
            asyncio.run(main())
            """, configuration,
            changes: [
                "changed": { [changed] in try $0.reload(changed) },
                "wrong": { [wrong, plain] server in
                    for refused in [wrong, plain] {
                        #expect(throws: RiposteError.self) { try server.reload(refused) }
                    }
                },
            ])
        #expect(lines == ["[200, 'refused']", "['refused', 200]", "Ten past three.", "['refused', 200]"])
    }
}
