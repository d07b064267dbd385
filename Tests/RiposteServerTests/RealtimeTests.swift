import Foundation
import RiposteCore
import RiposteTesting
import Testing

@testable import RiposteServer

/// The official Python client holds conversations with the server.
@Suite(.serialized, .enabled(if: PythonClients.executable != nil, "make test-clients prepares the clients"))
struct RealtimeTests {
    /// What a client's script prints, a line each.
    private func lines(_ script: String) async throws -> [String] {
        let engines = NetworkConversationTests.engines(
            answer: "It is ten past three in the afternoon, and it will be so for a while, I think.")
        try await engines.load()
        let (ports, told) = AsyncStream.makeStream(of: Int.self)
        var configuration = WebServer.Configuration()
        configuration.port = 0
        configuration.token = "secret"
        let server = try WebServer(engines: engines, configuration: configuration) { told.yield($0) }
        let running = Task { try await server.run() }
        defer { running.cancel() }
        var iterator = ports.makeAsyncIterator()
        let port = try #require(await iterator.next())
        return try await PythonClients.run(Self.before + script, port: port)
    }

    private static let before = """
        import asyncio, base64, json, struct, sys
        from openai import AsyncOpenAI
        port = int(sys.argv[1])
        client = AsyncOpenAI(api_key="secret", base_url=f"http://127.0.0.1:{port}/v1")
        tone = struct.pack("<2400h", *(([8000] * 8 + [-8000] * 8) * 150))
        quiet = bytes(4800)
        async def hear(talk, *pieces):
            for piece in pieces:
                await talk.input_audio_buffer.append(audio=base64.b64encode(piece).decode())
                await asyncio.sleep(0.05)
        async def read(talk, until):
            seen = []
            while True:
                event = await asyncio.wait_for(talk.recv(), 10)
                seen.append(event)
                if event.type == until: return seen
        def order(events):
            kinds = []
            for event in events:
                if event.type not in kinds: kinds.append(event.type)
            return " ".join(kinds)
        def sound(events):
            return b"".join(base64.b64decode(e.delta) for e in events if e.type == "response.output_audio.delta")

        """

