import Foundation
import RiposteTesting
import Testing

/// `riposte serve --memory`: a client that comes back after the server was killed is known.
@Suite(.serialized, .enabled(if: CommandRun.executable != nil, "the command was not built"))
struct ServeMemoryTests {
    /// Names the conversation, asks what it is asked to ask, and prints what the server knew before.
    private static let client = """
        import asyncio, json, sys, websockets
        async def main(port, *questions):
            async with websockets.connect(f"ws://127.0.0.1:{port}/v1/realtime") as talk:
                async def tell(**event): await talk.send(json.dumps(event))
                async def read(until):
                    while True:
                        event = json.loads(await asyncio.wait_for(talk.recv(), 30))
                        if event["type"] == until: return event
                await tell(type="session.update", session={"type": "realtime", "output_modalities": ["text"],
                    "riposte": {"events": True, "conversation": "a-name-made-at-random-4711"}})
                known = await read("riposte.conversation")
                print(json.dumps([turn["user"] for turn in known["turns"]]))
                for question in questions:
                    await tell(type="conversation.item.create", item={"type": "message", "role": "user",
                        "content": [{"type": "input_text", "text": question}]})
                    await tell(type="response.create")
                    await read("response.done")
                # It is written beside the conversation, not before the answer.
                await asyncio.sleep(1)
        asyncio.run(main(*sys.argv[1:]))
        """

    private func converse(_ memory: URL, in folder: URL, _ questions: [String]) async throws -> [String] {
        let server = try CommandRun(
            ["serve", "--port", "0", "--wyoming-port", "0", "--memory", memory.path], in: folder)
        defer { server.kill() }
        try #require(try await server.hasSaid("serving on", within: 120), "\(server.standardError)")
        let address = try #require(server.standardOutput.firstMatch(of: #/serving on http:\/\/127\.0\.0\.1:(\d+)/#))
        return try await PythonClient.run(Self.client, [String(address.1)] + questions)
    }

    @Test(
        .enabled(if: PythonClient.executable != nil, "make test-clients prepares the clients"),
        .timeLimit(.minutes(10))
    )
    func isKnownAfterTheServerWasKilled() async throws {
        let folder = try TemporaryFolder()
        let memory = folder.url.appending(path: "conversations.sqlite")
        #expect(try await converse(memory, in: folder.url, ["What is two plus two?", "Flip a coin."]) == ["[]"])
        #expect(
            try await converse(memory, in: folder.url, []) == [#"["What is two plus two?", "Flip a coin."]"#])
    }
}
