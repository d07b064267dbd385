import RiposteCore
import RiposteDialog
import RiposteTesting
import Testing

@testable import RiposteServer

/// Answers that a client asks for, and how they go together with what is spoken.
@Suite(.serialized, .enabled(if: PythonClients.executable != nil, "make test-clients prepares the clients"))
struct RealtimeRequestTests {
    /// Says what was asked, at length.
    private var echo: SpeechEngines {
        var engines = NetworkConversationTests.engines(transcript: "Aloud")
        engines.personas = [
            .init(
                name: "echo",
                responder: ScriptedResponder { utterance, _ in
                    [Reply(utterance.text + " is what was asked of me now.")]
                })
        ]
        return engines
    }

    private static let write = """
        async def write(talk, text, **more):
            await tell(talk, type="conversation.item.create", item={"type": "message", "role": "user",
                "content": [{"type": "input_text", "text": text}], **more})
        def said(events): return [e["transcript"] for e in events if e["type"] == "response.output_audio_transcript.done"]

        """

    /// Says which function it has to call.
    private struct ChoiceTeller: InstructibleResponder {
        var choice = ToolChoice.automatic

        func instructed(_ instructions: String, tools: [any LanguageModelTool], choice: ToolChoice) -> any Responder {
            ChoiceTeller(choice: choice)
        }

        func reply(to utterance: Transcript, in conversation: Conversation) -> AsyncThrowingStream<Reply, any Error> {
            AsyncThrowingStream { output in
                output.yield(Reply("\(choice)"))
                output.finish()
            }
        }
    }

    @Test(.timeLimit(.minutes(10))) func tellsAModelWhatItHasToCall() async throws {
        var engines = NetworkConversationTests.engines()
        engines.personas = [.init(name: "model", responder: ChoiceTeller())]
        let lines = try await RunningServer.lines(
            Self.write + """
                async def main():
                    async with websockets.connect(url) as talk:
                        for choice in ["required", {"type": "function", "name": "dance"}, "auto"]:
                            await tell(talk, type="session.update", session={"type": "realtime", "tool_choice": choice,
                                "tools": [{"type": "function", "name": "dance"}], "output_modalities": ["text"]})
                            await write(talk, "Oslo")
                            await tell(talk, type="response.create")
                            events = await read(talk, "response.done")
                            print([e["text"] for e in events if e["type"] == "response.output_text.done"][0])
                asyncio.run(main())
                """, engines: engines)
        #expect(lines == ["required", #"tool("dance")"#, "automatic"])
    }