    @Test(.timeLimit(.minutes(10))) func answersWhatIsSaid() async throws {
        let lines = try await lines(
            """
            async def main():
                async with client.realtime.connect(model="riposte") as talk:
                    await read(talk, "session.created")
                    await talk.session.update(session={"type": "realtime", "instructions": "Be short."})
                    print((await read(talk, "session.updated"))[-1].session.instructions)
                    await hear(talk, *[quiet] * 5 + [tone] * 10 + [quiet] * 10)
                    events = await read(talk, "response.done")
                    print(order(events))
                    print([e.transcript for e in events if e.type.endswith("transcription.completed")][0])
                    print(len(sound(events)) > 24000, events[-1].response.status)
                    print([e.transcript for e in events if e.type == "response.output_audio_transcript.done"][0])
                    item = [e.item_id for e in events if e.type == "response.output_audio.delta"][0]
                    await talk.conversation.item.truncate(item_id=item, content_index=0, audio_end_ms=100)
                    print((await read(talk, "conversation.item.truncated"))[-1].audio_end_ms)
                    await talk.conversation.item.truncate(item_id=item, content_index=0, audio_end_ms=10**6)
                    print((await read(talk, "error"))[-1].error.type)
            asyncio.run(main())
            """)
        #expect(lines.first == "Be short.")
        let kinds = lines.dropFirst().first?.split(separator: " ").map(String.init) ?? []
        let expected = [
            "input_audio_buffer.speech_started", "input_audio_buffer.speech_stopped", "input_audio_buffer.committed",
            "response.created", "response.output_audio.delta", "response.output_audio.done", "response.done",
        ]
        #expect(kinds.filter(expected.contains) == expected)
        #expect(
            Array(lines.dropFirst(2)) == [
                "What is the time?", "True completed",
                "It is ten past three in the afternoon, and it will be so for a while, I think.", "100",
                "invalid_request_error",
            ])
    }

    @Test(.timeLimit(.minutes(10))) func isSilencedByTheClientAndByTheUser() async throws {
        let lines = try await lines(
            """
            async def main():
                async with client.realtime.connect(model="riposte") as talk:
                    await hear(talk, *[quiet] * 5 + [tone] * 10 + [quiet] * 10)
                    await read(talk, "response.output_audio.delta")
                    await talk.response.cancel()
                    print((await read(talk, "response.done"))[-1].response.status)
                    await asyncio.sleep(1.5)
                    await hear(talk, *[tone] * 10 + [quiet] * 10)
                    await read(talk, "response.output_audio.delta")
                    await hear(talk, *[tone] * 20)
                    events = await read(talk, "response.done")
                    print(events[-1].response.status, events[-1].response.status_details.reason)
            asyncio.run(main())
            """)
        #expect(lines == ["cancelled", "cancelled turn_detected"])
    }

    @Test(.timeLimit(.minutes(10))) func answersTextsAndCommittedSound() async throws {
        let lines = try await lines(
            """
            async def main():
                async with client.realtime.connect(model="riposte") as talk:
                    await talk.session.update(session={"type": "realtime", "output_modalities": ["text"],
                        "audio": {"input": {"turn_detection": None}}})
                    await talk.conversation.item.create(item={"type": "message", "role": "user",
                        "content": [{"type": "input_text", "text": "hello"}]})
                    await talk.response.create()
                    events = await read(talk, "response.done")
                    print([e.text for e in events if e.type == "response.output_text.done"][0])
                    await talk.session.update(session={"type": "realtime", "output_modalities": ["audio"]})
                    await hear(talk, *[tone] * 5)
                    await talk.input_audio_buffer.commit()
                    await talk.response.create()
                    events = await read(talk, "response.done")
                    print([e.transcript for e in events if e.type.endswith("transcription.completed")][0])
                    print(len(sound(events)) > 24000, events[-1].response.status)
            asyncio.run(main())
            """)
        #expect(
            lines == [
                "It is ten past three in the afternoon, and it will be so for a while, I think.", "What is the time?",
                "True completed",
            ])
    }

    @Test(.timeLimit(.minutes(10))) func refusesWhatIsNoEventAndGoesOn() async throws {
        let lines = try await lines(
            """
            import openai, websockets
            async def main():
                async with client.realtime.connect(model="riposte") as talk:
                    for text in ["{", "[]", "{}", '{"type":"dance"}', '{"type":"input_audio_buffer.append","audio":"?"}',
                            '{"type":"input_audio_buffer.commit"}', '{"type":"response.create"}',
                            '{"type":"response.cancel"}', '{"type":"session.update","session":{"type":"tea"}}']:
                        await talk._connection.send(text)
                        print((await read(talk, "error"))[-1].error.type)
                    await talk.input_audio_buffer.clear()
                    print((await read(talk, "input_audio_buffer.cleared"))[-1].type)
                    await talk.session.update(session={"type": "realtime",
                        "audio": {"input": {"turn_detection": None}}})
                    await hear(talk, bytes(29 * 48000))
                    print((await read(talk, "error"))[-1].error.message)
                    await hear(talk, bytes(27 * 48000))
                    await hear(talk, bytes(2 * 48000))
                    print((await read(talk, "error"))[-1].error.message)
                    await talk.input_audio_buffer.commit()
                    print((await read(talk, "input_audio_buffer.committed"))[-1].type)
            asyncio.run(main())
            """)
        let isFull = "The input buffer holds 28 s: commit or clear it."
        #expect(
            lines == [String](repeating: "invalid_request_error", count: 9) + [
                "input_audio_buffer.cleared", isFull, isFull, "input_audio_buffer.committed",
            ])
    }

    @Test(.timeLimit(.minutes(10))) func answersWhomItDoesNotLetIn() async throws {
        let lines = try await lines(
            """
            import urllib.request, urllib.error, websockets
            async def knock(path="/v1/realtime", token="secret", origin=None):
                try:
                    async with websockets.connect(f"ws://127.0.0.1:{port}{path}", origin=origin,
                            additional_headers={"Authorization": "Bearer " + token}): print("in")
                except websockets.exceptions.InvalidStatus as error: print(error.response.status_code)
            async def main():
                try:
                    stranger = AsyncOpenAI(api_key="wrong", base_url=f"http://127.0.0.1:{port}/v1")
                    async with stranger.realtime.connect(model="riposte"): print("in")
                except websockets.exceptions.InvalidStatus as error: print(error.response.status_code)
                await knock(token="wrong")
                await knock(origin="http://elsewhere.example")
                await knock(path="/v1/elsewhere")
                await knock(origin=f"http://127.0.0.1:{port}")
                for path, upgrade in [("realtime", "websocket"), ("models", "h2c")]:
                    request = urllib.request.Request(f"http://127.0.0.1:{port}/v1/{path}",
                        headers={"Authorization": "Bearer secret", "Upgrade": upgrade})
                    try: print(urllib.request.urlopen(request).status)
                    except urllib.error.HTTPError as error: print(error.code)
            asyncio.run(main())
            """)
        #expect(lines == ["401", "401", "403", "404", "in", "426", "200"])
    }
}
