import RiposteCore

/// What the project understands, apart from any conversation.
extension DialogResponder: Understanding {
    /// - Throws: `.engineFailed` before `load()`; what understanding throws.
    public func parse(_ utterance: Transcript, expecting expected: [String]) async throws -> ParsedMessage {
        guard let engine = loadedEngine else {
            throw RiposteError(.engineFailed, .dialog, "The project is not loaded yet.")
        }
        if let message = PayloadMessage.message(utterance.text, domain: engine.domain) { return message }
        return engine.project.settings.judged(try await engine.understanding.parse(utterance, expecting: expected))
    }
}
