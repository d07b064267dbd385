import Foundation
import RiposteTesting
import Testing

/// `riposte serve` waits for wake words on behalf of Wyoming's clients.
@Suite(
    .serialized, .enabled(if: CommandRun.executable != nil, "the command was not built"),
    .enabled(if: WakeModels.hasPorcupine, "no porcupine model: riposte models fetch porcupine"),
    .enabled(if: TestResources.recordings != nil, "no recordings; set RIPOSTE_RECORDINGS"))
struct ServeWakeTests {
    /// Prints the words that are offered, and what is told of each recording.
    private static let client = """
        import asyncio, sys, wave
        from wyoming.client import AsyncTcpClient
        from wyoming.event import Event
        from wyoming.info import Describe, Info
        from wyoming.audio import AudioStart, AudioChunk, AudioStop
        async def main(port, *files):
            async with AsyncTcpClient("127.0.0.1", int(port)) as client:
                await client.write_event(Describe().event())
                info = Info.from_event(await asyncio.wait_for(client.read_event(), 30))
                print(*[model.name for wake in info.wake for model in wake.models])
            for file in files:
                async with AsyncTcpClient("127.0.0.1", int(port)) as client:
                    await client.write_event(Event("detect", {}))
                    with wave.open(file) as sound:
                        rate, data = sound.getframerate(), sound.readframes(sound.getnframes())
                    await client.write_event(AudioStart(rate, 2, 1).event())
                    for start in range(0, len(data), 2048):
                        await client.write_event(AudioChunk(rate, 2, 1, data[start:start + 2048]).event())
                    await client.write_event(AudioStop().event())
                    told = await asyncio.wait_for(client.read_event(), 60)
                    print(told.type, told.data.get("name", ""))
        asyncio.run(main(*sys.argv[1:]))
        """

    @Test(
        .enabled(if: PythonClient.executable != nil, "make test-clients prepares the clients"),
        .timeLimit(.minutes(10))
    )
    func wakesForTheReferenceClient() async throws {
        let folder = try TemporaryFolder()
        let (server, port) = try await CommandRun.servingWyoming(
            ["--wake", "computer", "--wake", "jarvis"], in: folder.url)
        defer { server.kill() }
        let recordings = try #require(TestResources.recordings)
        let files = [
            "wake/computer/04685ec1-bfbf-4c53-a852-60274a74d80e.wav",
            "wake/jarvis/1c9eaae2-1f5f-48bc-8379-6d1e1943f50b.wav",
            "commands/0075d273-51bb-47cb-b323-4437bd0de029.wav",
        ].map { recordings.appending(path: $0).path }
        let told = try await PythonClient.run(Self.client, [String(port)] + files)
        #expect(told == ["computer jarvis", "detection computer", "detection jarvis", "not-detected "])
    }

    /// Listens on, as a satellite does, while the server is told to end.
    private static let satellite = """
        import asyncio, os, signal, sys, time
        from wyoming.client import AsyncTcpClient
        from wyoming.event import Event
        from wyoming.audio import AudioStart, AudioChunk
        async def main(port, server):
            async with AsyncTcpClient("127.0.0.1", int(port)) as client:
                await client.write_event(Event("detect", {}))
                await client.write_event(AudioStart(16000, 2, 1).event())
                async def listen():
                    while True:
                        await client.write_event(AudioChunk(16000, 2, 1, bytes(1600)).event())
                        await asyncio.sleep(0.05)
                listening = asyncio.create_task(listen())
                await asyncio.sleep(1)
                os.kill(int(server), signal.SIGTERM)
                start = time.monotonic()
                await asyncio.wait([listening, asyncio.create_task(client.read_event())],
                                   timeout=30, return_when=asyncio.FIRST_COMPLETED)
                print("soon" if time.monotonic() - start < 6 else "late", flush=True)
                os._exit(0)
        asyncio.run(main(*sys.argv[1:]))
        """

    /// Who only listens for wake words waits for nothing.
    @Test(
        .enabled(if: PythonClient.executable != nil, "make test-clients prepares the clients"),
        .timeLimit(.minutes(10))
    )
    func aListenerDoesNotKeepTheServer() async throws {
        let folder = try TemporaryFolder()
        let (server, port) = try await CommandRun.servingWyoming(["--wake", "computer"], in: folder.url)
        defer { server.kill() }
        #expect(try await PythonClient.run(Self.satellite, ["\(port)", "\(server.identifier)"]) == ["soon"])
        try await server.wait()
        #expect(server.status == 0)
    }
}
