import Foundation
import RiposteCore

/// Lets Home Assistant answer what others before it don't know.
///
///     let home = HomeAssistant(.init(url: url, token: token))
///     let responder = HomeAssistantResponder(home, after: BuiltInResponder())
///
/// It is asked only when the turn is certain, because what it does cannot be undone. Where it cannot be reached, that is
/// said, if what was said is about a home; else somebody else may answer.
public struct HomeAssistantResponder: SelectiveResponder {
    private let home: HomeAssistant
    private let first: any SelectiveResponder

    /// What is said where it cannot be reached, or does not answer.
    static let failure = "Sorry, I can't reach Home Assistant."

    /// - Parameter first: answers what it knows.
    public init(_ home: HomeAssistant, after first: any SelectiveResponder) {
        self.home = home
        self.first = first
    }

    public func load() async throws { try await first.load() }

    public func likelyPhrases(in conversation: Conversation) -> [String] { first.likelyPhrases(in: conversation) }

    public var tools: [any LanguageModelTool] { first.tools + [HomeAssistantTool(home: home)] }

    public func knownReply(to utterance: Transcript, in conversation: Conversation, commitment: Commitment) async throws
        -> [Reply]?
    {
        if let known = try await first.knownReply(to: utterance, in: conversation, commitment: commitment) {
            return known
        }
        guard !utterance.isEmpty else { return nil }
        try await commitment.wait()
        do {
            switch try await home.process(utterance.text, in: conversation.id) {
            case .answered(let speech): return [Reply(speech)]
            case .notUnderstood: return nil
            }
        } catch is RiposteError {
            try Task.checkCancellation()
            return Utterance(utterance.text).contains(Self.words) ? [Reply(Self.failure)] : nil
        }
    }

    public func reply(to utterance: Transcript, in conversation: Conversation) -> AsyncThrowingStream<Reply, any Error>
    {
        reply(to: utterance, in: conversation, commitment: Commitment(isGiven: true))
    }

    public func reply(to utterance: Transcript, in conversation: Conversation, commitment: Commitment)
        -> AsyncThrowingStream<Reply, any Error>
    {
        .asking {
            try await knownReply(to: utterance, in: conversation, commitment: commitment)
        } then: { output in
            for try await reply in first.reply(to: utterance, in: conversation, commitment: commitment) {
                output.yield(reply)
            }
        }
    }

    /// What is said of a home and little else.
    private static let words: Set<String> = [
        "light", "lights", "lamp", "lamps", "switch", "turn", "dim", "brighten", "heating", "heater", "thermostat",
        "radiator", "temperature", "door", "doors", "window", "windows", "garage", "gate", "lock", "unlock", "blind",
        "blinds", "curtain", "curtains", "shutter", "shutters", "fan", "plug", "socket", "vacuum", "alarm", "scene",
        "tv", "television", "speaker", "bedroom", "kitchen", "bathroom", "hallway", "garden",
    ]
}

/// The home as a language model's tool.
struct HomeAssistantTool: LanguageModelTool {
    let home: HomeAssistant

    var summary: ToolSummary {
        ToolSummary(
            name: "control_home",
            purpose: "Switches and sets what is in the home, as lights, heating and doors, and tells how it stands.",
            example: "turn on the light in the kitchen")
    }

    func run(_ request: String, in conversation: Conversation, commitment: Commitment) async throws -> SkillAnswer? {
        try await commitment.wait()
        return switch try await home.process(request, in: conversation.id) {
        case .answered(let speech): SkillAnswer(speech)
        case .notUnderstood: nil
        }
    }
}
