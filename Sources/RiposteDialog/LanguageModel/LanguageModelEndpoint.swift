import Foundation
import RiposteCore

/// Where a language model answers: an endpoint that speaks OpenAI's chat protocol, as Ollama, llama.cpp, vLLM and the
/// cloud do.
public struct LanguageModelEndpoint: Sendable, Equatable {
    /// Up to the version, as "http://localhost:11434/v1".
    public var url: URL
    /// The name of the model there.
    public var model: String
    /// nil: none is wanted.
    public var key: String?

    public init(url: URL, model: String, key: String? = nil) {
        self.url = url
        self.model = model
        self.key = key
    }

    /// The answer as it comes.
    /// - Throws: as `HTTPStream`; `.engineFailed` where the answer is not of the protocol.
    func completion(_ request: CompletionRequest, limits: HTTPStream.Limits)
        -> AsyncThrowingStream<CompletionPiece, any Error>
    {
        AsyncThrowingStream { output in
            let task = Task {
                do {
                    let headers = key.map { ["Authorization": "Bearer \($0)"] } ?? [:]
                    // In one order, so that a server knows the beginning of a prompt again that it has read before.
                    let encoder = JSONEncoder()
                    encoder.outputFormatting = .sortedKeys
                    let stream = HTTPStream(
                        url.appendingPathComponent("chat/completions"),
                        json: try encoder.encode(Body(model: model, request)), headers: headers, limits: limits)
                    var reader = CompletionReader()
                    var (events, last) = (0, ContinuousClock.now)
                    for try await data in stream.pieces() {
                        for text in try reader.read(data) { output.yield(.text(text)) }
                        if reader.isDone { break }
                        // Bytes that trickle in and make no event are no sign of life.
                        let patience = events == 0 ? limits.first : limits.idle
                        if reader.eventCount > events {
                            (events, last) = (reader.eventCount, .now)
                        } else if ContinuousClock.now - last > .seconds(patience) {
                            throw RiposteError(.timedOut, .dialog, "The language model took too long to answer.")
                        }
                    }
                    for text in try reader.finish() { output.yield(.text(text)) }
                    for call in reader.toolCalls { output.yield(.call(call)) }
                    output.finish()
                } catch {
                    output.finish(throwing: error)
                }
            }
            output.onTermination = { _ in task.cancel() }
        }
    }

    /// As the protocol calls it.
    private struct Body: Encodable {
        var model: String
        var messages: [LanguageModelMessage]
        var stream = true
        var temperature: Double
        var maxTokens: Int
        var tools: [ToolDescription]?
        var toolChoice: Choice?

        /// A word, or the function.
        enum Choice: Encodable {
            case required
            case function(String)

            private struct Function: Encodable {
                struct Name: Encodable { var name: String }
                var type = "function"
                var function: Name
            }

            func encode(to encoder: any Encoder) throws {
                switch self {
                case .required: try "required".encode(to: encoder)
                case .function(let name): try Function(function: .init(name: name)).encode(to: encoder)
                }
            }
        }

        init(model: String, _ request: CompletionRequest) {
            self.model = model
            messages = request.messages
            temperature = request.temperature
            maxTokens = request.longest
            // An empty list is an error to some servers.
            tools = request.tools.isEmpty ? nil : request.tools.map(ToolDescription.init)
            switch request.choice {
            case .required where !request.tools.isEmpty: toolChoice = .required
            case .tool(let name) where !request.tools.isEmpty: toolChoice = .function(name)
            default: break
            }
        }

        enum CodingKeys: String, CodingKey {
            case model, messages, stream, temperature, tools
            case maxTokens = "max_tokens"
            case toolChoice = "tool_choice"
        }
    }
}

/// What a language model is asked.
struct CompletionRequest: Sendable {
    var messages: [LanguageModelMessage]
    var temperature: Double
    /// In tokens.
    var longest: Int
    var tools: [ToolSummary] = []
    var choice = ToolChoice.automatic
}

/// What comes of it.
enum CompletionPiece: Sendable, Equatable {
    /// To be said.
    case text(String)
    /// To be done, at the end of the answer.
    case call(ToolCall)
}

/// A message to or from a language model.
struct LanguageModelMessage: Sendable, Equatable, Encodable {
    var role: String
    var content: String
    /// What the assistant has asked for.
    var toolCalls: [ToolCall]?
    /// Of a tool's answer: to which call it belongs.
    var toolCallID: String?

    init(role: String, content: String, toolCalls: [ToolCall]? = nil, toolCallID: String? = nil) {
        self.role = role
        self.content = content
        self.toolCalls = toolCalls
        self.toolCallID = toolCallID
    }

    enum CodingKeys: String, CodingKey {
        case role, content
        case toolCalls = "tool_calls"
        case toolCallID = "tool_call_id"
    }
}
