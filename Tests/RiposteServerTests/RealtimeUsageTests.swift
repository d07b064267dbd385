import RiposteCore
import RiposteTesting
import Synchronization
import Testing

@testable import RiposteServer

/// What services do for a conversation is told of that conversation.
@Suite(.serialized, .enabled(if: PythonClients.executable != nil, "make test-clients prepares the clients"))
struct RealtimeUsageTests {
    /// A recogniser that keeps account as one of a service does: of all it is given.
    private struct MeteredTranscriber: Transcriber {
        let name = "metered"
        let usage: CloudUsage

        func load() {}

        func beginUtterance(_ request: TranscriptionRequest) -> any Transcription { Utterance(usage: usage) }

        private actor Utterance: Transcription {
            let usage: CloudUsage
            private var count = 0

            init(usage: CloudUsage) { self.usage = usage }

            func append(_ samples: [Float]) { count += samples.count }
            func partial() -> Transcript { Transcript(text: "", kind: .partial) }

            func final() -> Transcript {
                usage.sent("metered", seconds: Double(count) / 16_000)
                usage.transcribed(by: "metered")
                return Transcript(text: "What is the time?")
            }
        }
    }

    @Test(.timeLimit(.minutes(10))) func eachConversationHasItsAccount() async throws {
        let shared = CloudUsage()
        var engines = NetworkConversationTests.engines()
        engines.transcriber = MeteredTranscriber(usage: shared)
        try await engines.load()
        // Warming up is nobody's; the server does it once more.
        let warmUp = shared.take()
        let reports = Mutex<[String: [CloudUsage.Report]]>([:])
        let lines = try await RunningServer.lines(
            """
            async def converse(count):
                async with websockets.connect(url) as talk:
                    await read(talk, "session.created")
                    await hear(talk, *[quiet] * 5 + [tone] * count + [quiet] * 10)
                    await read(talk, "response.done")
                    await asyncio.sleep(0.5)
            async def main():
                await asyncio.gather(converse(5), converse(20))
                for _ in range(100):
                    capacity = json.loads(get("/ready"))
                    if capacity["sessions"] == 0: break
                    await asyncio.sleep(0.05)
                print(sorted(capacity.items()))
            asyncio.run(main())
            """, engines: engines
        ) { configuration in
            configuration.onTurn = { conversation, _, usage in
                reports.withLock { $0[conversation, default: []].append(usage) }
            }
        }
        #expect(lines == ["[('limit', 16), ('sessions', 0), ('status', 'ready')]"])
        let accounts = reports.withLock { Array($0.values) }
        #expect(accounts.count == 2)
        // At each pause it is asked anew, for half a second of speech, or for two.
        let seconds = accounts.map { reports in
            reports.flatMap(\.services).reduce(0) { $0 + $1.seconds }
        }.sorted()
        #expect(accounts.allSatisfy { $0.first?.transcriber == "metered" })
        #expect(seconds.count == 2 && seconds[0] > 0.4 && seconds[1] > seconds[0] + 1, "\(seconds)")
        #expect(shared.take().services == warmUp.services, "nothing of it is on the engine's own account")
    }
}
