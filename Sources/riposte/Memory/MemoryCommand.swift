import ArgumentParser
import Foundation
import RiposteCore
import RiposteMemory

/// What is kept of conversations.
struct MemoryCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "memory", abstract: "Lists, exports and forgets the conversations that a file keeps (--memory).",
        subcommands: [List.self, Export.self, Import.self, Forget.self, Prune.self], defaultSubcommand: List.self)

    struct Store: ParsableArguments {
        @Argument(help: "The file.")
        var file: String

        @Option(help: "Only those with this user.")
        var user: String?

        func open() throws -> SQLiteConversationStore {
            guard FileManager.default.fileExists(atPath: file) else {
                throw RiposteError(.badInput, .configuration, "There is no file \(file).")
            }
            return try SQLiteConversationStore(URL(fileURLWithPath: file))
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
            if let conversation { try await memory.forget(conversation: conversation) }
            if let user = store.user { try await memory.forget(user: user) }
        }
    }
}
