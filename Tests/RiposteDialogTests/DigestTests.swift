import RiposteCore
import Testing

@testable import RiposteDialog

/// What a language model is told of the beginning of a long conversation.
@Suite struct DigestTests {
    private static let handler = """
        system = body["messages"][0]["content"]
        self.begin()
        def event(text):
            self.write(("data: " + json.dumps({"choices": [{"delta": {"content": text}}]}) + "\\n\\n").encode())
        if kind == "failing" and "Sum up" in system: return self.write(b"<html>")
        if "Sum up" in system:
            Handler.asked = body["messages"][1]["content"]
            if kind == "endless":
                for _ in range(400): event("again and again ")
            event("The user is Anna, and wants a blue door.")
        elif "what were you asked" in body["messages"][-1]["content"]: event(getattr(Handler, "asked", "nothing"))
        else: event(system.split("Earlier in this conversation: ")[-1] if "Earlier" in system else "nothing earlier")
        self.write(b"data: [DONE]\\n\\n")
        """

    private static func conversation(_ count: Int) -> Conversation {
        var conversation = Conversation(id: "long", now: DialogFixture.now)
        conversation.turns = (0..<count).map { .init(user: "tell me fact number \($0)", assistant: "Fact \($0).") }
        conversation.turns[0] = .init(user: "My name is Anna.", assistant: "Hello.")
        return conversation
    }

    private func responder(_ server: PythonServer, _ kind: String) throws -> LanguageModelResponder {
        var configuration = LanguageModelResponder.Configuration()
        (configuration.idle, configuration.patience) = (0.05, nil)
        let endpoint = LanguageModelEndpoint(url: try server.url(kind), model: "m")
        return LanguageModelResponder(
            [endpoint], after: DialogFixture.responder, isAlone: true, configuration: configuration)
    }

    private func ask(_ responder: LanguageModelResponder, _ conversation: Conversation, _ text: String = "go on then")
        async throws -> String
    {
        var answer = ""
        for try await reply in responder.reply(to: Transcript(text: text), in: conversation) { answer += reply.text }
        return answer
    }

    private func waitForDigest(_ responder: LanguageModelResponder, _ conversation: Conversation) async throws {
        for _ in 0..<200 where responder.digests.known(of: conversation) == nil {
            try await Task.sleep(for: .milliseconds(20))
        }
    }

    @Test func theModelSumsUpWhatIsTooFarBack() async throws {
        let server = try PythonServer(Self.handler)
        let responder = try responder(server, "good")
        var conversation = Self.conversation(17)
        // At first the user's own sentences stand for it.
        #expect(try await ask(responder, conversation).contains("My name is Anna."))
        try await waitForDigest(responder, conversation)
        #expect(responder.digests.known(of: conversation)?.covered == 7)
        #expect(try await ask(responder, conversation) == "The user is Anna, and wants a blue door.")
        #expect(try await ask(responder, conversation, "what were you asked").contains("My name is Anna."))
        // What has left the window since comes beside it.
        conversation.turns += [.init(user: "I live in Paris with my dog", assistant: "Good.")]
        conversation.turns += (0..<10).map { .init(user: "and \($0)", assistant: "Yes.") }
        let told = try await ask(responder, conversation)
        #expect(told.hasPrefix("The user is Anna") && told.contains("I live in Paris"), "\(told)")
        // Another conversation of the same name is not told of it.
        var other = Self.conversation(17)
        other.turns[0] = .init(user: "My name is Ben.", assistant: "Hello.")
        #expect(try await ask(responder, other).contains("Anna") == false)
        withExtendedLifetime(server) {}
    }

    @Test func aShortConversationIsToldAsItWas() async throws {
        let server = try PythonServer(Self.handler)
        #expect(try await ask(try responder(server, "good"), Self.conversation(5)) == "nothing earlier")
        withExtendedLifetime(server) {}
    }

    @Test func whereTheModelFailsTheUsersSentencesStay() async throws {
        let server = try PythonServer(Self.handler)
        let responder = try responder(server, "failing")
        let conversation = Self.conversation(30)
        _ = try await ask(responder, conversation)
        try await Task.sleep(for: .milliseconds(400))
        #expect(responder.digests.known(of: conversation) == nil)
        #expect(try await ask(responder, conversation).contains("My name is Anna."))
        withExtendedLifetime(server) {}
    }

    @Test func isBounded() async throws {
        let server = try PythonServer(Self.handler)
        let responder = try responder(server, "endless")
        let conversation = Self.conversation(400)
        let told = try await ask(responder, conversation)
        #expect(told.count <= responder.configuration.summaryLength)
        try await waitForDigest(responder, conversation)
        let known = try #require(responder.digests.known(of: conversation))
        #expect(known.text.count <= responder.configuration.summaryLength)
        #expect(known.covered > 7 && known.covered < 390)
        withExtendedLifetime(server) {}
    }

    @Test func picksWhatIsWorthRemembering() {
        let turns = [
            "hello there my friend", "My name is Anna.", "what time is it", "I am allergic to nuts, remember that",
        ]
        .map { Conversation.Turn(user: $0, assistant: "Okay.") }
        let text = DigestExtraction.text(of: turns[...], longest: 60)
        #expect(text == "My name is Anna. I am allergic to nuts, remember that.")
        #expect(DigestExtraction.text(of: turns[...], longest: 0).isEmpty)
        #expect(DigestExtraction.text(of: [], longest: 100).isEmpty)
    }
}