    @Test(.timeLimit(.minutes(10))) func answersAllThatWasAsked() async throws {
        let lines = try await RunningServer.lines(
            Self.write + """
                async def main():
                    async with websockets.connect(url) as talk:
                        await write(talk, "One", id="first")
                        await write(talk, "and two")
                        await tell(talk, type="response.create")
                        print(said(await read(talk, "response.done"))[0])
                        await write(talk, "Three", id="third")
                        await write(talk, "Four")
                        for old in ["first", "third"]: await tell(talk, type="conversation.item.delete", item_id=old)
                        await tell(talk, type="response.create")
                        print(said(await read(talk, "response.done"))[0])
                        await tell(talk, type="response.create")
                        print((await read(talk, "error"))[-1]["error"]["message"])
                        await write(talk, "x" * 20001)
                        print((await read(talk, "error"))[-1]["error"]["message"])
                asyncio.run(main())
                """, engines: echo)
        #expect(
            lines == [
                "One and two is what was asked of me now.", "Four is what was asked of me now.",
                "There is nothing to answer: create an item before.", "An item may have 20000 bytes of text.",
            ])
    }

    /// Whoever cancels need not wait before asking for something else.
    @Test(.timeLimit(.minutes(10))) func beginsAnotherAnswerBesideOneThatWasCancelled() async throws {
        let lines = try await RunningServer.lines(
            Self.write + """
                async def main():
                    async with websockets.connect(url) as talk:
                        await write(talk, "One")
                        await tell(talk, type="response.create")
                        first = (await read(talk, "response.output_audio.delta"))[-1]["response_id"]
                        await tell(talk, type="response.cancel", response_id="resp_other")
                        print((await read(talk, "error"))[-1]["error"]["message"])
                        await tell(talk, type="response.cancel", response_id=first)
                        await write(talk, "Two")
                        await tell(talk, type="response.create")
                        ended = (await read(talk, "response.done"))[-1]["response"]
                        print(ended["id"] == first, ended["status"], ended["status_details"]["reason"])
                        events = await read(talk, "response.done")
                        print(events[-1]["response"]["status"], said(events))
                        print({e["response_id"] for e in events if "response_id" in e} == {events[-1]["response"]["id"]})
                asyncio.run(main())
                """, engines: echo)
        #expect(
            lines == [
                "No such response is under way.", "True cancelled client_cancelled",
                "completed ['Two is what was asked of me now.']", "True",
            ])
    }

    /// Somebody speaks while an answer is heard that was asked for in writing: it ends, and no sound of it is mixed with the
    /// other answer's.
    @Test(.timeLimit(.minutes(10))) func aVoiceEndsWhatWasAskedForInWriting() async throws {
        let lines = try await RunningServer.lines(
            Self.write + """
                async def main():
                    async with websockets.connect(url) as talk:
                        await hear(talk, *[quiet] * 3)
                        await write(talk, "One " * 40)
                        await tell(talk, type="response.create")
                        first = (await read(talk, "response.output_audio.delta"))[-1]["response_id"]
                        speaking = asyncio.create_task(hear(talk, *[tone] * 10 + [quiet] * 15))
                        events = await read(talk, "response.done")
                        print(events[-1]["response"]["status"], events[-1]["response"]["status_details"]["reason"])
                        events = await read(talk, "response.done")
                        print(events[-1]["response"]["status"], said(events))
                        print(first in {e.get("response_id") for e in events})
                        await speaking
                asyncio.run(main())
                """, engines: echo)
        #expect(
            lines == ["cancelled turn_detected", "completed ['Aloud is what was asked of me now.']", "False"])
    }

    /// Who asks for a long recording and does not fetch it does not keep the place.
    @Test(.timeLimit(.minutes(10))) func cutsOffWhoDoesNotFetchAnAnswer() async throws {
        let lines = try await RunningServer.lines(
            """
            body = json.dumps({"input": "And so on. " * 370, "voice": "tone", "response_format": "wav"}).encode()
            def ask():
                deaf = socket.socket()
                deaf.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
                deaf.connect(("127.0.0.1", port))
                deaf.send(f"POST /v1/audio/speech HTTP/1.1\\r\\nHost: 127.0.0.1:{port}\\r\\nContent-Type: application/json"
                    f"\\r\\nContent-Length: {len(body)}\\r\\n\\r\\n".encode() + body)
                return deaf
            deaf = ask()
            time.sleep(0.5)
            print(metric("riposte_sessions"))
            for count in range(100):
                if metric('riposte_hung_up_total{reason="stalled"}') != "0": break
                time.sleep(0.1)
            time.sleep(0.3)
            print(metric('riposte_hung_up_total{reason="stalled"}'), metric("riposte_sessions"))
            """
        ) { $0.stallLimit = 1 }
        #expect(lines == ["1", "1 0"])
    }

    /// A page anywhere can have its own name lead to this machine: what it asks then names that, and not this machine.
    @Test(.timeLimit(.minutes(10))) func answersToItsOwnNamesOnly() async throws {
        let script = """
            def status(name):
                request = urllib.request.Request(f"http://127.0.0.1:{port}/v1/models", headers={"Host": name})
                try: return urllib.request.urlopen(request).status
                except urllib.error.HTTPError as error: return error.code
            print([status(f"{name}:{port}") for name in ["127.0.0.1", "localhost", "[::1]", "kitchen.example"]],
                [status(name) for name in ["evil.example", "127.0.0.1.evil.example", "localhost"]])
            async def main():
                for name in ["evil.example", "localhost"]:
                    try:
                        async with websockets.connect(f"ws://{name}:{port}/v1/realtime", host="127.0.0.1", port=port,
                                origin=f"http://{name}:{port}") as talk:
                            print((await read(talk, "session.created"))[-1]["type"])
                    except websockets.exceptions.InvalidStatus as error: print(error.response.status_code)
            asyncio.run(main())
            """
        let own = try await RunningServer.lines(script) { $0.names = ["Kitchen.example"] }
        #expect(own == ["[200, 200, 200, 200] [403, 403, 200]", "403", "session.created"])
    }
}
