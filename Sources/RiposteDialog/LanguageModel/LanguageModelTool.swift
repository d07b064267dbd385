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
    /// What it takes, as a JSON schema of an object; then it is asked with such an object's JSON, and its answer is told to
    /// the model alone. nil: it takes a sentence.
    public var parameters: SlotValue?

    public init(name: String, purpose: String, example: String, parameters: SlotValue? = nil) {
        self.name = name
        self.purpose = purpose
        self.example = example
        self.parameters = parameters
    }
}

/// The role of a responder that can be told by whoever it answers how to answer, and given tools of theirs.
public protocol InstructibleResponder: Responder {
    /// The same responder for one conversation.
    /// - Parameters:
    ///   - instructions: what is added to its own; may be empty.
    ///   - tools: what it may have done besides.
    ///   - choice: whether it has to.
    func instructed(_ instructions: String, tools: [any LanguageModelTool], choice: ToolChoice) -> any Responder
}

extension InstructibleResponder {
    /// The same, left to choose.
    public func instructed(_ instructions: String, tools: [any LanguageModelTool]) -> any Responder {
        instructed(instructions, tools: tools, choice: .automatic)
    }
}

/// Whether a language model has to use a tool of those that it was given by whoever it answers. What it says to the tool's
/// answer, it says freely.
public enum ToolChoice: Sendable, Equatable {
    /// It may.
    case automatic
    /// It has to use one of them.
    case required
    /// It has to use this one.
    case tool(String)
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
