import Foundation
import Logging
import RiposteCore
import Testing

@testable import RiposteServer

/// A server on a free port, for clients in Python.
enum RunningServer {
    /// What a client's script prints, a line each. It is given the port.
    static func lines(
        _ script: String, engines: SpeechEngines = NetworkConversationTests.engines(),
        logger: Logger = Logger(label: "riposte.tests"),
        _ adjust: (inout WebServer.Configuration) -> Void = { _ in }
    ) async throws -> [String] {
        try await engines.load()
        let (ports, told) = AsyncStream.makeStream(of: Int.self)
        var configuration = WebServer.Configuration()
        configuration.port = 0
        adjust(&configuration)
        let server = try WebServer(engines: engines, configuration: configuration, logger: logger) { told.yield($0) }
        let running = Task { try await server.run() }
        defer { running.cancel() }
        var iterator = ports.makeAsyncIterator()
        let port = try #require(await iterator.next())
        return try await PythonClients.run(before + script, port: port)
    }

    private static let before = """
        import asyncio, base64, json, socket, ssl, struct, sys, time, urllib.request, urllib.error, websockets
        port = int(sys.argv[1])
        url = f"ws://127.0.0.1:{port}/v1/realtime"
        tone = struct.pack("<2400h", *(([8000] * 8 + [-8000] * 8) * 150))
        quiet = bytes(4800)
        def get(path): return urllib.request.urlopen(f"http://127.0.0.1:{port}{path}").read().decode()
        def metric(name): return [l.split()[-1] for l in get("/metrics").splitlines() if l.startswith(name + " ")][0]
        async def tell(talk, **event): await talk.send(json.dumps(event))
        async def hear(talk, *pieces):
            for piece in pieces:
                await tell(talk, type="input_audio_buffer.append", audio=base64.b64encode(piece).decode())
                await asyncio.sleep(0.05)
        async def read(talk, until):
            seen = []
            while True:
                event = json.loads(await asyncio.wait_for(talk.recv(), 10))
                seen.append(event)
                if event["type"] == until: return seen

        """
}
