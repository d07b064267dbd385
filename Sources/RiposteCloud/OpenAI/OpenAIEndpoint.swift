import Foundation
import RiposteCore
import RiposteDialog

/// A server that speaks OpenAI's audio routes: OpenAI's own, one in the house, or `riposte serve`.
public struct OpenAIEndpoint: Sendable, Equatable {
    /// Up to the version, as "https://api.openai.com/v1".
    public var url: URL
    /// The name of the model there; nil leaves it to the engine's default.
    public var model: String?
    /// Shown as a bearer token; nil: none is wanted. It is in no description, error or trace.
    public var key: String?

    /// OpenAI's own.
    public static let standardURL = URL(string: "https://api.openai.com/v1") ?? URL(filePath: "/")

    /// - Parameter url: of http or https.
    public init(url: URL, model: String? = nil, key: String? = nil) {
        self.url = url
        self.model = model
        self.key = key
    }

    /// What errors and traces call it.
    var host: String { url.host() ?? "the server" }

    func request(_ path: String, method: String = "POST", body: Data? = nil, type: String? = nil) -> HTTPRequest {
        var request = HTTPRequest(url.appendingPathComponent(path), method: method, body: body)
        if let type { request.headers["Content-Type"] = type }
        if let key { request.headers["Authorization"] = "Bearer \(key)" }
        return request
    }

    /// Asks for the list of models, which costs nothing.
    /// - Throws: as the engines.
    func probe(_ stage: RiposteError.Stage) async throws {
        let limits = HTTPStream.Limits(first: 5, idle: 5, total: 10)
        do {
            _ = try await HTTPStream(request("models", method: "GET"), limits: limits, stage: stage).whole()
        } catch {
            throw explained(error, stage)
        }
    }

    /// What a status means, in words; other errors as they are.
    func explained(_ error: any Error, _ stage: RiposteError.Stage) -> any Error {
        guard let error = error as? RiposteError, let status = error.httpStatus else { return error }
        let (code, words): (RiposteError.Code, String) =
            switch status {
            case 401, 403:
                (
                    .badInput,
                    key == nil ? "\(host) wants a key." : "\(host) refuses the key: it is wrong or has expired."
                )
            case 404: (.badInput, "\(host) has no such route or model (\(model ?? "its default")).")
            case 400, 413, 415, 422: (.badInput, "\(host) does not take the request (status \(status)).")
            case 429: (.network, "\(host) takes no more requests now, or the account is used up.")
            default: (.network, "\(host) failed (status \(status)).")
            }
        let isOfOneRequest = [400, 413, 415, 422].contains(status)
        return RiposteError(
            code, stage, words,
            underlying: isOfOneRequest ? RequestRefusal(reason: error.underlying) : error.underlying)
    }
}

extension OpenAIEndpoint: CustomStringConvertible, CustomDebugStringConvertible {
    public var description: String { url.absoluteString + (model.map { "#\($0)" } ?? "") }
    public var debugDescription: String { description }
}
