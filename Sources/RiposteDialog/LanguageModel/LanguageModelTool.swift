import Foundation
import RiposteCore

/// The role of something that a language model may have done. The model says in a sentence what it wants.
public protocol LanguageModelTool: Sendable {
    /// How the model is told of it.
    var summary: ToolSummary { get }

    /// Does what is asked for. What cannot be undone waits for the commitment; the rest is in the answer's effects.
    /// - Parameter request: a sentence, as a person would say it.
    /// - Returns: nil where the request is not understood.
    /// - Throws: when it could not be done; the model is told so.
    func run(_ request: String, in conversation: Conversation, commitment: Commitment) async throws -> SkillAnswer?
}

/// How a language model is told of a tool.
public struct ToolSummary: Sendable, Equatable {
    /// Letters, digits and underscores: "set_timer".
    public var name: String
    /// What it is for, in a sentence.
    public var purpose: String
    /// A request that it understands: "set a timer for ten minutes".
    public var example: String

    public init(name: String, purpose: String, example: String) {
        self.name = name
        self.purpose = purpose
        self.example = example
    }
}

/// A skill as a tool: it is asked as if somebody had said so.
struct SkillTool: LanguageModelTool {
    let skill: any Skill
    let summary: ToolSummary
    /// Has the user's time zone.
    let calendar: Calendar

    func run(_ request: String, in conversation: Conversation, commitment: Commitment) async throws -> SkillAnswer? {
        let utterance = Utterance(request)
        for words in [utterance.request, utterance] {
            let request = SkillRequest(utterance: words, conversation: conversation, calendar: calendar)
            if let answer = skill.answer(to: request) { return answer }
        }
        return nil
    }
}
