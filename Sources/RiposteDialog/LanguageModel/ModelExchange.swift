import Foundation
import RiposteCore

/// One answer of one language model: what it says, and the tools that it has used meanwhile.
struct ModelExchange {
    let endpoint: LanguageModelEndpoint
    let configuration: LanguageModelResponder.Configuration
    var tools: [any LanguageModelTool]
    var messages: [LanguageModelMessage]
    /// As the tools have changed it.
    var conversation: Conversation
    let commitment: Commitment
    let output: AsyncThrowingStream<Reply, any Error>.Continuation
    /// Is told when something is said.
    let onText: () -> Void

    /// Whether something was said or done; then no other model can answer instead.
    private(set) var hasBegun = false
    /// What has to be used first, if anything.
    private var duty: (tools: [any LanguageModelTool], choice: ToolChoice)?
    private var cleaner = SpokenMarkup()
    /// What tools have answered and the model has not put into words yet.
    private var unsaid: [String] = []
    /// What follows from it; goes out with the next words.
    private var effects: [Effect] = []
    private let end: ContinuousClock.Instant

    init(
        _ endpoint: LanguageModelEndpoint, _ configuration: LanguageModelResponder.Configuration,
        tools: [any LanguageModelTool], messages: [LanguageModelMessage], in conversation: Conversation,
        commitment: Commitment, output: AsyncThrowingStream<Reply, any Error>.Continuation, onText: @escaping () -> Void
    ) {
        self.endpoint = endpoint
        self.configuration = configuration
        self.tools = tools
        self.messages = messages
        self.conversation = conversation
        self.commitment = commitment
        self.output = output
        self.onText = onText
        end = .now + .seconds(configuration.whole)
    }

    /// Has the model use one of these tools first.
    mutating func has(toUse tools: [any LanguageModelTool], _ choice: ToolChoice) { duty = (tools, choice) }

    /// Lets the model speak, use tools, and speak again, until it asks for nothing more.
    /// - Throws: as the endpoint, with `hasBegun` telling whether it came to nothing.
    mutating func run() async throws {
        for round in 0...configuration.mostToolRounds {
            // In the last round it can only speak.
            var offered = round < configuration.mostToolRounds ? tools : []
            if round == 0, let duty { offered = duty.tools }
            let calls = try await speak(with: offered, round == 0 ? duty?.choice : nil)
            guard !calls.isEmpty else { break }
            for call in calls { try await perform(call) }
        }
        finish()
    }

    /// Ends an answer that has broken off: what was done is told in the tools' own words.
    mutating func breakOff() {
        if unsaid.isEmpty { unsaid = [" " + configuration.brokenOff] }
        finish()
    }

    private mutating func finish() {
        if !unsaid.isEmpty || !effects.isEmpty { say(unsaid.joined(separator: " ")) }
    }

    private mutating func say(_ text: String) {
        onText()
        hasBegun = true
        output.yield(Reply(text, effects: effects))
        (effects, unsaid) = ([], [])
    }

    /// - Returns: the tools it asks for.
    private mutating func speak(with tools: [any LanguageModelTool], _ choice: ToolChoice?) async throws -> [ToolCall] {
        do {
            return try await completion(tools.map(\.summary), choice ?? .automatic)
        } catch let error as RiposteError
            where !tools.isEmpty && !hasBegun && [400, 404, 422, 501].contains(error.httpStatus ?? 0)
        {
            // A model without tools can still speak.
            self.tools = []
            return try await completion([], .automatic)
        }
    }

    private mutating func completion(_ tools: [ToolSummary], _ choice: ToolChoice) async throws -> [ToolCall] {
        let rest = (end - .now) / .seconds(1)
        guard rest > 0 else { throw RiposteError(.timedOut, .dialog, "The language model took too long to answer.") }
        let limits = HTTPStream.Limits(first: configuration.firstWord, idle: configuration.nextWord, total: rest)
        let request = CompletionRequest(
            messages: messages, temperature: configuration.temperature, longest: configuration.longest, tools: tools,
            choice: choice)
        var calls: [ToolCall] = []
        var said = ""
        for try await piece in endpoint.completion(request, limits: limits) {
            switch piece {
            case .call(let call): calls.append(call)
            case .text(let text):
                let text = cleaner.clean(text)
                if text.isEmpty { continue }
                said += text
                say(text)
            }
        }
        if !calls.isEmpty { messages.append(.init(role: "assistant", content: said, toolCalls: calls)) }
        return calls
    }

    private mutating func perform(_ call: ToolCall) async throws {
        var result = "There is no tool \(call.function.name)."
        if let tool = tools.first(where: { $0.summary.name == call.function.name }) {
            do {
                let hasParameters = tool.summary.parameters != nil
                let request = hasParameters ? call.function.arguments : call.request ?? ""
                if let answer = try await tool.run(request, in: conversation, commitment: commitment) {
                    result = answer.sentences.joined(separator: " ")
                    if hasParameters { hasBegun = true } else { take(answer) }
                } else {
                    result = "That was not understood. Ask for one thing, like this: \(tool.summary.example)"
                }
            } catch let error as RiposteError {
                result = "That failed: \(error.message)"
                unsaid.append(configuration.toolFailed)
            }
        }
        messages.append(.init(role: "tool", content: result, toolCallID: call.id))
    }

    private mutating func take(_ answer: SkillAnswer) {
        hasBegun = true
        unsaid += answer.sentences
        effects += answer.effects
        for effect in answer.effects { conversation.apply(effect) }
    }
}
