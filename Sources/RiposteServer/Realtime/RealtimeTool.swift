import Foundation
import RiposteCore
import RiposteDialog
import Synchronization

/// A function of the client's, which a language model may have called.
struct RealtimeTool: Sendable, Equatable {
    let name: String
    let purpose: String
    /// A JSON schema of its arguments.
    let parameters: JSONValue

    /// So many a client may have.
    private static let mostTools = 64

    /// - Throws: `.badInput` for what is no list of functions.
    static func list(_ asked: JSONValue) throws -> [RealtimeTool] {
        guard let list = asked.array, list.count <= mostTools else {
            throw RiposteError(.badInput, .configuration, "'session.tools' takes a list of at most \(mostTools).")
        }
        let tools = try list.map(RealtimeTool.init)
        guard Set(tools.map(\.name)).count == tools.count else {
            throw RiposteError(.badInput, .configuration, "Two of 'session.tools' have the same name.")
        }
        return tools
    }

    private init(_ asked: JSONValue) throws {
        guard asked["type"]?.string == "function", let name = asked["name"]?.string,
            name.wholeMatch(of: /[A-Za-z0-9_-]{1,64}/) != nil
        else {
            throw RiposteError(
                .badInput, .configuration,
                "Each of 'session.tools' has to be a function with a name of letters, digits, _ and -.")
        }
        self.name = name
        purpose = asked["description"]?.string ?? ""
        parameters = asked["parameters"] ?? ["type": "object", "properties": [:]]
        guard case .object = parameters else {
            throw RiposteError(.badInput, .configuration, "'parameters' of \(name) has to be an object.")
        }
    }

    var described: JSONValue {
        ["type": "function", "name": .string(name), "description": .string(purpose), "parameters": parameters]
    }
}

/// A client's function as a language model's tool: the client is asked, and its answer waited for.
struct RealtimeToolCaller: LanguageModelTool {
    let tool: RealtimeTool
    /// Has the client call the function. Throws when it does not.
    let call: @Sendable (_ name: String, _ arguments: String) async throws -> String

    var summary: ToolSummary {
        let schema = try? JSONDecoder().decode(SlotValue.self, from: Data(tool.parameters.text.utf8))
        return ToolSummary(
            name: tool.name, purpose: tool.purpose, example: "",
            parameters: schema ?? .object(["type": .text("object")]))
    }

    func run(_ request: String, in conversation: Conversation, commitment: Commitment) async throws -> SkillAnswer? {
        // What the client does cannot be undone: it is not asked at a pause. That the user goes on in the moment after the
        // end of a turn is borne, as by others who speak this protocol.
        if let speculation = Speculation.current { try await speculation.wait() } else { try await commitment.wait() }
        return SkillAnswer(try await call(tool.name, request))
    }
}

/// Who answers a Realtime client: the persona, told what the client has said about it as far as it lets itself be told.
/// That can change between two answers.
final class RealtimeResponder: Responder {
    private let persona: any Responder
    private let present: Mutex<any Responder>

    init(_ persona: any Responder) {
        self.persona = persona
        present = Mutex(persona)
    }

    private var current: any Responder { present.withLock { $0 } }

    /// Whether instructions and tools change anything.
    var isInstructible: Bool { persona is any InstructibleResponder }

    func instruct(
        _ instructions: String, tools: [any LanguageModelTool], choice: RealtimeSettings.FunctionChoice = .auto
    ) {
        guard let persona = persona as? any InstructibleResponder else { return }
        let known: ToolChoice =
            switch choice {
            case .auto, .none: .automatic
            case .required: .required
            case .function(let name): .tool(name)
            }
        present.withLock { $0 = persona.instructed(instructions, tools: tools, choice: known) }
    }

    func load() async throws { try await persona.load() }

    func reply(to utterance: Transcript, in conversation: Conversation) -> AsyncThrowingStream<Reply, any Error> {
        current.reply(to: utterance, in: conversation)
    }

    func reply(to utterance: Transcript, in conversation: Conversation, commitment: Commitment)
        -> AsyncThrowingStream<Reply, any Error>
    {
        current.reply(to: utterance, in: conversation, commitment: commitment)
    }

    func likelyPhrases(in conversation: Conversation) -> [String] { current.likelyPhrases(in: conversation) }
}
