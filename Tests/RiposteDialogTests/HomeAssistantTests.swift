import Foundation
import RiposteCore
import Testing

@testable import RiposteDialog

/// Home Assistant's conversation API, spoken by a scripted server.
@Suite struct HomeAssistantTests {
    private static let server = """
        if kind == "slow": time.sleep(3)
        if self.headers.get("Authorization") != "Bearer secret": return self.begin(401)
        self.begin()
        if kind == "garbage": return self.write(b"<html>")
        text = body["text"]
        answer = {"response_type": "action_done", "data": {}, "speech": {"plain": {"speech": "Turned on the light."}}}
        if "light" not in text:
            answer["response_type"] = "error"
            answer["data"] = {"code": "no_intent_match"}
        if "again" in text: answer["speech"]["plain"]["speech"] = str(body.get("conversation_id")) + body["language"]
        self.write(json.dumps({"response": answer, "conversation_id": "c-7"}).encode())
        """

    private let server: PythonServer

    init() throws { server = try PythonServer(Self.server) }

    private func responder(_ path: String, token: String = "secret") throws -> HomeAssistantResponder {
        let url = try path == "nowhere" ? #require(URL(string: "http://127.0.0.1:1")) : server.url(path)
        var configuration = HomeAssistant.Configuration(url: url, token: token)
        configuration.timeout = 0.5
        return HomeAssistantResponder(HomeAssistant(configuration), after: DialogFixture.responder)
    }

    private func answer(_ text: String, _ responder: HomeAssistantResponder) async throws -> String {
        var answer = ""
        let conversation = Conversation(now: DialogFixture.now)
        for try await reply in responder.reply(to: Transcript(text: text), in: conversation) { answer += reply.text }
        return answer
    }

    @Test func carriesOutWhatNobodyElseKnows() async throws {
        let home = try responder("home")
        #expect(try await answer("turn on the light", home) == "Turned on the light.")
        // It goes on with its own conversation.
        #expect(try await answer("the light again", home) == "c-7en")
        #expect(try await answer("what's two plus two", home) == "2 plus 2 is 4.")
        #expect(try await answer("who was Napoleon", home).hasPrefix("I can't do that yet."))
    }

    @Test(arguments: [("slow", "secret"), ("garbage", "secret"), ("nowhere", "secret"), ("home", "wrong")])
    func failuresAreTold(_ path: String, _ token: String) async throws {
        let home = try responder(path, token: token)
        #expect(try await answer("turn on the light", home) == HomeAssistantResponder.failure)
        #expect(try await answer("who was Napoleon", home).hasPrefix("I can't do that yet."))
        #expect(try await answer("what's two plus two", home) == "2 plus 2 is 4.")
    }

    /// Nothing is switched while the user may go on.
    @Test func waitsForTheCommitment() async throws {
        let (home, commitment) = (try responder("home"), Commitment())
        let conversation = Conversation(now: DialogFixture.now)
        let task = Task {
            try await home.knownReply(
                to: Transcript(text: "turn on the light"), in: conversation, commitment: commitment)
        }
        try await Task.sleep(for: .milliseconds(100))
        task.cancel()
        await #expect(throws: CancellationError.self) { try await task.value }
        commitment.give()
        let reply = try await home.knownReply(
            to: Transcript(text: "turn on the light"), in: conversation, commitment: commitment)
        #expect(reply?.map(\.text) == ["Turned on the light."])
    }

    @Test func isALanguageModelsTool() async throws {
        let home = try responder("home")
        let tool = try #require(home.tools.first { $0.summary.name == "control_home" })
        let conversation = Conversation(now: DialogFixture.now)
        let commitment = Commitment(isGiven: true)
        let done = try await tool.run("turn on the light", in: conversation, commitment: commitment)
        #expect(done?.sentences == ["Turned on the light."])
        #expect(try await tool.run("who was Napoleon", in: conversation, commitment: commitment) == nil)
        #expect(home.tools.count > 5)
    }
}
