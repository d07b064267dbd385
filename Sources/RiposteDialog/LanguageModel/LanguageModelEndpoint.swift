import Foundation

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

    /// The answer in pieces of text, as they come.
    /// - Throws: as `HTTPStream`; `.engineFailed` where the answer is not of the protocol.
    func completion(_ messages: [LanguageModelMessage], temperature: Double, longest: Int, limits: HTTPStream.Limits)
        -> AsyncThrowingStream<String, any Error>
    {
        AsyncThrowingStream { output in
            let task = Task {
                do {
                    let body = Body(
                        model: model, messages: messages, stream: true, temperature: temperature, maxTokens: longest)
                    let headers = key.map { ["Authorization": "Bearer \($0)"] } ?? [:]
                    let stream = HTTPStream(
                        url.appendingPathComponent("chat/completions"), json: try JSONEncoder().encode(body),
                        headers: headers, limits: limits)
                    var reader = CompletionReader()
                    for try await data in stream.pieces() {
                        for text in try reader.read(data) { output.yield(text) }
                        if reader.isDone { break }
                    }
                    for text in try reader.finish() { output.yield(text) }
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
        var stream: Bool
        var temperature: Double
        var maxTokens: Int

        enum CodingKeys: String, CodingKey {
            case model, messages, stream, temperature
            case maxTokens = "max_tokens"
        }
    }
}

/// A message to or from a language model.
struct LanguageModelMessage: Sendable, Equatable, Codable {
    var role: String
    var content: String
}
