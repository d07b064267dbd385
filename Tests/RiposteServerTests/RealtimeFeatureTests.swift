import Foundation
import RiposteCore
import RiposteDialog
import RiposteTesting
import Testing

@testable import RiposteServer

/// What OpenAI's Realtime protocol has beside turns: functions, telephone sound, items, settings of turn detection.
@Suite(.serialized, .enabled(if: PythonClients.executable != nil, "make test-clients prepares the clients"))
struct RealtimeFeatureTests {
    /// A model that has its first function called with what was said, and says what comes of it. It says its instructions
    /// when asked for them.
    private struct ToolUser: InstructibleResponder {
        var instructions = ""
        var tools: [any LanguageModelTool] = []
        var choice = ToolChoice.automatic

        func instructed(_ instructions: String, tools: [any LanguageModelTool], choice: ToolChoice) -> any Responder {
            ToolUser(instructions: instructions, tools: tools, choice: choice)
        }

        func reply(to utterance: Transcript, in conversation: Conversation) -> AsyncThrowingStream<Reply, any Error> {
            reply(to: utterance, in: conversation, commitment: Commitment(isGiven: true))
        }

        func reply(to utterance: Transcript, in conversation: Conversation, commitment: Commitment)
            -> AsyncThrowingStream<Reply, any Error>
        {
            AsyncThrowingStream { output in
                let task = Task {
                    do {
                        guard let tool = tools.first else {
                            output.yield(Reply("I was told: \(instructions)"))
                            return output.finish()
                        }
                        let arguments = #"{"city":"\#(utterance.text)"}"#
                        let answer = try await tool.run(arguments, in: conversation, commitment: commitment)
                        output.yield(Reply("It is \(answer?.sentences.joined() ?? "unknown")."))
                        output.finish()
                    } catch {
                        output.finish(throwing: error)
                    }
                }
                output.onTermination = { _ in task.cancel() }
            }
        }
    }

    private var toolEngines: SpeechEngines {
        var engines = NetworkConversationTests.engines(transcript: "Rome")
        engines.personas = [.init(name: "model", responder: ToolUser())]
        return engines
    }

    private static let weather = """
        tools = [{"type": "function", "name": "weather", "description": "Tells the weather.", "parameters":
            {"type": "object", "properties": {"city": {"type": "string"}}, "required": ["city"]}}]
        def calls(events): return [i for i in events[-1]["response"]["output"] if i["type"] == "function_call"]
        async def output(talk, call, text):
            await tell(talk, type="conversation.item.create",
                item={"type": "function_call_output", "call_id": call["call_id"], "output": text})
            await read(talk, "conversation.item.done")
            await tell(talk, type="response.create")

        """

