import Foundation
import RiposteCore

/// What a language model asks for, as OpenAI's chat protocol writes it.
struct ToolCall: Sendable, Equatable, Codable {
    struct Function: Sendable, Equatable, Codable {
        var name: String
        /// A JSON object in a text.
        var arguments: String
    }

    var id: String
    var type = "function"
    var function: Function

    init(id: String, name: String, arguments: String) {
        self.id = id
        function = Function(name: name, arguments: arguments)
    }

    /// The sentence that is asked for; nil where there is none in the arguments.
    var request: String? {
        let arguments = try? JSONDecoder().decode([String: SlotText].self, from: Data(function.arguments.utf8))
        // Models mistake the name of an only argument.
        guard let arguments else { return nil }
        let text = arguments["request"]?.text ?? arguments.values.compactMap(\.text).max { $0.count < $1.count }
        return text.flatMap { $0.isEmpty ? nil : $0 }
    }

    /// A text, or anything else.
    private struct SlotText: Decodable {
        var text: String?

        init(from decoder: any Decoder) throws { text = try? decoder.singleValueContainer().decode(String.self) }
    }
}

/// A tool as the protocol describes it: a function with one argument, or those that it names.
struct ToolDescription: Sendable, Encodable {
    private struct Function: Encodable {
        var name: String
        var description: String
        var parameters: Parameters
    }

    private enum Parameters: Encodable {
        case sentence
        case own(SlotValue)

        func encode(to encoder: any Encoder) throws {
            switch self {
            case .sentence: try Sentence().encode(to: encoder)
            case .own(let schema): try schema.encode(to: encoder)
            }
        }
    }

    private struct Sentence: Encodable {
        struct Property: Encodable {
            var type = "string"
            var description: String
        }
        var type = "object"
        var properties = ["request": Property(description: "What is wanted, as a person would say it.")]
        var required = ["request"]
    }

    private var type = "function"
    private var function: Function

    init(_ summary: ToolSummary) {
        let example = summary.example.isEmpty ? "" : " For example: \(summary.example)"
        function = Function(
            name: summary.name, description: summary.purpose + example,
            parameters: summary.parameters.map { Parameters.own($0) } ?? .sentence)
    }
}
