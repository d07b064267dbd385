import Foundation
import RiposteCore

/// Answers with a language model what nobody else knows.
///
///     let model = LanguageModelEndpoint(url: url, model: "llama3.2")
///     let responder = LanguageModelResponder([model], after: BuiltInResponder())
///
/// The answer is passed on word by word as it comes. What others can do, as setting a timer, the model may have done:
/// they are its tools. A model that is slow is covered by a few words; one that fails gives way to the next, and the
/// last one to what would have been said without any. Whoever stops listening to the answer ends the request. Of a long
/// conversation the model is told the latest exchanges, and the earlier ones in short: it sums them up itself while
/// nobody speaks, and until then the user's most telling sentences stand for them.
public struct LanguageModelResponder: InstructibleResponder {
    public struct Configuration: Sendable {
        /// What the model is told first: that it is heard, not read.
        public var instructions = """
            You are a voice assistant. What you write is spoken aloud: answer in one to three short sentences of plain \
            words, without lists, headings, symbols, links or emoji. Write numbers, times and units as they are said. \
            If you don't know something, say so in a sentence. What a tool can do or tell, leave to the tool, and never \
            claim to have done anything that no tool has done.
            """
        /// Exchanges of the conversation that it is told. Default: 10.
        public var window = 10
        /// Characters of these exchanges, beyond which older ones are left out, however few there are. Default: 6000,
        /// about 1500 tokens.
        public var windowLength = 6_000
        /// Characters of what older exchanges are summed up in; 0 leaves them out. Default: 1200, about 300 tokens.
        public var summaryLength = 1_200
        /// What the model is told when it sums up.
        public var summaryInstructions = """
            Sum up the conversation for your own memory, in at most 150 words of plain sentences. Keep names, numbers, \
            dates, likes and dislikes, what was decided, what was promised and what is still open, also of what is known \
            so far. Leave out greetings.
            """
        /// Exchanges that must have left the window before they are summed up. Default: 5.
        public var leastSummed = 5
        /// Seconds without a question before the model is used for that. Default: 3.
        public var idle = 3.0
        /// Tokens of an answer. Default: 300, about a minute and a half of speech.
        public var longest = 300
        /// Default: 0.6.
        public var temperature = 0.6
        /// Seconds of waiting after which something is said meanwhile; nil says nothing. Default: 1.5.
        public var patience: Double? = 1.5
        /// What is said then.
        public var stopGap = "One moment."
        /// What is said where an answer breaks off.
        public var brokenOff = "Sorry, I lost the connection."
        /// What is said where a tool fails and the model says nothing about it.
        public var toolFailed = "Sorry, that didn't work."
        /// How often the model may use tools before it must answer. Default: 4.
        public var mostToolRounds = 4
        /// Seconds until the first word. Default: 8.
        public var firstWord = 8.0
        /// Seconds between two words. Default: 5.
        public var nextWord = 5.0
        /// Seconds for the whole answer. Default: 60.
        public var whole = 60.0

        public init() {}
    }

    let endpoints: [LanguageModelEndpoint]
    let digests = ConversationDigests()
    private let first: any SelectiveResponder
    var configuration: Configuration
    /// Whether the model answers everything.
    private let isAlone: Bool
    /// Tools of whoever it answers.
    private var ownTools: [any LanguageModelTool] = []
    private var choice = ToolChoice.automatic

    /// - Parameters:
    ///   - endpoints: tried one after the other.
    ///   - first: answers what it knows, and everything when no model answers.
    ///   - isAlone: whether `first` is asked only then.
    public init(
        _ endpoints: [LanguageModelEndpoint], after first: any SelectiveResponder, isAlone: Bool = false,
        configuration: Configuration = .init()
    ) {
        self.endpoints = endpoints
        self.first = first
        self.isAlone = isAlone
        self.configuration = configuration
    }

    public func load() async throws { try await first.load() }

    public func likelyPhrases(in conversation: Conversation) -> [String] { first.likelyPhrases(in: conversation) }

    public func reply(to utterance: Transcript, in conversation: Conversation) -> AsyncThrowingStream<Reply, any Error>
    {
        reply(to: utterance, in: conversation, commitment: Commitment(isGiven: true))
    }

