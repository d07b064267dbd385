import Foundation
import Hummingbird
import HummingbirdTesting
import RiposteCore
import RiposteDialog
import RiposteTesting
import Testing

@testable import RiposteServer

/// Requests and answers as Rasa documents them.
@Suite struct RasaRouteTests {
    private struct Coffee: Understanding {
        func parse(_ utterance: Transcript, expecting expected: [String]) -> ParsedMessage {
            ParsedMessage(
                text: utterance.text, ranking: [.init("order", 0.9), .init("greet", 0.1)],
                entities: [.init("size", value: "large", in: 2..<7, extractor: "examples")])
        }
    }

    private func withServer(
        understanding: (any Understanding)? = Coffee(),
        _ test: @escaping @Sendable (any TestClientProtocol) async throws -> Void
    ) async throws {
        var engines = NetworkConversationTests.engines()
        let responder = ScriptedResponder { utterance, conversation in
            if utterance.text == "remind me" {
                let alarm = Alarm(id: "a", due: .distantFuture, text: "Now.", duration: 1)
                return [Reply("I will.", effects: [.schedule(alarm)])]
            }
            return [
                Reply("You said \(utterance.text). "), Reply("That was "),
                Reply("number \(conversation.turns.count + 1)."),
            ]
        }
        engines.personas = [.init(name: "coffee", responder: responder, understanding: understanding)]
        let server = try WebServer(engines: engines)
        try await Application(router: server.router()).test(.router, test)
    }

    @Test func keepsAConversationForEachSender() async throws {
        try await withServer { client in
            for (sender, text, number) in [("ann", "one", 1), ("bob", "two", 1), ("ann", "three", 2)] {
                try await client.execute(
                    uri: "/webhooks/rest/webhook", method: .post,
                    body: .init(string: #"{"sender":"\#(sender)","message":"\#(text)","metadata":{"a":[1]}}"#)
                ) { response in
                    #expect(response.status == .ok)
                    let expected =
                        #"[{"recipient_id":"\#(sender)","text":"You said \#(text)."},"#
                        + #"{"recipient_id":"\#(sender)","text":"That was number \#(number)."}]"#
                    #expect(String(buffer: response.body) == expected)
                }
            }
            try await client.execute(uri: "/webhooks/rest/", method: .get) { response in
                #expect(String(buffer: response.body) == #"{"status":"ok"}"#)
            }
        }
    }

    @Test func answersMessagesThatComeAtOnceOneAfterTheOther() async throws {
        try await withServer { client in
            let numbers = try await withThrowingTaskGroup(of: String.self) { group in
                for _ in 0..<8 {
                    group.addTask {
                        try await client.execute(
                            uri: "/webhooks/rest/webhook", method: .post,
                            body: .init(string: #"{"sender":"ann","message":"hello"}"#)
                        ) { String(buffer: $0.body).firstMatch(of: /number (\d)/).map { String($0.1) } ?? "none" }
                    }
                }
                return try await group.reduce(into: []) { $0.append($1) }
            }
            #expect(numbers.sorted() == (1...8).map(String.init))
        }
    }

    /// A name that a database cannot keep is refused before anything is answered.
    @Test func takesNoNameThatCannotBeKept() async throws {
        try await withServer { client in
            let names = [
                (String(repeating: "x", count: 512), true), (String(repeating: "\u{e9}", count: 257), false),
                (#"ann\u0000"#, false),
            ]
            for (sender, isTaken) in names {
                try await client.execute(
                    uri: "/webhooks/rest/webhook", method: .post,
                    body: .init(string: #"{"sender":"\#(sender)","message":"hello"}"#)
                ) { response in
                    #expect(response.status == (isTaken ? .ok : .badRequest))
                    #expect(String(buffer: response.body).contains("may have 512 bytes") != isTaken)
                }
            }
        }
    }

    @Test func doesNotPromiseToRing() async throws {
        try await withServer { client in
            try await client.execute(
                uri: "/webhooks/rest/webhook", method: .post, body: .init(string: #"{"message":"remind me"}"#)
            ) { response in
                #expect(
                    String(buffer: response.body)
                        == #"[{"recipient_id":"default","text":"I cannot remind you here: this channel only answers."}]"#
                )
            }
        }
    }

    @Test func parses() async throws {
        try await withServer { client in
            try await client.execute(
                uri: "/model/parse", method: .post, body: .init(string: #"{"text":"a large coffee"}"#)
            ) { response in
                #expect(response.status == .ok)
                #expect(
                    String(buffer: response.body)
                        == #"{"entities":[{"end":7,"entity":"size","extractor":"examples","start":2,"value":"large"}],"#
                        + #""intent":{"confidence":0.9,"name":"order"},"intent_ranking":[{"confidence":0.9,"name":"order"},"#
                        + #"{"confidence":0.1,"name":"greet"}],"text":"a large coffee"}"#)
            }
            for body in ["", "[]", "{}", #"{"text":3}"#] {
                try await client.execute(uri: "/model/parse", method: .post, body: .init(string: body)) {
                    #expect($0.status == .badRequest)
                }
            }
        }
        try await withServer(understanding: nil) { client in
            try await client.execute(uri: "/model/parse", method: .post, body: .init(string: #"{"text":"a"}"#)) {
                #expect($0.status == .conflict)
            }
        }
    }

    @Test func cutsAnAnswerIntoMessages() {
        var messages = AnswerMessages()
        for piece in ["Hel", "lo", " there", ", you. ", "", " ", "How are you? ", "Well", " then"] {
            messages.add(piece)
        }
        #expect(messages.all == ["Hello there, you.", "How are you?", "Well then"])
    }
}
