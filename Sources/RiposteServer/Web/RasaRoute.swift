import Foundation
import Hummingbird
import NIOCore
import RiposteCore

/// Rasa's REST channel, `POST /webhooks/rest/webhook`, where each sender has a conversation that is kept, and its
/// `POST /model/parse`: what speaks to a Rasa server speaks to this one.
struct RasaRoute {
    let engines: SpeechEngines
    let admission: Admission
    let limit: Int
    let conversations: TextConversations

    private struct Message: Decodable {
        var sender: String?
        var message: String?
    }

    private struct Answer: Encodable {
        var recipientId: String
        var text: String
    }

    private struct Sentence: Decodable {
        var text: String
    }

    private struct Understood: Encodable {
        struct Intent: Encodable {
            var name: String?
            var confidence: Double
        }
        struct Entity: Encodable {
            var entity: String
            var value: String
            var start: Int
            var end: Int
            var role: String?
            var group: String?
            var extractor: String?
            var confidenceEntity: Double?
        }
        var text: String
        var intent: Intent
        var entities: [Entity]
        var intentRanking: [Intent]
    }

    /// Of a message or a sender's name, at most.
    private static let longestText = 20_000

    func add(to router: Router<ServerContext>) {
        router.get("/webhooks/rest") { _, _ in JSONAnswer.response(["status": "ok"]) }
        router.post("/webhooks/rest/webhook") { request, _ in try await answer(request) }
        router.post("/model/parse") { request, _ in try await parse(request) }
    }

    private func answer(_ request: Request) async throws -> Response {
        let body = try await JSONAnswer.decoded(Message.self, from: request, limit: limit)
        // As Rasa has it: who does not say who they are is "default".
        let sender = body.sender ?? "default"
        guard let text = body.message, text.count <= Self.longestText, sender.count <= Self.longestText else {
            throw RequestFailure(
                .badRequest, "'message' has to be a text of at most \(Self.longestText) characters.")
        }
        let place = try admission.enter()
        defer { withExtendedLifetime(place) {} }
        let responder = try engines.persona().responder
        let texts = try await conversations.inTurn(sender) {
            let conversation = await conversations.begin(sender)
            let replies = responder.reply(
                to: Transcript(text: text), in: conversation, commitment: Commitment(isGiven: true))
            var messages = AnswerMessages()
            var (effects, expectation) = ([Effect](), Expectation.anything)
            for try await reply in replies {
                // Nobody would be told: the channel only answers.
                guard !reply.effects.contains(where: \.isAlarm) else {
                    return ["I cannot remind you here: this channel only answers."]
                }
                messages.add(reply.text)
                effects += reply.effects
                expectation = reply.expectation
            }
            await conversations.end(
                sender, user: text, assistant: messages.all.joined(separator: " "), effects: effects,
                expectation: expectation)
            return messages.all
        }
        return JSONAnswer.response(texts.map { Answer(recipientId: sender, text: $0) })
    }

    private func parse(_ request: Request) async throws -> Response {
        let body = try await JSONAnswer.decoded(Sentence.self, from: request, limit: limit)
        guard body.text.count <= Self.longestText else {
            throw RequestFailure(.badRequest, "'text' has more than \(Self.longestText) characters.")
        }
        guard let understanding = engines.personas.lazy.compactMap(\.understanding).first else {
            throw RequestFailure(.conflict, "There are no intents here: start the server with --project.")
        }
        let place = try admission.enter()
        defer { withExtendedLifetime(place) {} }
        let message = try await understanding.parse(Transcript(text: body.text), expecting: [])
        let ranking = message.ranking.prefix(10).map { Understood.Intent(name: $0.name, confidence: $0.confidence) }
        return JSONAnswer.response(
            Understood(
                text: message.text, intent: ranking.first ?? .init(name: nil, confidence: 0),
                entities: message.entities.map {
                    .init(
                        entity: $0.entity, value: $0.value, start: $0.start, end: $0.end, role: $0.role,
                        group: $0.group, extractor: $0.extractor, confidenceEntity: $0.confidence)
                }, intentRanking: Array(ranking)))
    }
}

/// An answer as the messages of a text channel: a message ends where a piece of the answer ends with a mark and a space. A
/// project's responses are such pieces; a language model's words are not.
struct AnswerMessages {
    private var pieces: [String] = []
    private var isOpen = false

    var all: [String] {
        pieces.map { $0.trimmingCharacters(in: .whitespacesAndNewlines) }.filter { !$0.isEmpty }
    }

    mutating func add(_ piece: String) {
        if isOpen { pieces[pieces.count - 1] += piece } else { pieces.append(piece) }
        let last = piece.last { !$0.isWhitespace }
        let isWhole = last.map { !$0.isLetter && !$0.isNumber && !",;-".contains($0) } ?? false
        isOpen = !(piece.last?.isWhitespace == true && isWhole)
    }
}
