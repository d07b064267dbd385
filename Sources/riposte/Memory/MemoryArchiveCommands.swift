import ArgumentParser
import Foundation
import RiposteCore
import RiposteMemory

extension MemoryCommand {
    struct Export: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Writes conversations as lines of JSON; a server may go on using the file meanwhile.")

        @OptionGroup var store: Store

        @Option(
            name: .shortAndLong,
            help: ArgumentHelp(
                "Write them to this file, which is there when all are in it, and not before. Default: the standard output.",
                valueName: "file"))
        var output: String?

        func run() async throws {
            let memory = try store.open()
            guard let output else {
                _ = try await ConversationArchive.write(memory, of: store.user) { data in
                    try FileHandle.standardOutput.write(contentsOf: data)
                }
                return
            }
            let file = try WholeFile(URL(fileURLWithPath: output))
            let count = try await ConversationArchive.write(memory, of: store.user) { try file.write($0) }
            try file.finish()
            print("\(count) conversations are in \(output).")
        }
    }

    struct Import: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Takes conversations from lines of JSON that export wrote: all of them, or none.")

        @Argument(help: "The file, which is made where there is none, or the address of the database.")
        var place: String

        @Argument(help: "What export wrote.")
        var archive: String

        @Flag(help: "Replace conversations that are there already.")
        var replace = false

        func run() async throws {
            guard FileManager.default.fileExists(atPath: archive) else {
                throw RiposteError(.badInput, .configuration, "There is no file \(archive).")
            }
            let memory = try MemoryPlace(place).open()
            let count = try await ConversationArchive.restore(
                URL(fileURLWithPath: archive), into: memory, replaces: replace)
            print("\(count) conversations were taken.")
        }
    }

    struct Prune: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Forgets the conversations that nobody has gone on with for long.",
            discussion: "One in which something is to ring stays until that is as long ago.")

        @OptionGroup var store: Store

        @Option(help: ArgumentHelp("How long, as 30d, 12h or 90m.", valueName: "period"))
        var olderThan: RetentionPeriod

        @Flag(help: "Only say which.")
        var dryRun = false

        func validate() throws {
            guard store.user == nil else { throw ValidationError("--user is for list, export and forget.") }
        }

        func run() async throws {
            let (memory, date) = (try store.open(), olderThan.start())
            let names =
                dryRun
                ? try await memory.idle(since: date).map(\.id)
                : try await memory.forget(idleSince: date)
            for name in names.sorted() { print(name) }
        }
    }
}
