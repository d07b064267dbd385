import Foundation
import RiposteCore
import RiposteTesting
import Testing

@testable import RiposteMemory

/// Taking conversations out of a store and putting them into another.
@Suite struct ConversationArchiveTests {
    private let folder: URL
    private var archive: URL { folder.appending(path: "archive.jsonl") }

    init() throws { folder = try TestResources.temporaryFolder() }

    private func store(_ name: String) throws -> SQLiteConversationStore {
        try SQLiteConversationStore(folder.appending(path: name))
    }

    private func fill(_ store: SQLiteConversationStore) async throws {
        let due = Date(timeIntervalSinceReferenceDate: 900_000_000)
        for (index, user) in ["anna", "ben", "anna"].enumerated() {
            let alarm = Alarm(id: "\(index)", due: due, text: "Ring.", duration: 60)
            try await store.append(
                [
                    .effect(effect: .schedule(alarm), at: due - 60), .expectation(expectation: .confirmation),
                    .effect(effect: .remember(events: [.slot(name: "size", value: .text("large"))]), at: due - 50),
                    .effect(effect: .changeList(name: "shopping", change: .add(items: ["milk"])), at: due - 40),
                ] + (0..<250).map { .turn(turn: .init(user: "\(index) \($0)\n", assistant: "\u{201C}So\u{201D}")) },
                to: "of \(index)", user: user)
        }
    }

    private func export(_ store: SQLiteConversationStore, of user: String? = nil) async throws -> Int {
        let file = try WholeFile(archive)
        let count = try await ConversationArchive.write(store, of: user) { try file.write($0) }
        try file.finish()
        return count
    }

    @Test func whatWasTakenIsPutBackTheSame() async throws {
        defer { try? FileManager.default.removeItem(at: folder) }
        let (old, new) = (try store("old.sqlite"), try store("new.sqlite"))
        try await fill(old)
        #expect(try await export(old) == 3)
        // The other store has had entries of its own.
        try await new.append([.turn(turn: .init(user: "mine", assistant: "Yes."))], to: "other", user: "")
        #expect(try await ConversationArchive.restore(archive, into: new) == 3)
        let summaries = try await old.conversations(of: nil)
        #expect(try await new.conversations(of: nil).filter { $0.id != "other" } == summaries)
        for summary in summaries {
            let before = try #require(try await old.conversation(summary.id))
            #expect(try await new.conversation(summary.id) == before)
            // It goes on from there, also in a file that is opened again.
            try await new.append([.turn(turn: .init(user: "more", assistant: "More."))], to: summary.id, user: "")
            let after = try await store("new.sqlite").conversation(summary.id)
            #expect(after?.turns == before.turns + [.init(user: "more", assistant: "More.")])
        }
        #expect(try await new.conversation("other")?.turns.count == 1)
    }

    @Test func aStoreThatOnlyKnowsEntriesIsRestoredToo() async throws {
        defer { try? FileManager.default.removeItem(at: folder) }
        let old = try store("old.sqlite")
        try await fill(old)
        _ = try await export(old, of: "ben")
        let new = EntriesOnly()
        #expect(try await ConversationArchive.restore(archive, into: new) == 1)
        #expect(try await new.conversation("of 1") == old.conversation("of 1"))
        // Something is to ring in it.
        #expect(try await new.forget(idleSince: Date() + 1) == [])
        #expect(try await new.forget(idleSince: Date(timeIntervalSinceReferenceDate: 900_000_001)) == ["of 1"])
        #expect(await new.conversation("of 1") == nil)
    }

