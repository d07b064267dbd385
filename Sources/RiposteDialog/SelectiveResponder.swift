import RiposteCore

/// The role of a responder that knows what it does not know.
public protocol SelectiveResponder: Responder {
    /// The answer; nil where somebody else had better answer. What cannot be undone waits for the commitment.
    func knownReply(to utterance: Transcript, in conversation: Conversation, commitment: Commitment) async throws
        -> [Reply]?

    /// What a language model may have done by it. None by default.
    var tools: [any LanguageModelTool] { get }
}

extension SelectiveResponder {
    public var tools: [any LanguageModelTool] { [] }
}

extension AsyncThrowingStream where Element == Reply, Failure == any Error {
    /// An answer that is written while it is taken; whoever stops taking it ends the work on it.
    static func written(by work: @escaping @Sendable (Continuation) async throws -> Void) -> Self {
        AsyncThrowingStream { output in
            let task = Task {
                do {
                    try await work(output)
                    output.finish()
                } catch {
                    output.finish(throwing: error)
                }
            }
            output.onTermination = { _ in task.cancel() }
        }
    }

    /// What one knows; where that is nothing, what the other writes.
    static func asking(
        _ first: @escaping @Sendable () async throws -> [Reply]?,
        then other: @escaping @Sendable (Continuation) async throws -> Void
    ) -> Self {
        written { output in
            guard let known = try await first() else { return try await other(output) }
            for reply in known { output.yield(reply) }
        }
    }
}
