import Foundation
import Logging
import RiposteCore
import Synchronization
import Testing

@testable import RiposteServer

/// What the server writes down of itself: what becomes of turns, and not what is said in them.
@Suite struct TurnLogTests {
    /// The lines of a log.
    private final class Lines: Sendable {
        private let lines = Mutex<[String]>([])

        func destination(_ format: LogFormat = .json, level: Logger.Level = .trace) -> LogDestination {
            LogDestination(format: format, level: level) { [self] line in lines.withLock { $0.append(line) } }
        }

        var all: [String] { lines.withLock { $0 } }
        var objects: [JSONValue] { all.compactMap { try? JSONReader.value(Array($0.utf8)) } }
    }

    private static let order = "Zanzibar marmalade"
    private static let answer = "Quince comes presently."

    /// A client says something, writes something, and asks over HTTP.
    private static let script = """
        async def main():
            async with websockets.connect(url) as talk:
                await tell(talk, type="session.update", session={"type": "realtime", "riposte": {"events": True}})
                await hear(talk, *[quiet] * 5 + [tone] * 10 + [quiet] * 10)
                print((await read(talk, "riposte.turn"))[-1]["turn"]["id"])
                await tell(talk, type="conversation.item.create", item={"type": "message", "role": "user",
                    "content": [{"type": "input_text", "text": "Zanzibar marmalade"}]})
                await tell(talk, type="response.create")
                await read(talk, "response.done")
                await tell(talk, type="Zanzibar marmalade")
                await read(talk, "error")
        asyncio.run(main())
        body = json.dumps({"messages": [{"role": "user", "content": "Zanzibar marmalade"}]}).encode()
        request = urllib.request.Request(f"http://127.0.0.1:{port}/v1/chat/completions?q=Zanzibar", body)
        print(urllib.request.urlopen(request).headers["x-request-id"])
        """

    private func names(_ lines: Lines, withWords: Bool) async throws -> [String] {
        try await RunningServer.lines(
            Self.script, engines: NetworkConversationTests.engines(transcript: Self.order, answer: Self.answer),
            logger: lines.destination().logger("riposte")
        ) { $0.logsWords = withWords }
    }

    @Test(
        .enabled(if: PythonClients.executable != nil, "make test-clients prepares the clients"),
        .timeLimit(.minutes(10)))
    func aTurnsLinesShareItsNameAndHaveNoWords() async throws {
        let lines = Lines()
        let names = try await names(lines, withWords: false)
        try #require(names.count == 2)
        for line in lines.all {
            #expect(throws: Never.self, "\(line)") { try JSONReader.value(Array(line.utf8)) }
        }
        let said = (Self.order + " " + Self.answer).split(separator: " ").map { $0.lowercased() }
        for line in lines.all {
            for word in said { #expect(!line.lowercased().contains(word.prefix(6)), "\(line)") }
        }
        let turn = lines.objects.filter { $0["turn"]?.string == names[0] }
        for message in [
            "a turn begins", "understood", "the user is done", "the answer begins", "the first sound is made",
            "the first sound is heard", "a turn is over",
        ] { #expect(turn.contains { $0["message"]?.string == message }, "\(message)") }
        let engines = turn.filter { $0["message"]?.string == "an engine worked" }.compactMap { $0["engine"]?.string }
        #expect(Set(engines) == ["transcription", "synthesis"])
        let end = try #require(turn.last { $0["message"]?.string == "a turn is over" })
        #expect(end["outcome"]?.string == "answered" && end["level"]?.string == "info")
        #expect(end["responseLatencyMs"]?.number != nil && end["endpointMs"]?.number != nil)
        // All of a conversation is found by its name.
        let conversation = try #require(end["conversation"]?.string)
        #expect(names[0] == "\(conversation).1")
        let written = lines.objects.filter { $0["turn"]?.string == "\(conversation).request-1" }
        #expect(written.contains { $0["message"]?.string == "a text is answered" })
        #expect(written.contains { $0["engine"]?.string == "synthesis" })
        let request = lines.objects.filter { $0["turn"]?.string == names[1] }
        #expect(request.contains { $0["path"]?.string == "/v1/chat/completions" && $0["status"]?.number == 200 })
    }

    @Test(
        .enabled(if: PythonClients.executable != nil, "make test-clients prepares the clients"),
        .timeLimit(.minutes(10)))
    func hasTheWordsWhereTheyAreAskedFor() async throws {
        let lines = Lines()
        let names = try await names(lines, withWords: true)
        let end = try #require(
            lines.objects.last { $0["message"]?.string == "a turn is over" && $0["turn"]?.string == names.first })
        #expect(end["transcript"]?.string == Self.order && end["heard"]?.string == Self.answer)
    }

    @Test func anEngineThatFailsIsNamedAndQuotesNobody() {
        let lines = Lines()
        let log = TurnLog(logger: lines.destination().logger("riposte"))
        let quoting = RiposteError(.engineFailed, .dialog, "The language model failed: marmalade")
        #expect(log.description(of: quoting)["error"] == nil)
        #expect(log.description(of: quoting)["stage"] == "dialog")
        let naming = RiposteError(.network, .dialog, "models.example cannot be reached.")
        #expect(log.description(of: naming)["error"] == "models.example cannot be reached.")
    }

    @Test func aMessageIsOneLineWhateverIsInIt() throws {
        let hostile = "one\ntwo\r\u{1B}[2Jthree\u{2028}\"four\" a=b"
        for format in LogFormat.allCases {
            let lines = Lines()
            lines.destination(format).logger("riposte").info(
                "\(hostile)", metadata: ["what": .string(hostile), "n": .stringConvertible(3)])
            let line = try #require(lines.all.first)
            #expect(lines.all.count == 1)
            #expect(!line.unicodeScalars.contains { $0.value < 32 || $0 == "\u{2028}" && format == .text }, "\(line)")
        }
        let lines = Lines()
        let metadata: Logger.Metadata = ["what": .string(hostile), "n": .stringConvertible(3)]
        lines.destination().logger("riposte").info("a", metadata: metadata)
        let object = try #require(lines.objects.first)
        #expect(object["what"]?.string == hostile && object["n"]?.number == 3 && object["level"]?.string == "info")
        #expect(object["time"]?.string?.contains(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/) == true)
    }

    @Test func theLevelCanBeChangedWhileItRuns() {
        let lines = Lines()
        let destination = lines.destination(.text, level: .warning)
        let logger = destination.logger("riposte")
        logger.info("one")
        destination.level = .info
        logger.info("two")
        destination.level = .error
        logger.info("three")
        #expect(lines.all.count == 1 && lines.all.first?.hasSuffix("info riposte: two") == true)
    }
}
