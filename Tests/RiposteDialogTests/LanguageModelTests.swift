import Foundation
import RiposteCore
import RiposteTesting
import Testing

@testable import RiposteDialog

/// A language model's answers, and what is said when there are none.
@Suite struct LanguageModelTests {
    private let server: PythonServer

    init() throws { server = try PythonServer(Self.models) }

    /// Good and bad language models, by their path.
    private static let models = """
        if kind == "error": return self.begin(500)
        if kind == "toolless" and "tools" in body: return self.begin(400)
        if kind == "toolless": kind = "story"
        self.begin()
        def event(text):
            self.write(("data: " + json.dumps({"choices": [{"delta": {"content": text}}]}) + "\\n\\n").encode())
        if kind == "echo":
            for message in body["messages"]: event(message["role"][0] + ":" + message["content"][-12:] + "|")
            event(self.headers.get("Authorization") or "no key")
        if kind == "story":
            for word in "**Once** there was a fox.".split(" "):
                event(word + " ")
                time.sleep(0.01)
        def call(name, arguments):
            parts = [arguments[:7], arguments[7:]]
            delta = [{"index": 0, "id": "c1", "function": {"name": name, "arguments": parts[0]}}]
            for tools in (delta, [{"index": 0, "function": {"arguments": parts[1]}}]):
                self.write(("data: " + json.dumps({"choices": [{"delta": {"tool_calls": tools}}]}) + "\\n\\n").encode())
        last = body["messages"][-1]
        names = [tool["function"]["name"] for tool in body.get("tools", [])]
        if kind == "timer":
            if last["role"] == "tool": event("Done: " + last["content"] + " " + last["tool_call_id"])
            else: call("set_timer", json.dumps({"request": "set a pasta timer for ten minutes"}))
        if kind == "names": event(" ".join(names))
        if kind == "mute" and last["role"] != "tool":
            call("set_timer", json.dumps({"request": "set a timer for ten minutes"}))
        if kind == "wrong":
            if last["role"] == "tool": event(last["content"])
            else: call("set_timer", json.dumps({"request": "what is love"}))
        if kind == "unknown":
            if last["role"] == "tool": event(last["content"])
            else: call("launch_rocket", "{}")
        if kind == "insatiable":
            if names: call("calculate", json.dumps({"request": "what is two plus two"}))
            else: event("Four.")
        if kind == "choice":
            if last["role"] == "tool": event(last["content"] + " then " + str(body.get("tool_choice")))
            else: call(names[0], json.dumps([names, body.get("tool_choice")]))
        if kind == "whole":
            return self.write(json.dumps({"choices": [{"message": {"content": "All at once."}}]}).encode())
        if kind == "garbage": return self.write(b"<html>" + b"x" * 1000 + b"</html>\\n")
        if kind == "flood":
            for _ in range(4000): self.write(b"x" * 10000)
            return
        if kind == "trickle":
            for byte in b"data: {never":
                self.write(bytes([byte]))
                time.sleep(0.3)
            return
        if kind == "stuck":
            event("It was a ")
            return time.sleep(3)
        if kind == "late":
            time.sleep(0.6)
            event("Here I am.")
        if kind == "silent": time.sleep(3)
        if kind == "endless":
            event("Once ")
            try:
                while True:
                    self.write(b": still there\\n")
                    time.sleep(0.02)
            except OSError:
                Handler.left = True
        if kind == "left":
            for _ in range(500):
                if getattr(Handler, "left", False): return event("They left.")
                time.sleep(0.02)
        self.write(b"data: [DONE]\\n\\n")
        """

    private func responder(
        _ paths: [String], _ change: (inout LanguageModelResponder.Configuration) -> Void = { _ in }
    ) throws -> LanguageModelResponder {
        var configuration = LanguageModelResponder.Configuration()
        configuration.firstWord = 1.5
        configuration.nextWord = 1
        configuration.whole = 2
        configuration.patience = nil
        change(&configuration)
        let endpoints = try paths.map { LanguageModelEndpoint(url: try server.url($0), model: "m", key: "secret") }
        return LanguageModelResponder(endpoints, after: DialogFixture.responder, configuration: configuration)
    }

    private static func answer(_ responder: any Responder, _ text: String = "tell me about foxes") async throws
        -> [String]
    {
        var conversation = Conversation(now: DialogFixture.now)
        conversation.turns = [.init(user: "hello there", assistant: "Good day.")]
        var pieces: [String] = []
        for try await reply in responder.reply(to: Transcript(text: text), in: conversation) {
            pieces.append(reply.text)
        }
        return pieces
    }

    /// Listens no longer than that.
    private static func firstPiece(_ responder: LanguageModelResponder) async throws -> String? {
        let conversation = Conversation(now: DialogFixture.now)
        for try await reply in responder.reply(to: Transcript(text: "tell me about foxes"), in: conversation) {
            return reply.text
        }
        return nil
    }

    @Test func passesWordsOnAsTheyCome() async throws {
        let pieces = try await Self.answer(try responder(["story"]))
        #expect(pieces.count == 5)
        #expect(pieces.joined() == "Once there was a fox. ")
    }

    @Test func isToldTheConversationAndTheKey() async throws {
        let told = try await Self.answer(try responder(["echo"])).joined()
        #expect(told.hasPrefix("s:") && told.hasSuffix("u:hello there|a:Good day.|u: about foxes|Bearer secret"))
    }

