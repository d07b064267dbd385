import Foundation
import RiposteCore
import Synchronization

/// A home that is run by Home Assistant, reached through its conversation API.
public final class HomeAssistant: Sendable {
    public struct Configuration: Sendable {
        /// As "http://homeassistant.local:8123".
        public var url: URL
        /// A long-lived access token, made on the user's profile page there.
        public var token: String
        /// The language of what is said. Default: "en".
        public var language = "en"
        /// Which of its agents answers; nil: the one it has chosen.
        public var agent: String?
        /// Seconds until its answer. Default: 5.
        public var timeout = 5.0
        /// Bytes of an answer. Default: 1 MB.
        public var longest = 1_000_000

        public init(url: URL, token: String) {
            self.url = url
            self.token = token
        }
    }

    /// What came of a sentence.
    public enum Outcome: Sendable, Equatable {
        /// It was done, or answered, or could not be done for a reason that is said.
        case answered(String)
        /// It was not understood: it may be about something else.
        case notUnderstood
    }

    private let configuration: Configuration
    /// Its own names for conversations, by ours.
    private let conversations = Mutex([String: String]())

    public init(_ configuration: Configuration) { self.configuration = configuration }

    /// Has a sentence carried out. What it does cannot be undone.
    /// - Parameter conversation: the name of the conversation it belongs to.
    /// - Throws: `.network` where it cannot be reached or refuses the token; `.timedOut`; `.engineFailed` for an answer
    ///   that is not of its API.
    public func process(_ text: String, in conversation: String) async throws -> Outcome {
        let call = Call(
            text: text, language: configuration.language, agent: configuration.agent,
            conversation: conversations.withLock { $0[conversation] })
        let seconds = configuration.timeout
        let stream = HTTPStream(
            configuration.url.appending(path: "api/conversation/process"), json: try JSONEncoder().encode(call),
            headers: ["Authorization": "Bearer \(configuration.token)"],
            limits: .init(first: seconds, idle: seconds, total: seconds, length: configuration.longest))
        let data: Data
        do {
            data = try await stream.whole()
        } catch let error as RiposteError where [401, 403].contains(error.httpStatus ?? 0) {
            throw RiposteError(.network, .dialog, "Home Assistant does not accept the token.", underlying: error)
        }
        guard let answer = try? JSONDecoder().decode(Answer.self, from: data) else {
            throw RiposteError(.engineFailed, .dialog, "The answer of Home Assistant is not understood.")
        }
        if let id = answer.conversation { conversations.withLock { $0[conversation] = id } }
        if answer.response.kind == "error", answer.response.data?.code == "no_intent_match" { return .notUnderstood }
        let speech = answer.response.speech?.plain?.speech?.trimmingCharacters(in: .whitespacesAndNewlines) ?? ""
        return .answered(speech.isEmpty ? answer.response.kind == "error" ? "That didn't work." : "Okay." : speech)
    }

    /// In the names of the API.
    private struct Call: Encodable {
        var text: String
        var language: String
        var agent: String?
        var conversation: String?

        enum CodingKeys: String, CodingKey {
            case text, language
            case agent = "agent_id"
            case conversation = "conversation_id"
        }
    }

    private struct Answer: Decodable {
        struct Response: Decodable {
            struct Details: Decodable { var code: String? }
            struct Speech: Decodable {
                struct Plain: Decodable { var speech: String? }
                var plain: Plain?
            }
            var kind: String
            var data: Details?
            var speech: Speech?

            enum CodingKeys: String, CodingKey {
                case data, speech
                case kind = "response_type"
            }
        }
        var response: Response
        var conversation: String?

        enum CodingKeys: String, CodingKey {
            case response
            case conversation = "conversation_id"
        }
    }
}
