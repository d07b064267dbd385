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
        self.begin()
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

    @Test(arguments: ["slow", "garbage"])
    func failuresAreToldAndTheConversationGoesOn(_ kind: String) async throws {
        let (chat, server) = try chat(kind, timeout: 0.3)
        #expect(try await chat.say("order something") == "Sorry, that didn't work.")
        #expect(try await chat.say("what's two plus two") == "2 plus 2 is 4.")
        withExtendedLifetime(server) {}
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