    @Test func anArchiveThatIsNotWholeChangesNothing() async throws {
        defer { try? FileManager.default.removeItem(at: folder) }
        let (old, new) = (try store("old.sqlite"), try store("new.sqlite"))
        try await fill(old)
        _ = try await export(old)
        let whole = try Data(contentsOf: archive)
        let lines = whole.split(separator: UInt8(ascii: "\n"))
        let newline = Data("\n".utf8)
        let newer = Data(String(decoding: whole, as: UTF8.self).replacing("\"version\":1", with: "\"version\":2").utf8)
        let damaged: [Data] = [
            Data(), Data("no archive".utf8), whole.prefix(whole.count / 2),
            Data(lines.dropLast().joined(separator: newline)),
            Data((lines.prefix(2) + lines.suffix(1)).joined(separator: newline)),
            Data((lines.prefix(2) + [Data("{}".utf8)] + lines.suffix(2)).joined(separator: newline)),
            Data((lines.prefix(2) + lines[1...1] + lines.suffix(2)).joined(separator: newline)), newer,
        ]
        for data in damaged {
            try data.write(to: archive)
            await #expect(throws: RiposteError.self) { try await ConversationArchive.restore(archive, into: new) }
            #expect(try await new.conversations(of: nil).isEmpty)
        }
        try newer.write(to: archive)
        let error = await #expect(throws: RiposteError.self) {
            try await ConversationArchive.restore(archive, into: new)
        }
        #expect(error?.message.contains("newer version") == true)
    }

    @Test func replacesOnlyWhereItMay() async throws {
        defer { try? FileManager.default.removeItem(at: folder) }
        let (old, new) = (try store("old.sqlite"), try store("new.sqlite"))
        try await fill(old)
        _ = try await export(old)
        try await new.append([.turn(turn: .init(user: "mine", assistant: "Yes."))], to: "of 1", user: "eve")
        let error = await #expect(throws: RiposteError.self) {
            try await ConversationArchive.restore(archive, into: new)
        }
        #expect(error?.message.contains("--replace") == true)
        #expect(try await new.conversations(of: nil).count == 1)
        #expect(try await ConversationArchive.restore(archive, into: new, replaces: true) == 3)
        #expect(try await new.conversation("of 1") == old.conversation("of 1"))
    }

    @Test func forgetsWhatNobodyGoesOnWith() async throws {
        defer { try? FileManager.default.removeItem(at: folder) }
        let store = try store("memory.sqlite")
        let long = Date(timeIntervalSinceNow: -40 * 86_400)
        try await store.restore(
            Conversation(id: "old", turns: [.init(user: "raspberries", assistant: "Yes.")]),
            as: ConversationSummary(id: "old", user: "anna", began: long, lastActive: long))
        try await store.append([.turn(turn: .init(user: "new", assistant: "Yes."))], to: "new", user: "anna")
        #expect(try await store.forget(idleSince: Date(timeIntervalSinceNow: -41 * 86_400)) == [])
        #expect(try await store.forget(idleSince: Date(timeIntervalSinceNow: -30 * 86_400)) == ["old"])
        #expect(try await store.conversations(of: nil).map(\.id) == ["new"])
        for name in try FileManager.default.contentsOfDirectory(atPath: folder.path) {
            let data = try Data(contentsOf: folder.appending(path: name))
            #expect(data.range(of: Data("raspberries".utf8)) == nil, "\(name)")
        }
    }

    @Test func aFileIsThereAsAWholeOrNotAtAll() throws {
        defer { try? FileManager.default.removeItem(at: folder) }
        let file = folder.appending(path: "file")
        do {
            let half = try WholeFile(file)
            try half.write(Data("half".utf8))
        }
        #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path).isEmpty)
        for text in ["whole", "another"] {
            let whole = try WholeFile(file)
            try whole.write(Data(text.utf8))
            #expect(text == "whole" ? !FileManager.default.fileExists(atPath: file.path) : true)
            try whole.finish()
            #expect(try String(contentsOf: file, encoding: .utf8) == text)
        }
        #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path) == ["file"])
        let rights = try FileManager.default.attributesOfItem(atPath: file.path)[.posixPermissions] as? Int
        #expect(rights == 0o600)
        #expect(throws: RiposteError.self) { try WholeFile(folder.appending(path: "nowhere/file")) }
    }

    /// A back-up that goes to another disk by a link has to arrive there, and a device has to stay one.
    @Test func aLinkIsFollowedAndADeviceStaysOne() throws {
        defer { try? FileManager.default.removeItem(at: folder) }
        let (link, target) = (folder.appending(path: "link"), folder.appending(path: "elsewhere"))
        try Data("old".utf8).write(to: target)
        try FileManager.default.createSymbolicLink(at: link, withDestinationURL: target)
        let linked = try WholeFile(link)
        try linked.write(Data("new".utf8))
        try linked.finish()
        #expect(try String(contentsOf: target, encoding: .utf8) == "new")
        #expect(try FileManager.default.destinationOfSymbolicLink(atPath: link.path) == target.path)
        let device = folder.appending(path: "device")
        try FileManager.default.createSymbolicLink(at: device, withDestinationURL: URL(fileURLWithPath: "/dev/null"))
        let nothing = try WholeFile(device)
        try nothing.write(Data("gone".utf8))
        try nothing.finish()
        let kind = try FileManager.default.attributesOfItem(atPath: "/dev/null")[.type] as? FileAttributeType
        #expect(kind == .typeCharacterSpecial)
        #expect(throws: RiposteError.self) { try WholeFile(folder) }
    }
}

/// A store that has nothing but what every store must have.
private actor EntriesOnly: ConversationStore {
    private var kept: [String: (conversation: Conversation, summary: ConversationSummary)] = [:]

    func conversation(_ id: String) -> Conversation? { kept[id]?.conversation }

    func append(_ entries: [ConversationEntry], to id: String, user: String, once name: UUID, holder: Int?) {
        let now = Date()
        var (conversation, summary) =
            kept[id] ?? (Conversation(id: id), ConversationSummary(id: id, user: user, began: now, lastActive: now))
        for entry in entries { conversation.apply(entry) }
        summary.lastActive = now
        kept[id] = (conversation, summary)
    }

    func hold(_ id: String, once name: UUID, ago seconds: Double) -> Int? { 1 }
    func mayRing(_ alarm: String, of id: String, holder: Int) -> Bool { true }

    func conversations(of user: String?) -> [ConversationSummary] {
        kept.values.map(\.summary).filter { user == nil || $0.user == user }
    }

    func forget(conversation id: String) -> Bool { kept.removeValue(forKey: id) != nil }
    func forget(user: String) -> Int {
        let count = kept.count
        kept = kept.filter { $0.value.summary.user != user }
        return count - kept.count
    }
}
