import ArgumentParser
import Foundation
import RiposteCore

/// What is kept of conversations.
struct MemoryCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "memory",
        abstract: "Lists, exports and forgets the conversations that a file or a database keeps (--memory).",
        subcommands: [List.self, Export.self, Import.self, Forget.self, Prune.self], defaultSubcommand: List.self)

    struct Store: ParsableArguments {
        @Argument(help: "The file, or the address of the database. Default: RIPOSTE_MEMORY of the environment.")
        var place: String?

        @Option(help: "Only those with this user.")
        var user: String?

        func validate() throws {
            guard MemoryPlace.named(place) != nil else { throw ValidationError("Name a file or a database.") }
        }

        func open() throws -> any ConversationStore {
            guard let named = MemoryPlace.named(place) else { throw ValidationError("Name a file or a database.") }
            if case .file(let file) = named, !FileManager.default.fileExists(atPath: file) {
                throw RiposteError(.badInput, .configuration, "There is no file \(file).")
            }
            return try named.open()
        }
    }

    struct List: AsyncParsableCommand {
        static let configuration = CommandConfiguration(abstract: "Lists conversations, the latest first.")

        @OptionGroup var store: Store

        func run() async throws {
            for summary in try await store.open().conversations(of: store.user) {
                let user = summary.user.isEmpty ? "-" : summary.user
                print("\(summary.id)\t\(user)\t\(summary.lastActive.ISO8601Format())")
            }
        }
    }

    struct Forget: AsyncParsableCommand {
        static let configuration = CommandConfiguration(abstract: "Forgets a conversation, or all of a user.")

        @OptionGroup var store: Store

        @Option(help: "The conversation.")
        var conversation: String?

        func validate() throws {
            guard (conversation == nil) != (store.user == nil) else {
                throw ValidationError("Say either --conversation or --user.")
            }
        }

        func run() async throws {
            let memory = try store.open()
            var count = 0
            if let conversation { count += try await memory.forget(conversation: conversation) ? 1 : 0 }
            if let user = store.user { count += try await memory.forget(user: user) }
            print("\(count) conversations are forgotten.")
        }
    }
}
