import RiposteCore
import Testing

@testable import RiposteServer

/// What a client may not do, and that nobody else suffers from it.
@Suite(.serialized, .enabled(if: PythonClients.executable != nil, "make test-clients prepares the clients"))
struct RealtimeLimitsTests {
    @Test(.timeLimit(.minutes(1))) func refusesWhomItHasNoPlaceFor() async throws {
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

    @Test(.timeLimit(.minutes(1))) func hangsUpOnWhoSaysNothing() async throws {
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

    /// One client sends and reads nothing of the answers, another one talks: the one is cut off, the other is answered.
    @Test(.timeLimit(.minutes(1))) func cutsOffWhoDoesNotRead() async throws {
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

    @Test(.timeLimit(.minutes(1))) func toldHowLongTurnsTook() async throws {
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