    public func reply(to utterance: Transcript, in conversation: Conversation, commitment: Commitment)
        -> AsyncThrowingStream<Reply, any Error>
    {
        .asking {
            digests.pause(in: conversation.id)
            return try await known(utterance, conversation, commitment)
        } then: { output in
            if try await answer(utterance, conversation, commitment, to: output) { return sumUpLater(conversation) }
            for try await reply in first.reply(to: utterance, in: conversation, commitment: commitment) {
                output.yield(reply)
            }
        }
    }

    private func known(_ utterance: Transcript, _ conversation: Conversation, _ commitment: Commitment) async throws
        -> [Reply]?
    {
        // Where a tool has to be used, nobody else may answer.
        if isAlone || choice != .automatic, !utterance.isEmpty { return nil }
        return try await first.knownReply(to: utterance, in: conversation, commitment: commitment)
    }

    /// - Returns: whether a model has answered.
    private func answer(
        _ utterance: Transcript, _ conversation: Conversation, _ commitment: Commitment,
        to output: AsyncThrowingStream<Reply, any Error>.Continuation
    ) async throws -> Bool {
        let gap = StopGap(configuration.patience, configuration.stopGap, output)
        defer { gap.end() }
        for endpoint in endpoints {
            var exchange = ModelExchange(
                endpoint, configuration, tools: first.tools + ownTools, messages: messages(utterance, conversation),
                in: conversation, commitment: commitment, output: output, onText: { gap.end() })
            if choice != .automatic { exchange.has(toUse: ownTools, choice) }
            do {
                try await exchange.run()
                if exchange.hasBegun { return true }
            } catch {
                try Task.checkCancellation()
                guard exchange.hasBegun else { continue }
                exchange.breakOff()
                return true
            }
        }
        return false
    }

    public func instructed(_ instructions: String, tools: [any LanguageModelTool], choice: ToolChoice)
        -> any Responder
    {
        var responder = self
        if !instructions.isEmpty { responder.configuration.instructions += "\n" + instructions }
        responder.ownTools = tools
        responder.choice = tools.isEmpty ? .automatic : choice
        return responder
    }

    /// Says something when a model takes its time, once.
    private final class StopGap: Sendable {
        private let task: Task<Void, Never>?

        init(_ seconds: Double?, _ words: String, _ output: AsyncThrowingStream<Reply, any Error>.Continuation) {
            task = seconds.map { seconds in
                Task {
                    guard (try? await Task.sleep(for: .seconds(seconds))) != nil else { return }
                    output.yield(Reply(words + " "))
                }
            }
        }

        func end() { task?.cancel() }
    }
}

/// Takes out of a text what is written for the eye: emphasis, headings, code.
struct SpokenMarkup {
    /// Whether the next character begins a line.
    private var isLineStart = true

    mutating func clean(_ piece: String) -> String {
        var text = ""
        for character in piece {
            let startsLine = isLineStart
            isLineStart = character.isNewline || (startsLine && character.isWhitespace)
            switch character {
            case "*", "`", "_", "#": continue
            case "-" where startsLine, "\u{2022}" where startsLine, ">" where startsLine: continue
            case _ where character.isNewline: text.append(" ")
            default: text.append(character)
            }
        }
        return text
    }
}

extension BuiltInResponder: SelectiveResponder {
    public func knownReply(to utterance: Transcript, in conversation: Conversation, commitment: Commitment) async throws
        -> [Reply]?
    {
        let words = Utterance(utterance.text)
        guard utterance.isEmpty || skilled(words, conversation) != nil else { return nil }
        var replies: [Reply] = []
        for try await reply in reply(to: utterance, in: conversation) { replies.append(reply) }
        return replies
    }
}

extension DialogResponder: SelectiveResponder {
    public func knownReply(to utterance: Transcript, in conversation: Conversation, commitment: Commitment) async throws
        -> [Reply]?
    {
        guard let engine = loadedEngine else {
            throw RiposteError(.engineFailed, .dialog, "The project is not loaded yet.")
        }
        let turn = try await engine.respond(to: utterance, in: conversation) { try await commitment.wait() }
        return turn.isDeclined ? nil : turn.replies(expecting: engine.expectation(after: turn))
    }

    public var tools: [any LanguageModelTool] { loadedEngine?.skills.tools ?? [] }
}