    @Test func isNotToldWhatIsTooLong() async throws {
        var conversation = Conversation(now: DialogFixture.now)
        let long = String(repeating: "a", count: 6_000)
        conversation.turns = [
            .init(user: "too far back", assistant: "Yes."), .init(user: long, assistant: "Oh."),
            .init(user: "hello there", assistant: "Good day."),
        ]
        var told = ""
        for try await reply in try responder(["echo"]).reply(
            to: Transcript(text: "tell me about foxes"), in: conversation)
        {
            told += reply.text
        }
        #expect(told.hasPrefix("s:") && told.hasSuffix("|u:hello there|a:Good day.|u: about foxes|Bearer secret"))
        #expect(!told.contains("far back") && !told.contains("aaa") && !told.contains("Oh."))
    }

    @Test func readsAnAnswerThatIsNotStreamed() async throws {
        #expect(try await Self.answer(try responder(["whole"])) == ["All at once."])
    }

    @Test func skillsComeFirst() async throws {
        #expect(try await Self.answer(try responder(["error"]), "what's two plus two") == ["2 plus 2 is 4."])
    }

    @Test(arguments: ["error", "garbage", "flood", "trickle", "silent", "nowhere"])
    func givesWayToTheNext(_ path: String) async throws {
        let first = try path == "nowhere" ? URL(string: "http://127.0.0.1:1/v1") : server.url(path)
        let endpoints = try [#require(first), server.url("story")].map { LanguageModelEndpoint(url: $0, model: "m") }
        let responder = LanguageModelResponder(
            endpoints, after: DialogFixture.responder, configuration: try responder([]).configuration)
        #expect(try await Self.answer(responder).joined() == "Once there was a fox. ")
    }

    @Test(arguments: ["error", "garbage"]) func givesWayToTheSkills(_ path: String) async throws {
        let answer = try await Self.answer(try responder([path, path])).joined()
        #expect(answer.hasPrefix("I can't do that yet."))
    }

    @Test func saysThatAnAnswerBreaksOff() async throws {
        #expect(
            try await Self.answer(try responder(["stuck", "story"])).joined()
                == "It was a  Sorry, I lost the connection.")
    }

    @Test func saysSomethingMeanwhile() async throws {
        let pieces = try await Self.answer(
            try responder(["late"]) { ($0.patience, $0.firstWord, $0.whole) = (0.2, 20, 20) })
        #expect(pieces == ["One moment. ", "Here I am."])
    }

    @Test func stopsWhenNobodyListensAnyMore() async throws {
        let patient = { (configuration: inout LanguageModelResponder.Configuration) in
            (configuration.firstWord, configuration.nextWord, configuration.whole) = (20, 20, 60)
        }
        #expect(try await Self.firstPiece(try responder(["endless"], patient)) == "Once ")
        #expect(try await Self.answer(try responder(["left"], patient)) == ["They left."])
    }

    private static func replies(_ responder: LanguageModelResponder) async throws -> [Reply] {
        var replies: [Reply] = []
        let conversation = Conversation(now: DialogFixture.now)
        for try await reply in responder.reply(to: Transcript(text: "I'm cooking spaghetti"), in: conversation) {
            replies.append(reply)
        }
        return replies
    }

    @Test func skillsAreItsTools() async throws {
        let names = try await Self.answer(try responder(["names"])).joined().split(separator: " ")
        #expect(names.contains("settimer") && names.contains("calculate"), "\(names)")
    }

    /// What a tool does comes as an effect, with the model's own words about it.
    @Test func usesASkill() async throws {
        let replies = try await Self.replies(try responder(["timer"]))
        #expect(replies.map(\.text) == ["Done: Pasta timer set for 10 minutes. c1"])
        let alarms = replies.flatMap(\.effects).compactMap { if case .schedule(let alarm) = $0 { alarm } else { nil } }
        #expect(alarms.map(\.label) == ["pasta"] && alarms.first?.duration == 600)
    }

    /// A model that fails after it has done something is not asked again, nor is another one: nothing happens twice.
    @Test func tellsWhatWasDoneWhereTheModelDoesNot() async throws {
        let replies = try await Self.replies(try responder(["mute", "timer"]))
        #expect(replies.map(\.text) == ["Timer set for 10 minutes."])
        #expect(replies.flatMap(\.effects).count == 1)
    }

    @Test(arguments: [
        ("wrong", "That was not understood. Ask for one thing, like this: set a pasta timer for ten minutes"),
        ("unknown", "There is no tool launchrocket."), ("insatiable", "Four."), ("toolless", "Once there was a fox. "),
    ])
    func toolsThatAreOfNoUse(_ path: String, _ answer: String) async throws {
        #expect(try await Self.answer(try responder([path])).joined() == answer)
    }

    /// Tells what it was asked.
    private struct Echo: LanguageModelTool {
        var summary = ToolSummary(
            name: "echo", purpose: "Echoes.", example: "", parameters: .object(["type": .text("object")]))

        func run(_ request: String, in conversation: Conversation, commitment: Commitment) -> SkillAnswer? {
            SkillAnswer(request)
        }
    }

    /// A tool that has to be used is the only one there is at first, also where a skill would know the answer.
    @Test func hasAToolUsed() async throws {
        let model = try responder(["choice"])
        for (choice, told) in [
            (ToolChoice.required, #""required""#),
            (.tool("echo"), #"{"function": {"name": "echo"}, "type": "function"}"#),
        ] {
            let answer = try await Self.answer(
                model.instructed("", tools: [Echo()], choice: choice), "What is two plus two?")
            #expect(answer.joined() == #"[["echo"], \#(told)] then None"#)
        }
        let free = try await Self.answer(model.instructed("", tools: [Echo()]), "What is two plus two?")
        #expect(!free.joined().hasPrefix("[["), "\(free)")
    }

    @Test func leavesOutWhatIsWrittenForTheEye() {
        var markup = SpokenMarkup()
        #expect(markup.clean("## Foxes\n- *red* `fur`\n- well-known") == " Foxes  red fur  well-known")
    }
}
