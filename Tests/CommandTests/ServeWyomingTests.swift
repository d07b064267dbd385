import Foundation
import RiposteTesting
import Testing

/// A server that is told to end answers what Wyoming's clients wait for.
@Suite(
    .serialized, .enabled(if: CommandRun.executable != nil, "the command was not built"),
    .enabled(if: TestResources.recordings != nil, "no recordings; set RIPOSTE_RECORDINGS"))
struct ServeWyomingTests {
    /// In the middle of an order the server is told to end; another client waits for nothing.
    private static let client = """
        import asyncio, os, signal, sys, wave
        from wyoming.asr import Transcribe
        from wyoming.client import AsyncTcpClient
        from wyoming.event import Event
        from wyoming.audio import AudioStart, AudioChunk, AudioStop
        async def main(port, server, file):
            with wave.open(file) as sound:
                rate, data = sound.getframerate(), sound.readframes(sound.getnframes())
            pieces = [data[start:start + 2048] for start in range(0, len(data), 2048)]
            async with AsyncTcpClient("127.0.0.1", int(port)) as speaking, AsyncTcpClient("127.0.0.1", int(port)) as idle:
                await idle.write_event(Event("ping", {"text": "there"}))
                print((await asyncio.wait_for(idle.read_event(), 30)).type)
                await speaking.write_event(Transcribe(language="en").event())
                await speaking.write_event(AudioStart(rate, 2, 1).event())
                for number, piece in enumerate(pieces):
                    if number == len(pieces) // 2:
                        os.kill(int(server), signal.SIGTERM)
                        print("closed" if await asyncio.wait_for(idle.read_event(), 30) is None else "open")
                        try:
                            await AsyncTcpClient("127.0.0.1", int(port)).connect()
                            print("taken")
                        except OSError:
                            print("refused")
                    await speaking.write_event(AudioChunk(rate, 2, 1, piece).event())
                await speaking.write_event(AudioStop().event())
                while event := await asyncio.wait_for(speaking.read_event(), 60):
                    if event.type == "transcript": print(event.data["text"])
                print("closed")
        asyncio.run(main(*sys.argv[1:]))
        """

    @Test(
        .enabled(if: PythonClient.executable != nil, "make test-clients prepares the clients"),
        .timeLimit(.minutes(10))
    )
    func understandsToTheEndWhatIsSaid() async throws {
        let folder = try TemporaryFolder()
        let (server, port) = try await CommandRun.servingWyoming(in: folder.url)
        defer { server.kill() }
        let file = try #require(TestResources.recordings).appending(
            path: "commands/17fe40a1-0678-4f27-b318-e3e6715f1262.wav")
        let told = try await PythonClient.run(Self.client, ["\(port)", "\(server.identifier)", file.path])
        #expect(told == ["pong", "closed", "refused", "Get me an espresso with skim milk.", "closed"])
        try await server.wait()
        #expect(server.status == 0)
    }
}
