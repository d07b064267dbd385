import Foundation
import RiposteCore
import RiposteDialog
import RiposteTesting
import Synchronization
import Testing

@testable import RiposteServer

/// What the reference client may choose from: voices, intents; and what it may not have.
@Suite(.serialized, .enabled(if: PythonClients.executable != nil, "make test-clients prepares the clients"))
struct WyomingChoiceTests {
    private struct Orders: Understanding {
        func parse(_ utterance: Transcript, expecting expected: [String]) -> ParsedMessage {
            guard utterance.text.contains("latte") else {
                return ParsedMessage(text: utterance.text, ranking: [.init(ParsedMessage.outOfScope, 0.9)])
            }
            return ParsedMessage(
                text: utterance.text, ranking: [.init("order_drink", 0.9)],
                entities: [ParsedEntity("size", value: "large", in: 2..<7)])
        }
    }

    /// What a client's script prints, a line each, and the voices that were asked for.
    private func run(
        _ script: String, change: (inout WyomingServer.Configuration) -> Void = { _ in }
    ) async throws -> (lines: [String], voices: [String]) {
        let voices = Mutex<[String]>([])
        let responder = ScriptedResponder { _, _ in [Reply("Yes.")] }
        var engines = SpeechEngines(
            transcriber: ScriptedTranscriber([Transcript(text: "hello")]), voiceActivity: { ScriptedScorer() },
            personas: [.init(name: "coffee", responder: responder, understanding: Orders())],
            voices: [
                Voice(name: "heart", engine: "scripted", language: "en-US", licence: "Apache-2.0"),
                Voice(name: "emma", engine: "scripted", language: "en-GB", licence: "Apache-2.0"),
                Voice(name: "thorsten", engine: "scripted", language: "de-DE", licence: "Apache-2.0"),
            ],
            synthesizer: { voice in
                guard ["heart", "emma", "thorsten"].contains(voice) else {
                    throw RiposteError(.badInput, .synthesis, "There is no voice '\(voice)'.")
                }
                voices.withLock { $0.append(voice) }
                return ScriptedSynthesizer()
            })
        engines.defaultVoice = "emma"
        let (ports, told) = AsyncStream.makeStream(of: Int.self)
        var configuration = WyomingServer.Configuration()
        configuration.port = 0
        change(&configuration)
        let server = WyomingServer(engines: engines, configuration: configuration) { told.yield($0) }
        let running = Task { try await server.run() }
        defer { running.cancel() }
        var iterator = ports.makeAsyncIterator()
        let port = try #require(await iterator.next())
        let lines = try await PythonClients.run(Self.before + script, port: port)
        return (lines, voices.withLock { $0 })
    }

    private static let before = """
        import asyncio, sys
        from wyoming.client import AsyncTcpClient
        from wyoming.event import Event
        from wyoming.info import Describe, Info
        from wyoming.tts import Synthesize, SynthesizeVoice
        from wyoming.intent import Recognize, Intent, NotRecognized
        port = int(sys.argv[1])
        def connect(): return AsyncTcpClient("127.0.0.1", port)
        async def read(client, *until):
            while True:
                event = await asyncio.wait_for(client.read_event(), 10)
                if event is None or event.type in until: return event

        """

    @Test(.timeLimit(.minutes(10))) func speaksInTheVoiceThatIsAskedFor() async throws {
        let (lines, voices) = try await run(
            """
            async def main():
                async with connect() as client:
                    await client.write_event(Describe().event())
                    info = Info.from_event(await asyncio.wait_for(client.read_event(), 10))
                    print(*(f"{voice.name} {voice.languages[0]}" for voice in info.tts[0].voices))
                    for voice in [None, SynthesizeVoice(name="heart"), SynthesizeVoice(language="de"),
                            SynthesizeVoice(language="de_DE"), SynthesizeVoice(language="en"),
                            SynthesizeVoice(language="xx")]:
                        await client.write_event(Synthesize("one two", voice=voice).event())
                        await read(client, "audio-stop")
                    await client.write_event(Synthesize("one", voice=SynthesizeVoice(name="nobody")).event())
                    event = await read(client, "error")
                    print(event.data["text"], await asyncio.wait_for(client.read_event(), 10))
            asyncio.run(main())
            """)
        #expect(lines == ["emma en_GB heart en_US thorsten de_DE", "There is no voice 'nobody'. None"])
        #expect(voices == ["emma", "heart", "thorsten", "thorsten", "emma", "emma"])
    }

    @Test(.timeLimit(.minutes(10))) func understands() async throws {
        let (lines, _) = try await run(
            """
            async def main():
                async with connect() as client:
                    await client.write_event(Recognize("a large latte", context={"room": "kitchen"}).event())
                    intent = Intent.from_event(await read(client, "intent"))
                    print(intent.name, intent.entities[0].name, intent.entities[0].value, intent.context)
                    await client.write_event(Recognize("sing a song").event())
                    print(NotRecognized.from_event(await read(client, "not-recognized")).text)
            asyncio.run(main())
            """)
        #expect(lines == ["order_drink size large {'room': 'kitchen'}", "sing a song"])
    }

    @Test(.timeLimit(.minutes(10))) func setsLimits() async throws {
        let (lines, voices) = try await run(
            """
            async def refused(event=None):
                text = "closed"
                try:
                    async with connect() as client:
                        if event: await client.write_event(event)
                        answer = await read(client, "error")
                        if answer: text = answer.data["text"]
                except ConnectionError: pass
                print(text)
            async def enter():
                # Those who were refused may not have left yet.
                for _ in range(50):
                    client = connect()
                    try:
                        await client.connect()
                        await client.write_event(Event("ping"))
                        event = await read(client, "pong", "error")
                        if event and event.type == "pong": return client
                    except ConnectionError: pass
                    await asyncio.sleep(0.1)
            async def main():
                await refused(Event("synthesize", {"text": "x" * 20001}))
                await refused(Event("transcript", {}))
                await refused(Event("transcript", {"text": "hi", "context": {"conversation_id": "x" * 513}}))
                await refused(Event("recognize", {"text": "y" * 300000}))
                await refused(Event("audio-chunk", {"rate": 16000, "width": 2, "channels": 1}, bytes(2 << 20)))
                await refused(Event("audio-start", {"rate": 7, "width": 2, "channels": 1}))
                first, second = await enter(), await enter()
                await refused()
                await first.disconnect()
                print("in again" if await enter() else "refused")
                await second.disconnect()
            asyncio.run(main())
            """
        ) { $0.connectionLimit = 2 }
        #expect(lines.count == 8)
        #expect(lines.first == "A text may have 20000 characters.")
        #expect(lines.dropFirst().first == "A 'transcript' event has no text.")
        #expect(lines.dropFirst(2).first?.contains("may have 512 bytes") == true)
        // Whoever sends more than is read may find the connection closed before it reads why.
        #expect(lines.dropFirst(3).prefix(3).allSatisfy { !$0.isEmpty })
        #expect(Array(lines.suffix(2)) == ["The server is full; try again later.", "in again"])
        #expect(voices.isEmpty)
    }
}
