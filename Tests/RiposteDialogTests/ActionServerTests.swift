import Foundation
import RiposteCore
import RiposteTesting
import Testing

@testable import RiposteDialog

/// A project's own actions, carried out by a server that speaks Rasa's protocol; and by one that does not.
@Suite struct ActionServerTests {
    private static let domain = """
        version: "3.1"
        intents: [order, count]
        slots:
          size: {type: text}
          price: {type: float}
        actions: [action_order, action_count, action_bad]
        responses:
          utter_ordered:
            - text: "A {size} one for {price} euros, {name}."
        """
    private static let data = """
        version: "3.1"
        nlu:
          - intent: order
            examples: |
              - order something
          - intent: count
            examples: |
              - count the orders
        rules:
          - rule: order
            steps:
              - intent: order
              - action: action_order
          - rule: count
            steps:
              - intent: count
              - action: action_count
        """

    private static let server = """
        action = body["next_action"]
        if kind == "slow": time.sleep(3)
        Handler.calls = getattr(Handler, "calls", 0) + 1
        if kind == "busy" and Handler.calls < 3: return self.begin(503)
        if kind == "broken": return self.begin(500 if Handler.calls == 1 else 200)
        self.begin()
        if kind == "trickle":
            for byte in b'{"events": []':
                self.write(bytes([byte]))
                time.sleep(0.1)
            return
        if kind == "bomb": return self.write(b'{"events":' + b'[' * 400000)
        if kind == "flood":
            for _ in range(300): self.write(b" " * 10000)
            return
        if kind == "garbage": return self.write(b"hello")
        answer = {"events": [], "responses": []}
        if action == "action_order":
            for name, value in (("size", "large"), ("price", 3.5)):
                answer["events"].append({"event": "slot", "name": name, "value": value})
            answer["responses"].append({"response": "utter_ordered", "name": "Anna"})
            answer["responses"].append({"text": "Thanks, " + body["sender_id"] + "."})
        if action == "action_count":
            answer["events"] = [{"event": "followup", "name": "action_order"}]
            slots = body["tracker"]["slots"]
            answer["responses"] = [{"text": body["tracker"]["latest_message"]["text"] + " " + str(slots["size"])}]
        self.write(json.dumps(answer).encode())
        """

    private func chat(_ kind: String, timeout: Double = 5) throws -> (ProjectFixture, PythonServer) {
        let server = try PythonServer(Self.server)
        let endpoints = "action_endpoint:\n  url: \(try server.url(kind))\n"
        let fixture = try ProjectFixture([
            "domain.yml": Self.domain, "data/all.yml": Self.data, "endpoints.yml": endpoints,
        ])
        var configuration = ActionServer.Configuration()
        configuration.timeout = timeout
        let endpoint = try #require(try fixture.project().actionEndpoint)
        fixture.actions = ActionServer(endpoint, configuration: configuration)
        return (fixture, server)
    }

    @Test func slotsAndAnswersComeBack() async throws {
        let (chat, server) = try chat("webhook")
        #expect(try await chat.say("order something") == "A large one for 3.5 euros, Anna. Thanks, default.")
        #expect(chat.conversation.tracker.slots["price"] == .number(3.5))
        let answer = try await chat.say("count the orders")
        #expect(answer.hasPrefix("Count the orders large A large one"))
        #expect(chat.lastActions == ["action_count", "action_order"])
        withExtendedLifetime(server) {}
    }

    @Test(arguments: ["slow", "garbage", "trickle", "bomb", "flood"])
    func failuresAreToldAndTheConversationGoesOn(_ kind: String) async throws {
        let (chat, server) = try chat(kind, timeout: 0.3)
        #expect(try await chat.say("order something") == "Sorry, that didn't work.")
        #expect(try await chat.say("what's two plus two") == "2 plus 2 is 4.")
        withExtendedLifetime(server) {}
    }

    @Test func whatWasCertainlyNotDoneIsTriedAgain() async throws {
        let (busy, server) = try chat("busy")
        #expect(try await busy.say("order something") == "A large one for 3.5 euros, Anna. Thanks, default.")
        // It may have been done.
        let (broken, other) = try chat("broken")
        #expect(try await broken.say("order something") == "Sorry, that didn't work.")
        withExtendedLifetime((server, other)) {}
    }

    @Test func aServerThatComesBackIsReached() async throws {
        let first = try PythonServer(Self.server)
        let url = try first.url("webhook")
        var configuration = ActionServer.Configuration()
        configuration.retryDelay = 0.05
        let request = ActionRequest(
            conversation: Conversation(), tracker: Tracker(),
            domain: try ProjectFixture(["domain.yml": Self.domain, "data/all.yml": Self.data]).project().domain,
            channel: "chat")
        _ = try await ActionServer(url, configuration: configuration).run("action_order", request)
        let nowhere = try #require(URL(string: "http://127.0.0.1:1/webhook"))
        let start = ContinuousClock.now
        await #expect(throws: RiposteError.self) {
            try await ActionServer(nowhere, configuration: configuration).run("action_order", request)
        }
        // Twice more, after 50 and 100 ms.
        #expect(ContinuousClock.now - start >= .milliseconds(150))
        withExtendedLifetime(first) {}
    }

    /// Nothing is ordered while it is not certain that the user is done.
    @Test func actionsWaitForTheCommitment() async throws {
        let (fixture, server) = try chat("webhook")
        let responder = DialogResponder(folder: fixture.folder) { KeywordUnderstanding($0.training) }
        try await responder.load()
        let conversation = Conversation(now: DialogFixture.now)
        let commitment = Commitment()
        var replies = responder.reply(to: Transcript(text: "order something"), in: conversation, commitment: commitment)
            .makeAsyncIterator()
        #expect(try await replies.next()?.text == "One moment. ")
        try await Task.sleep(for: .milliseconds(200))
        commitment.give()
        #expect(try await replies.next()?.text.hasPrefix("A large one") == true)

        let dropped = Commitment()
        let task = Task {
            var pieces: [String] = []
            let stream = responder.reply(to: Transcript(text: "order something"), in: conversation, commitment: dropped)
            for try await reply in stream { pieces.append(reply.text) }
            return pieces
        }
        try await Task.sleep(for: .milliseconds(200))
        task.cancel()
        let pieces = (try? await task.value) ?? []
        #expect(pieces == [] || pieces == ["One moment. "])
        withExtendedLifetime(server) {}
    }
}
