import ArgumentParser
import Foundation
import RiposteCore

/// Where a conversation is kept; the same for every command that converses.
struct MemoryOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "Keep the conversation in this file, or at postgresql://user@host/database, and go on with it the next time.",
            discussion: "Default: RIPOSTE_MEMORY of the environment."))
    var memory: String?

    @Option(help: ArgumentHelp("Which conversation of the file.", valueName: "name"))
    var conversation = "default"

    @Option(
        help: ArgumentHelp(
            "Whom the conversation is with; by this name it can be found and forgotten.", valueName: "name"))
    var user = ""

    func validate() throws {
        guard !conversation.isEmpty else { throw ValidationError("--conversation takes a name.") }
    }

    /// nil: nothing is kept.
    func writer() throws -> ConversationWriter? {
        guard let place = MemoryPlace.named(memory) else { return nil }
        return ConversationWriter(store: try place.open(), id: conversation, user: user)
    }
}
