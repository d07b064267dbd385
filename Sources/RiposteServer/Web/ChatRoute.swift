import Foundation
import Hummingbird
import NIOCore
import RiposteCore

/// `POST /v1/chat/completions`: the dialog in text. What was said before is what the request says; nothing is kept.
struct ChatRoute {
    let engines: SpeechEngines
    let admission: Admission
    let limit: Int

    private struct Body: Decodable {
        struct Message: Decodable {
            var role: String
            /// A text, or texts among other parts.
            var content: String?

            private enum CodingKeys: String, CodingKey { case role, content }
            private struct Part: Decodable {
                var type: String?
                var text: String?
            }

            init(from decoder: any Decoder) throws {
                let container = try decoder.container(keyedBy: CodingKeys.self)
                role = try container.decode(String.self, forKey: .role)
                if let parts = try? container.decode([Part].self, forKey: .content) {
                    content = parts.filter { $0.type == "text" }.compactMap(\.text).joined(separator: " ")
                } else {
                    content = try container.decodeIfPresent(String.self, forKey: .content)
                }
            }
        }
        var model: String?
        var messages: [Message]
        var stream: Bool?
    }

    private struct Message: Encodable {
        var role: String?
        var content: String?
    }

    private struct Answer: Encodable {
        struct Choice: Encodable {
            var index = 0
            var message: Message?
            var delta: Message?
            var finishReason: String?
        }
        var id: String
        var object: String
        var created: Int
        var model: String
        var choices: [Choice]
    }

    func add(to router: Router<ServerContext>) {
        router.post("/v1/chat/completions") { request, _ in try await respond(to: request) }
    }

    private func respond(to request: Request) async throws -> Response {
        let body = try await JSONAnswer.decoded(Body.self, from: request, limit: limit)
        guard let last = body.messages.last, last.role == "user", let text = last.content else {
            throw RequestFailure(.badRequest, "'messages' has to end with one of the user.")
        }
        let place = try admission.enter()
        let persona = try engines.persona(body.model)
        var conversation = Conversation(id: "chat")
        for message in body.messages.dropLast() {
            switch message.role {
            case "user": conversation.turns.append(.init(user: message.content ?? "", assistant: ""))
            case "assistant":
                if conversation.turns.last?.assistant.isEmpty != true {
                    conversation.turns.append(.init(user: "", assistant: ""))
                }
                conversation.turns[conversation.turns.count - 1].assistant = message.content ?? ""
            default: break
            }
        }
        let replies = persona.responder.reply(
            to: Transcript(text: text), in: conversation, commitment: Commitment(isGiven: true))
        let answer = Answer(
            id: "chatcmpl-\(UUID().uuidString)", object: "chat.completion", created: Int(Date().timeIntervalSince1970),
            model: persona.name, choices: [])
        if body.stream == true { return stream(replies, answer, place) }
        var whole = ""
        for try await reply in replies { whole += reply.text }
        var complete = answer
        complete.choices = [.init(message: Message(role: "assistant", content: whole), finishReason: "stop")]
        withExtendedLifetime(place) {}
        return JSONAnswer.response(complete)
    }

    private func stream(
        _ replies: AsyncThrowingStream<Reply, any Error>, _ answer: Answer, _ place: Admission.Place
    ) -> Response {
        Response(
            status: .ok, headers: ServerSentEvents.headers,
            body: .init { writer in
                defer { withExtendedLifetime(place) {} }
                var chunk = answer
                chunk.object = "chat.completion.chunk"
                chunk.choices = [.init(delta: Message(role: "assistant", content: ""))]
                try await writer.write(ServerSentEvents.event(chunk))
                do {
                    for try await reply in replies {
                        chunk.choices = [.init(delta: Message(content: reply.text))]
                        try await writer.write(ServerSentEvents.event(chunk))
                    }
                } catch let error as RiposteError {
                    // The status was sent long ago.
                    try await writer.write(ServerSentEvents.event(ServerSentEvents.Fault(error.message)))
                    return try await writer.finish(nil)
                }
                chunk.choices = [.init(delta: Message(), finishReason: "stop")]
                try await writer.write(ServerSentEvents.event(chunk))
                try await writer.write(ByteBuffer(string: "data: [DONE]\n\n"))
                try await writer.finish(nil)
            })
    }
}
