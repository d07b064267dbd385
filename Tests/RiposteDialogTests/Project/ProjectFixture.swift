import Foundation
import RiposteCore
import RiposteTesting

@testable import RiposteDialog

/// A project written into a folder of its own, and a conversation with it.
final class ProjectFixture {
    let folder: URL
    var conversation = Conversation(now: DialogFixture.now)
    private(set) var engine: DialogEngine?
    var actions: (any ActionRunner)?

    /// - Parameter files: by their paths from the project's folder.
    init(_ files: [String: String]) throws {
        folder = try TestResources.temporaryFolder()
        for (name, text) in files { try write(text, to: name) }
    }

    deinit { try? FileManager.default.removeItem(at: folder) }

    func write(_ text: String, to name: String) throws {
        let file = folder.appendingPathComponent(name)
        try FileManager.default.createDirectory(at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
        try Data(text.utf8).write(to: file)
    }

    func project() throws -> DialogProject { try DialogProject(reading: folder) }

    /// What is said to be wrong with the project; empty when nothing is.
    func problem() -> String {
        do {
            _ = try project()
            return ""
        } catch {
            return "\(error)"
        }
    }

    /// Answers as `chat` does; effects are carried out.
    @discardableResult
    func say(_ text: String, confidence: Double = 1, words: [Transcript.Word] = []) async throws -> String {
        let engine = try self.engine ?? load()
        conversation.now += 5
        let turn = try await engine.respond(
            to: Transcript(text: text, confidence: confidence, words: words), in: conversation)
        let replies = turn.replies(expecting: engine.expectation(after: turn))
        let answer = replies.map(\.text).joined()
        for reply in replies {
            for effect in reply.effects { conversation.apply(effect) }
            conversation.expectation = reply.expectation
        }
        conversation.turns.append(.init(user: text, assistant: answer))
        return answer
    }

    func load() throws -> DialogEngine {
        let project = try project()
        let engine = DialogEngine(
            project, understanding: KeywordUnderstanding(project.training), skills: DialogFixture.responder,
            actions: actions)
        self.engine = engine
        return engine
    }

    /// The actions of the latest turn, without the waiting.
    var lastActions: [String] {
        let actions = conversation.tracker.decisions.map(\.action)
        let end = actions.last == Tracker.listen ? actions.dropLast() : actions[...]
        return Array(end.suffix(while: { $0 != Tracker.listen }))
    }
}

extension Sequence {
    func suffix(while holds: (Element) -> Bool) -> [Element] { Array(reversed().prefix(while: holds).reversed()) }
}
