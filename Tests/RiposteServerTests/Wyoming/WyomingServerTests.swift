import Foundation
import RiposteCore
import RiposteTesting
import Testing

@testable import RiposteServer

/// The reference implementation's client talks with the server.
@Suite(.serialized, .enabled(if: PythonClients.executable != nil, "make test-clients prepares the clients"))
struct WyomingServerTests {
    private var engines: SpeechEngines {
        let responder = ScriptedResponder { utterance, _ in [Reply("You said "), Reply(utterance.text + ".")] }
        var engines = SpeechEngines(
            transcriber: ScriptedTranscriber([Transcript(text: "a large latte, please")]),
            voiceActivity: { ScriptedScorer() }, turnDetector: ScriptedTurnDetector(0.98),
            personas: [.init(name: "echo", responder: responder)], voices: ScriptedSynthesizer().voices,
            synthesizer: { _ in ScriptedSynthesizer() })
        engines.wakeWords = ["computer"]
        engines.wakeWordDetector = { _ in
            ScriptedWakeWord([WakeWordDetection(word: "computer", position: 8000, speech: 0..<8000)])
        }
        return engines
    }

    /// What a client's script prints, a line each.
    private func lines(_ script: String) async throws -> [String] {
        let (ports, told) = AsyncStream.makeStream(of: Int.self)
        var configuration = WyomingServer.Configuration()
        configuration.port = 0
        let server = WyomingServer(engines: engines, configuration: configuration) { told.yield($0) }
        let running = Task { try await server.run() }
        defer { running.cancel() }
        var iterator = ports.makeAsyncIterator()
        let port = try #require(await iterator.next())
        return try await PythonClients.run(Self.before + script, port: port)
    }

    private static let before = """
        import asyncio, sys, struct
        from wyoming.client import AsyncTcpClient
        from wyoming.event import Event
        from wyoming.info import Describe, Info
        from wyoming.asr import Transcribe
        from wyoming.audio import AudioStart, AudioChunk, AudioStop
        port = int(sys.argv[1])
        tone = struct.pack("<1600h", *([8000, -8000] * 800))
        quiet = bytes(3200)
        def chunk(audio): return AudioChunk(16000, 2, 1, audio).event()
        async def read(client, *until):
            while True:
                event = await asyncio.wait_for(client.read_event(), 10)
                if event is None:
                    print("closed"); return None
                print(event.type, event.data.get("text", event.data.get("name", "")), len(event.payload or b""))
                if event.type in until: return event

        """

    @Test func tellsOfItself() async throws {
        let lines = try await lines(
            """
            async def main():
                async with AsyncTcpClient("127.0.0.1", port) as client:
                    await client.write_event(Describe().event())
                    info = Info.from_event(await asyncio.wait_for(client.read_event(), 10))
                    print(info.asr[0].requires_external_vad, info.asr[0].supports_transcript_streaming)
                    print(info.tts[0].voices[0].name, info.wake[0].models[0].name, info.handle[0].name)
            asyncio.run(main())
            """)
        #expect(lines == ["False True", "tone computer riposte"])
    }

    @Test func writesDownARecording() async throws {
        let lines = try await lines(
            """
            async def main():
                async with AsyncTcpClient("127.0.0.1", port) as client:
                    await client.write_event(Transcribe(language="en").event())
                    await client.write_event(AudioStart(16000, 2, 1).event())
                    for piece in [quiet] * 10 + [tone] * 10 + [quiet] * 30:
                        await client.write_event(chunk(piece))
                    await client.write_event(AudioStop().event())
                    await read(client, "transcript-stop")
            asyncio.run(main())
            """)
        #expect(lines.contains("transcript a large latte, please 0"))
        #expect(lines.last == "transcript-stop  0")
    }

    /// The client goes on sending, as a satellite does, and never says that the sound has ended.
    @Test func endsWhereTheSpeakerIsDone() async throws {
        let lines = try await lines(
            """
            async def main():
                async with AsyncTcpClient("127.0.0.1", port) as client:
                    await client.write_event(Transcribe().event())
                    await client.write_event(AudioStart(16000, 2, 1).event())
                    async def speak():
                        for piece in [tone] * 8 + [quiet] * 100:
                            await client.write_event(chunk(piece))
                            await asyncio.sleep(0.1)
                    speaking = asyncio.create_task(speak())
                    await read(client, "transcript")
                    print("early" if not speaking.done() else "late")
                    speaking.cancel()
            asyncio.run(main())
            """)
        #expect(lines.contains("transcript a large latte, please 0"))
        #expect(lines.last == "early")
    }

    @Test func speaksAPieceAtATimeAndOnce() async throws {
        let lines = try await lines(
            """
            async def main():
                async with AsyncTcpClient("127.0.0.1", port) as client:
                    for type, data in [("synthesize-start", {}), ("synthesize-chunk", {"text": "one two "}),
                            ("synthesize-chunk", {"text": "three"}), ("synthesize", {"text": "one two three"}),
                            ("synthesize-stop", {}), ("ping", {"text": "there?"})]:
                        await client.write_event(Event(type, data))
                    await read(client, "synthesize-stopped")
                    await client.write_event(Event("synthesize", {"text": "four five"}))
                    await read(client, "audio-stop")
            asyncio.run(main())
            """)
        func bytes(_ lines: ArraySlice<String>) -> Int {
            lines.filter { $0.hasPrefix("audio-chunk") }.compactMap {
                $0.split(separator: " ").last.flatMap { Int($0) }
            }
            .reduce(0, +)
        }
        let end = try #require(lines.firstIndex { $0.hasPrefix("synthesize-stopped") })
        #expect(bytes(lines[..<end]) == 3 * 5 * 320 * 2)
        #expect(bytes(lines[end...]) == 2 * 5 * 320 * 2)
        #expect(lines.contains("pong there? 0"))
    }

    @Test func answersAndWakes() async throws {
        let lines = try await lines(
            """
            async def main():
                async with AsyncTcpClient("127.0.0.1", port) as client:
                    await client.write_event(Event("transcript", {"text": "hello"}))
                    await read(client, "handled-stop")
                    await client.write_event(Event("detect", {"names": ["computer"]}))
                    for _ in range(10): await client.write_event(chunk(tone))
                    await read(client, "detection")
            asyncio.run(main())
            """)
        #expect(lines.contains("handled You said hello. 0"))
        #expect(lines.last == "detection computer 0")
    }

    @Test func refusesGarbageAndServesOthers() async throws {
        let lines = try await lines(
            """
            import socket
            async def main():
                stalled = [socket.create_connection(("127.0.0.1", port)) for _ in range(20)]
                for each in stalled: each.sendall(b'{"type":"audio-chunk","payload_length":9000}\\n' + bytes(10))
                cut = socket.create_connection(("127.0.0.1", port)); cut.sendall(b'{"ty'); cut.close()
                async with AsyncTcpClient("127.0.0.1", port) as client:
                    client._writer.write(b"GET / HTTP/1.1\\r\\n")
                    await client._writer.drain()
                    await read(client, "error")
                    await read(client)
                async with AsyncTcpClient("127.0.0.1", port) as client:
                    await client.write_event(Event("ping", {"text": "alive"}))
                    await read(client, "pong")
            asyncio.run(main())
            """)
        #expect(lines.first?.hasPrefix("error ") == true)
        #expect(Array(lines.dropFirst()) == ["closed", "pong alive 0"])
    }
}
