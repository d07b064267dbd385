import RiposteCore
import Testing

@testable import RiposteServer

/// What a client may not do, and that nobody else suffers from it.
@Suite(.serialized, .enabled(if: PythonClients.executable != nil, "make test-clients prepares the clients"))
struct RealtimeLimitsTests {
    @Test(.timeLimit(.minutes(10))) func refusesWhomItHasNoPlaceFor() async throws {
        let lines = try await RunningServer.lines(
            """
            async def main():
                async with websockets.connect(url) as first:
                    await read(first, "session.created")
                    async with websockets.connect(url) as second:
                        print((await read(second, "error"))[-1]["error"]["message"])
                        try: await second.recv()
                        except websockets.exceptions.ConnectionClosed as end: print(end.rcvd.code)
                    print(metric("riposte_sessions"), metric("riposte_sessions_refused_total"))
                await asyncio.sleep(0.2)
                async with websockets.connect(url) as third: print((await read(third, "session.created"))[-1]["type"])
            asyncio.run(main())
            """
        ) { $0.sessionLimit = 1 }
        #expect(lines == ["All places are taken; try again in a moment.", "1013", "1 1", "session.created"])
    }

    @Test(.timeLimit(.minutes(10))) func hangsUpOnWhoSaysNothing() async throws {
        let lines = try await RunningServer.lines(
            """
            async def main():
                async with websockets.connect(url) as talk:
                    print((await read(talk, "error"))[-1]["error"]["code"])
                    try: await talk.recv()
                    except websockets.exceptions.ConnectionClosed as end: print(end.rcvd.code)
                await asyncio.sleep(0.2)
                print(metric('riposte_hung_up_total{reason="idle"}'), metric("riposte_sessions"))
            asyncio.run(main())
            """
        ) { $0.conversationIdleLimit = 0.3 }
        #expect(lines == ["idle", "1001", "1 0"])
    }

    @Test(.timeLimit(.minutes(10))) func countsConversationsAsRequests() async throws {
        let lines = try await RunningServer.lines(
            """
            async def main():
                for _ in range(20):
                    try:
                        async with websockets.connect(url) as talk: await read(talk, "session.created")
                    except websockets.exceptions.InvalidStatus as refusal:
                        print(refusal.response.status_code, int(refusal.response.headers["retry-after"]) > 0)
                        return
            asyncio.run(main())
            """
        ) { $0.requestRate = 0.5 }
        #expect(lines == ["429 True"])
    }

    /// One client sends and reads nothing of the answers, another one talks: the one is cut off, the other is answered.
    @Test(.timeLimit(.minutes(10))) func cutsOffWhoDoesNotRead() async throws {
        let lines = try await RunningServer.lines(
            """
            def stalled():
                deaf = socket.socket()
                deaf.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
                deaf.connect(("127.0.0.1", port))
                deaf.send(f"GET /v1/realtime HTTP/1.1\\r\\nHost: 127.0.0.1:{port}\\r\\nUpgrade: websocket\\r\\nConnection: "
                    "Upgrade\\r\\nSec-WebSocket-Version: 13\\r\\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\\r\\n\\r\\n".encode())
                time.sleep(0.2)
                deaf.settimeout(0.2)
                text = b'{"type":"' + b"dance" * 100 + b'"}'
                frame = b"\\x81\\xFE" + struct.pack(">H", len(text)) + bytes(4) + text
                for count in range(3000):
                    try: deaf.send(frame)
                    except OSError: break
                return deaf
            async def main():
                deaf = await asyncio.to_thread(stalled)
                async with websockets.connect(url) as talk:
                    await hear(talk, *[quiet] * 5 + [tone] * 10 + [quiet] * 10)
                    print((await read(talk, "response.done"))[-1]["response"]["status"])
                for count in range(100):
                    if metric('riposte_hung_up_total{reason="stalled"}') != "0": break
                    await asyncio.sleep(0.1)
                await asyncio.sleep(0.2)
                print(metric('riposte_hung_up_total{reason="stalled"}'), metric("riposte_sessions"))
            asyncio.run(main())
            """
        ) { $0.stallLimit = 1 }
        #expect(lines == ["completed", "1 0"])
    }

    /// Clients come, talk, and go in every way there is: nothing of them stays.
    @Test(.timeLimit(.minutes(10))) func leavesNothingBehind() async throws {
        let engines = NetworkConversationTests.engines()
        let lines = try await RunningServer.lines(
            """
            async def main():
                for end in ("close", "abort", "answer", "commit"):
                    async with websockets.connect(url) as talk:
                        if end == "commit":
                            await tell(talk, type="session.update", session={"type": "realtime",
                                "audio": {"input": {"turn_detection": None}}})
                            await hear(talk, *[tone] * 5)
                            await tell(talk, type="input_audio_buffer.commit")
                            await tell(talk, type="response.create")
                            await read(talk, "response.created")
                        else:
                            await hear(talk, *[quiet] * 5 + [tone] * 10 + [quiet] * 10)
                            await read(talk, "response.output_audio.delta")
                            if end == "answer": await read(talk, "response.done")
                        if end == "abort": talk.transport.abort()
                for count in range(100):
                    if metric("riposte_sessions") == "0": break
                    await asyncio.sleep(0.05)
                print(metric("riposte_sessions"), metric("riposte_sessions_total"))
                print([l for l in get("/metrics").splitlines() if l.startswith("riposte_engine_waiting{") and l[-1] != "0"])
            asyncio.run(main())
            """, engines: engines)
        #expect(lines == ["0 4", "[]"])
        for _ in 0..<100 where engines.queue.clientCount > 0 { try await Task.sleep(for: .milliseconds(20)) }
        #expect(engines.queue.clientCount == 0)
    }

    /// Whoever sends sound faster than it is spoken is read more slowly than others.
    @Test func owesWhatItTakes() {
        let start = ContinuousClock.now
        var pace = TokenBucket(rate: 2, burst: 10, now: start)
        #expect(pace.draw(10, now: start) == 0)
        #expect(pace.draw(4, now: start) == 2)
        #expect(pace.draw(2, now: start + .seconds(1)) == 2)
        #expect(pace.draw(1, now: start + .seconds(10)) == 0)
    }

    @Test(.timeLimit(.minutes(10))) func toldHowLongTurnsTook() async throws {
        let lines = try await RunningServer.lines(
            """
            async def main():
                async with websockets.connect(url) as talk:
                    await hear(talk, *[quiet] * 5 + [tone] * 10 + [quiet] * 10)
                    await read(talk, "response.done")
                print(metric('riposte_turns_total{outcome="answered"}'), metric("riposte_response_latency_seconds_count"))
                print(metric('riposte_stage_seconds_count{stage="endpoint"}'))
                print(metric('riposte_engine_work_seconds_count{work="final"}') != "0")
                print(metric("riposte_transcription_sound_seconds_total") != "0")
            asyncio.run(main())
            """)
        #expect(lines == ["1 1", "1", "True", "True"])
    }
}
