import Foundation
import RiposteAudio
import RiposteCore

/// Answers texts (`transcript` → `handled`) and understands them (`recognize` → `intent`).
struct WyomingAnswering: Sendable {
    let engines: SpeechEngines
    let conversations: TextConversations
    let send: @Sendable (WyomingEvent) async throws -> Void

    /// Answers in a conversation, which goes on where it was left.
    func answer(_ text: String, language: String?, in id: String, persona: String?) async throws {
        let persona = try engines.persona(persona)
        try await persona.responder.load()
        let conversation = await conversations.begin(id)
        let transcript = Transcript(text: text, language: language)
        var (answer, effects, expectation) = ("", [Effect](), Expectation.anything)
        let replies = persona.responder.reply(
            to: transcript, in: conversation, commitment: Commitment(isGiven: true))
        try await send(WyomingEvent("handled-start", Self.context(id)))
        for try await reply in replies {
            guard !reply.effects.contains(where: \.isAlarm) else {
                // Nobody would hear it ring: who asked has hung up by then.
                try await refuse("I cannot remind you here: this connection does not ring.", id)
                return
            }
            answer += reply.text
            effects += reply.effects
            expectation = reply.expectation
            if !reply.text.isEmpty { try await send(WyomingEvent("handled-chunk", ["text": .text(reply.text)])) }
        }
        guard !answer.isEmpty else {
            try await refuse(nil, id)
            return
        }
        await conversations.end(id, user: text, assistant: answer, effects: effects, expectation: expectation)
        try await send(WyomingEvent("handled", ["text": .text(answer)].merging(Self.context(id)) { $1 }))
        try await send(WyomingEvent("handled-stop"))
    }

    private func refuse(_ text: String?, _ id: String) async throws {
        var data = Self.context(id)
        if let text { data["text"] = .text(text) }
        try await send(WyomingEvent("not-handled", data))
        try await send(WyomingEvent("handled-stop"))
    }

    /// Understands one utterance by itself.
    func understand(_ text: String, context: SlotValue?, persona: String?) async throws {
        let named = try engines.persona(persona)
        let understood = named.understanding == nil ? engines.personas.first { $0.understanding != nil } : named
        guard let understanding = understood?.understanding else {
            throw RiposteError(.badInput, .dialog, "There are no intents here: start the server with a project.")
        }
        try await understanding.load()
        let message = try await understanding.parse(Transcript(text: text), expecting: [])
        var data: [String: SlotValue] = ["text": .text(text)]
        if let context { data["context"] = context }
        guard let intent = message.intent, intent.name != ParsedMessage.outOfScope else {
            try await send(WyomingEvent("not-recognized", data))
            return
        }
        data["name"] = .text(intent.name)
        data["entities"] = .list(
            message.entities.map { .object(["name": .text($0.entity), "value": .text($0.value)]) })
        try await send(WyomingEvent("intent", data))
    }

    private static func context(_ id: String) -> [String: SlotValue] {
        ["context": .object(["conversation_id": .text(id)])]
    }
}