    @Test(.timeLimit(.minutes(10))) func callsFunctionsOfTheClient() async throws {
        let lines = try await RunningServer.lines(
            Self.weather + """
                async def main():
                    async with websockets.connect(url) as talk:
                        await tell(talk, type="session.update", session={"type": "realtime", "tools": tools,
                            "output_modalities": ["text"]})
                        print((await read(talk, "session.updated"))[-1]["session"]["tools"][0]["name"])
                        await tell(talk, type="conversation.item.create", item={"type": "message", "role": "user",
                            "content": [{"type": "input_text", "text": "Oslo"}]})
                        await tell(talk, type="response.create")
                        events = await read(talk, "response.done")
                        call = calls(events)[0]
                        print(call["name"], call["arguments"])
                        done = [e for e in events if e["type"] == "response.function_call_arguments.done"][0]
                        print(done["call_id"] == call["call_id"], done["item_id"] == call["id"])
                        await tell(talk, type="conversation.item.create",
                            item={"type": "function_call_output", "call_id": "call_other", "output": "x"})
                        print((await read(talk, "error"))[-1]["error"]["message"])
                        await output(talk, call, "cold")
                        events = await read(talk, "response.done")
                        print([e["text"] for e in events if e["type"] == "response.output_text.done"][0])
                asyncio.run(main())
                """, engines: toolEngines)
        #expect(
            lines == [
                "weather", #"weather {"city":"Oslo"}"#, "True True", "Nobody waits for the output of 'call_other'.",
                "It is cold.",
            ])
    }

    @Test(.timeLimit(.minutes(10))) func callsFunctionsInTheMiddleOfATurn() async throws {
        let lines = try await RunningServer.lines(
            Self.weather + """
                async def main():
                    async with websockets.connect(url) as talk:
                        await tell(talk, type="session.update", session={"type": "realtime", "tools": tools})
                        await hear(talk, *[quiet] * 5 + [tone] * 10 + [quiet] * 10)
                        events = await read(talk, "response.done")
                        while not calls(events): events = await read(talk, "response.done")
                        print(calls(events)[0]["arguments"])
                        await output(talk, calls(events)[0], "sunny")
                        events = await read(talk, "response.done")
                        print([e["transcript"] for e in events if e["type"] == "response.output_audio_transcript.done"][0])
                        print(sum(len(e["delta"]) for e in events if e["type"] == "response.output_audio.delta") > 10000)
                asyncio.run(main())
                """, engines: toolEngines)
        #expect(lines == [#"{"city":"Rome"}"#, "It is sunny.", "True"])
    }

    @Test(.timeLimit(.minutes(10))) func tellsAModelItsInstructions() async throws {
        let lines = try await RunningServer.lines(
            """
            async def main():
                async with websockets.connect(url) as talk:
                    await tell(talk, type="session.update", session={"type": "realtime", "instructions": "Be kind.",
                        "output_modalities": ["text"]})
                    await tell(talk, type="conversation.item.create", item={"type": "message", "role": "user",
                        "content": [{"type": "input_text", "text": "hello"}]})
                    await tell(talk, type="response.create")
                    events = await read(talk, "response.done")
                    print([e["text"] for e in events if e["type"] == "response.output_text.done"][0])
            asyncio.run(main())
            """, engines: toolEngines)
        #expect(lines == ["I was told: Be kind."])
    }

    @Test(.timeLimit(.minutes(10))) func takesAFunctionThatHasToBeCalled() async throws {
        let lines = try await RunningServer.lines(
            Self.weather + """
                async def main():
                    async with websockets.connect(url) as talk:
                        wishes = [("required", []), ("sometimes", tools), ({"type": "function", "name": "other"}, tools),
                            ("required", tools), ({"type": "function", "name": "weather"}, tools), ("none", [])]
                        for choice, functions in wishes:
                            await tell(talk, type="session.update",
                                session={"type": "realtime", "tools": functions, "tool_choice": choice})
                            event = json.loads(await talk.recv())
                            if event["type"] == "session.created": event = json.loads(await talk.recv())
                            print(event["type"], event.get("session", {}).get("tool_choice"))
                asyncio.run(main())
                """, engines: toolEngines)
        #expect(
            lines == [
                "error None", "error None", "error None", "session.updated required",
                "session.updated {'name': 'weather', 'type': 'function'}", "session.updated none",
            ])
    }

    @Test(.timeLimit(.minutes(10))) func takesNoFunctionsWhereNobodyWouldCallThem() async throws {
        let lines = try await RunningServer.lines(
            Self.weather + """
                async def main():
                    async with websockets.connect(url) as talk:
                        for wish in [tools, [{"type": "function"}], "all", [{"type": "mcp", "name": "x"}], tools * 2]:
                            await tell(talk, type="session.update", session={"type": "realtime", "tools": wish})
                            print((await read(talk, "error"))[-1]["error"]["type"])
                asyncio.run(main())
                """)
        #expect(lines == [String](repeating: "invalid_request_error", count: 5))
    }

    @Test(.timeLimit(.minutes(10)), arguments: ["audio/pcmu", "audio/pcma"])
    func speaksAsTheTelephoneDoes(_ format: String) async throws {
        let lines = try await RunningServer.lines(
            """
            # A square wave of 1 kHz at half the loudest, and silence, at 8 kHz.
            loud, soft, none = {"audio/pcmu": (0x8F, 0x0F, 0xFF), "audio/pcma": (0xB5, 0x35, 0xD5)}["\(format)"]
            tone, quiet = bytes(([loud] * 4 + [soft] * 4) * 100), bytes([none] * 800)
            async def main():
                async with websockets.connect(url) as talk:
                    audio = {"input": {"format": {"type": "\(format)"}}, "output": {"format": {"type": "\(format)"}}}
                    await tell(talk, type="session.update", session={"type": "realtime", "audio": audio})
                    print((await read(talk, "session.updated"))[-1]["session"]["audio"]["output"]["format"]["type"])
                    await hear(talk, *[quiet] * 5 + [tone] * 10 + [quiet] * 10)
                    events = await read(talk, "response.done")
                    sound = b"".join(base64.b64decode(e["delta"]) for e in events
                        if e["type"] == "response.output_audio.delta")
                    # Three words of a tenth of a second each, of a voice that is not silent.
                    print(2000 < len(sound) < 2800, len(set(sound)) > 1 or sound[0] not in (none, none ^ 0x80))
                    item = [e["item_id"] for e in events if e["type"] == "response.output_audio.delta"][0]
                    for end in (200, 400):
                        await tell(talk, type="conversation.item.truncate", item_id=item, content_index=0,
                            audio_end_ms=end)
                    print((await read(talk, "error"))[0]["type"])
            asyncio.run(main())
            """)
        #expect(lines == [format, "True True", "conversation.item.truncated"])
    }

    @Test(.timeLimit(.minutes(10))) func keepsItems() async throws {
        let lines = try await RunningServer.lines(
            """
            async def main():
                async with websockets.connect(url) as talk:
                    await tell(talk, type="conversation.item.create", item={"id": "mine", "type": "message",
                        "role": "user", "content": [{"type": "input_text", "text": "hello"}]})
                    await tell(talk, type="conversation.item.retrieve", item_id="mine")
                    print((await read(talk, "conversation.item.retrieved"))[-1]["item"]["content"][0]["text"])
                    await tell(talk, type="conversation.item.delete", item_id="mine")
                    print((await read(talk, "conversation.item.deleted"))[-1]["item_id"])
                    for kind in ("retrieve", "delete"):
                        await tell(talk, type="conversation.item." + kind, item_id="mine")
                        print((await read(talk, "error"))[-1]["error"]["message"])
                    # What is deleted is not answered.
                    await tell(talk, type="response.create")
                    print((await read(talk, "error"))[-1]["error"]["message"])
                    await hear(talk, *[quiet] * 5 + [tone] * 10 + [quiet] * 10)
                    answer = (await read(talk, "response.done"))[-1]["response"]["output"][0]
                    await tell(talk, type="conversation.item.retrieve", item_id=answer["id"])
                    item = (await read(talk, "conversation.item.retrieved"))[-1]["item"]
                    print(item["role"], item["content"][0]["transcript"])
            asyncio.run(main())
            """)
        #expect(
            lines == [
                "hello", "mine", "There is no item 'mine'.", "There is no item 'mine'.",
                "There is nothing to answer: create an item before.", "assistant Ten past three.",
            ])
    }

    @Test(.timeLimit(.minutes(10))) func forgetsWhatIsBeingSaid() async throws {
        let lines = try await RunningServer.lines(
            """
            async def main():
                async with websockets.connect(url) as talk:
                    await read(talk, "session.created")
                    await hear(talk, *[quiet] * 5 + [tone] * 8)
                    await tell(talk, type="input_audio_buffer.clear")
                    events = await read(talk, "input_audio_buffer.cleared")
                    print([e["type"] for e in events if e["type"].startswith("response")])
                    await hear(talk, *[quiet] * 30)
                    await tell(talk, type="conversation.item.retrieve", item_id="none")
                    print([e["type"] for e in await read(talk, "error") if e["type"].startswith("response")])
                    await hear(talk, *[tone] * 10 + [quiet] * 10)
                    print((await read(talk, "response.done"))[-1]["response"]["status"])
            asyncio.run(main())
            """)
        #expect(lines == ["[]", "[]", "completed"])
    }

    @Test(.timeLimit(.minutes(10))) func answersOnlyWhenAskedTo() async throws {
        let lines = try await RunningServer.lines(
            """
            async def main():
                async with websockets.connect(url) as talk:
                    detection = {"type": "server_vad", "create_response": False, "silence_duration_ms": 300}
                    await tell(talk, type="session.update", session={"type": "realtime",
                        "audio": {"input": {"turn_detection": detection}}})
                    described = (await read(talk, "session.updated"))[-1]["session"]["audio"]["input"]["turn_detection"]
                    print(described["silence_duration_ms"], described["create_response"])
                    await hear(talk, *[quiet] * 5 + [tone] * 10 + [quiet] * 10)
                    events = await read(talk, "conversation.item.input_audio_transcription.completed")
                    print(events[-1]["transcript"], [e["type"] for e in events if e["type"].startswith("response")])
                    await tell(talk, type="response.create")
                    print((await read(talk, "response.done"))[-1]["response"]["status"])
                    for wish in [{"type": "server_vad", "silence_duration_ms": "long"}, {"type": "server_vad",
                            "threshold": 7}, {"type": "semantic_vad", "eagerness": "mad"}, {"type": "magic"}]:
                        await tell(talk, type="session.update", session={"type": "realtime",
                            "audio": {"input": {"turn_detection": wish}}})
                        print((await read(talk, "error"))[-1]["error"]["type"])
            asyncio.run(main())
            """)
        #expect(
            lines == ["300 False", "What is the time? []", "completed"]
                + [String](repeating: "invalid_request_error", count: 4))
    }

    @Test(.timeLimit(.minutes(10))) func asksWhetherSomebodyIsThere() async throws {
        let lines = try await RunningServer.lines(
            """
            async def main():
                async with websockets.connect(url) as talk:
                    detection = {"type": "server_vad", "idle_timeout_ms": 1000}
                    await tell(talk, type="session.update", session={"type": "realtime",
                        "audio": {"input": {"turn_detection": detection}}})
                    await hear(talk, *[quiet] * 5 + [tone] * 10 + [quiet] * 10)
                    await read(talk, "response.done")
                    events = await read(talk, "response.done")
                    print([e["type"] for e in events if e["type"] == "input_audio_buffer.timeout_triggered"])
                    print(events[-1]["response"]["status"])
            asyncio.run(main())
            """)
        #expect(lines == ["['input_audio_buffer.timeout_triggered']", "completed"])
    }
}
