import RiposteCore

/// The role of whatever understands an utterance: which intent, and what is named in it.
public protocol Understanding: Sendable {
    /// Loads and warms whatever is needed. Calling it again does nothing.
    func load() async throws

    /// Understands one utterance. Free of side effects.
    ///
    /// - Parameter expected: Names of entities that the dialog waits for just now; a bare value ("large") is taken for
    ///   one of these first. May be empty.
    func parse(_ utterance: Transcript, expecting expected: [String]) async throws -> ParsedMessage
}

extension Understanding {
    public func load() async throws {}
}
