import Foundation
import RiposteCore
import Synchronization

/// Answers as a project says (``DialogProject``): by rules, stories and forms, and by the built-in skills what it leaves
/// open.
///
///     let project = try DialogProject(reading: folder)
///     let responder = DialogResponder(folder: folder, understanding: { project in try await train(project) })
///     try await responder.load()
///
/// A project that changes while it runs is read anew (``refresh()``); one that has become wrong goes on as it was.
public final class DialogResponder: Responder {
    public struct Configuration: Sendable {
        /// What responses with a channel are chosen by. Default: "voice".
        public var channel = "voice"
        /// Where the user is; the machine's own by default.
        public var timeZone = TimeZone.autoupdatingCurrent
        /// Words less certain than this are asked back about, 0–1. Default: 0.5, which on 600 spoken orders, clean and in
        /// noise, loses as few turns as any (`riposte bench orders --ask-back`; from 0.4 to 0.6 they are the same).
        public var unsure = 0.5
        /// What is said while an action of the project waits for the turn to be certain.
        public var stopGap = "One moment."
        /// Carries out the project's own actions; nil takes the server that its `endpoints.yml` names.
        public var actions: (any ActionRunner)?

        public init() {}
    }

    /// Makes of a project what understands its users.
    public typealias Training = @Sendable (DialogProject) async throws -> any Understanding

    private struct State {
        var engine: DialogEngine?
        var fingerprint: ProjectFingerprint?
    }

    public let folder: URL
    private let configuration: Configuration
    private let training: Training
    private let state = Mutex(State())

    /// - Parameter understanding: is asked once for each version of the project.
    public init(folder: URL, configuration: Configuration = .init(), understanding: @escaping Training) {
        self.folder = folder
        self.configuration = configuration
        training = understanding
    }

    /// Reads the project and trains what understands it.
    /// - Throws: `.badInput` for a project that is wrong, with file and line; what training throws.
    public func load() async throws {
        if state.withLock({ $0.engine != nil }) { return }
        try await read()
    }

    /// The project as it was read last; nil before `load()`.
    public var project: DialogProject? { loadedEngine?.project }

    var loadedEngine: DialogEngine? { state.withLock { $0.engine } }

    private func read() async throws {
        let fingerprint = ProjectFingerprint(folder)
        state.withLock { $0.fingerprint = fingerprint }
        let project = try DialogProject(reading: folder)
        let understanding = try await training(project)
        try await understanding.load()
        var settings = DialogEngine.Configuration()
        settings.channel = configuration.channel
        settings.unsure = configuration.unsure
        let skills = BuiltInResponder(.init(timeZone: configuration.timeZone))
        let actions = configuration.actions ?? project.actionEndpoint.map { ActionServer($0) }
        let engine = DialogEngine(
            project, understanding: understanding, skills: skills, actions: actions, configuration: settings)
        state.withLock { $0.engine = engine }
    }

    /// Reads the project anew if its files have changed since.
    /// - Returns: whether it did.
    /// - Throws: as `load()`; the conversation then goes on with the project as it was.
    @discardableResult
    public func refresh() async throws -> Bool {
        let now = ProjectFingerprint(folder)
        guard state.withLock({ $0.fingerprint != now }) else { return false }
        try await read()
        return true
    }

    public func reply(to utterance: Transcript, in conversation: Conversation) -> AsyncThrowingStream<Reply, any Error>
    {
        reply(to: utterance, in: conversation, commitment: Commitment(isGiven: true))
    }

    public func reply(to utterance: Transcript, in conversation: Conversation, commitment: Commitment)
        -> AsyncThrowingStream<Reply, any Error>
    {
        let engine = loadedEngine
        let stopGap = configuration.stopGap
        return .written { output in
            guard let engine else {
                throw RiposteError(.engineFailed, .dialog, "The project is not loaded yet.")
            }
            let turn = try await engine.respond(to: utterance, in: conversation) {
                guard !commitment.isGiven else { return }
                output.yield(Reply(stopGap + " "))
                try await commitment.wait()
            }
            for reply in turn.replies(expecting: engine.expectation(after: turn)) { output.yield(reply) }
        }
    }

    public func likelyPhrases(in conversation: Conversation) -> [String] {
        loadedEngine?.vocabulary.phrases(for: conversation.tracker) ?? []
    }
}

extension DialogEngine {
    /// What the user is led to say.
    func expectation(after turn: DialogTurn) -> Expectation {
        if let question = turn.tracker.question { return question.kind == .rephrase ? .freeText : .confirmation }
        guard let name = turn.tracker.requestedSlot, turn.tracker.activeForm != nil, let slot = domain.slots[name]
        else {
            return turn.expectation
        }
        switch slot.kind {
        case .bool: return .confirmation
        case .number: return .number
        default: return slot.mappings.contains { $0.source == .text } ? .freeText : .anything
        }
    }
}

/// What a project's files looked like: whether they have changed.
struct ProjectFingerprint: Equatable, Sendable {
    private let files: [String]

    init(_ folder: URL) {
        files = ProjectReader.allFiles(in: folder).map { file in
            let attributes = try? FileManager.default.attributesOfItem(atPath: file.path)
            let date = (attributes?[.modificationDate] as? Date)?.timeIntervalSinceReferenceDate ?? 0
            return "\(file.path) \(attributes?[.size] as? Int ?? 0) \(date)"
        }
    }
}
