import Foundation
import RiposteCore

/// One thing the built-in responder can do.
///
/// A skill is pure: it looks at the words and the conversation and says what to answer. What the answer does
/// is data in its replies.
public protocol Skill: Sendable {
    /// What is offered to somebody who asks for help ("set timers"), after "I can"; nil to stay unmentioned.
    var ability: String? { get }

    /// Words that near misses are mended to ("timmer") before the skill is asked a second time.
    var vocabulary: Set<String> { get }

    /// How a language model is told of it; nil keeps it from one.
    var tool: ToolSummary? { get }

    /// Whether what it answers is a request that "the same again" and "and tomorrow?" may refer to, and no courtesy.
    var isReferredTo: Bool { get }

    /// Whether the same request brings something else each time, so that "again" asks for it again.
    var variesEachTime: Bool { get }

    /// The answer; nil if this is not for the skill.
    func answer(to request: SkillRequest) -> SkillAnswer?

    /// The whole request that a fragment stands for: "and in Tokyo?" after "what time is it" is "what time is it in
    /// Tokyo".
    /// - Parameter earlier: a request that the skill has answered.
    /// - Returns: nil if the fragment does not go on with it.
    func completed(_ fragment: Fragment, after earlier: Utterance, in conversation: Conversation) -> String?
}

extension Skill {
    public var ability: String? { nil }
    public var vocabulary: Set<String> { [] }
    public var tool: ToolSummary? { nil }
    public var isReferredTo: Bool { true }
    public var variesEachTime: Bool { false }
    public func completed(_ fragment: Fragment, after earlier: Utterance, in conversation: Conversation) -> String? {
        nil
    }
}

/// What may go on with an earlier request.
public struct Fragment: Sendable {
    /// Its words, without what leads it in.
    public var words: Utterance
    /// Whether "and", "what about" or "too" says that it goes on with something.
    public var hasLead: Bool
    /// Whether it is nothing else that anybody knows.
    public var isNothingElse: Bool
}

/// What a skill is given.
public struct SkillRequest: Sendable {
    /// The words, without hesitation and politeness around the request.
    public var utterance: Utterance
    public var conversation: Conversation
    /// Has the user's time zone.
    public var calendar: Calendar

    public init(utterance: Utterance, conversation: Conversation, calendar: Calendar) {
        self.utterance = utterance
        self.conversation = conversation
        self.calendar = calendar
    }

    public var now: Date { conversation.now }

    /// What the assistant said last; empty if nothing.
    public var lastAnswer: String { conversation.turns.last?.assistant ?? "" }
}

/// What a skill answers.
public struct SkillAnswer: Sendable, Equatable {
    /// To be spoken one after the other; the first one is heard while the others are made.
    public var sentences: [String]
    public var effects: [Effect]
    public var expectation: Expectation

    public init(_ sentences: String..., effects: [Effect] = [], expectation: Expectation = .anything) {
        self.sentences = sentences
        self.effects = effects
        self.expectation = expectation
    }

    init(sentences: [String], effects: [Effect] = [], expectation: Expectation = .anything) {
        self.sentences = sentences
        self.effects = effects
        self.expectation = expectation
    }
}
