import Foundation
import RiposteCore
import RiposteMemory
import RiposteTesting
import Synchronization
import Testing

@testable import RiposteServer

/// Several servers that share a store: what one of them knew, the next one knows.
@Suite struct SharedMemoryTests {
    private static let name = "4f1c1f0e-6d0a-4c6f-9f5e-0123456789ab"
    private let folder: URL
    private var file: URL { folder.appendingPathComponent("memory.sqlite") }

    init() throws { folder = try TestResources.temporaryFolder() }

    /// A store that can be away.
    private final class Away: ConversationStore {
        let base: any ConversationStore
        let isAway = Mutex(false)
        /// How long the next readings take.
        let delays = Mutex<[Duration]>([])

        init(_ base: any ConversationStore) { self.base = base }

        private func check() throws {
            if isAway.withLock({ $0 }) { throw RiposteError(.network, .dialog, "The store is away.") }
        }
        func append(
            _ entries: [ConversationEntry], to id: String, user: String, once name: UUID, holder: Int?
        ) async throws {
            try check()
            try await base.append(entries, to: id, user: user, once: name, holder: holder)
        }
        func conversation(_ id: String) async throws -> Conversation? {
            try check()
            if let delay = delays.withLock({ $0.isEmpty ? nil : $0.removeFirst() }) { try await Task.sleep(for: delay) }
            return try await base.conversation(id)
        }
        func hold(_ id: String, once name: UUID, ago seconds: Double) async throws -> Int? {
            try check()
            return try await base.hold(id, once: name, ago: seconds)
        }
        func mayRing(_ alarm: String, of id: String, holder: Int) async throws -> Bool {
            try check()
            return try await base.mayRing(alarm, of: id, holder: holder)
        }
        func conversations(of user: String?) async throws -> [ConversationSummary] { [] }
        func forget(conversation id: String) async throws -> Bool { false }
        func forget(user: String) async throws -> Int { 0 }
    }

    /// A client of one server, and what it was told.
    private final class Client: Sendable {
        let conversation: RealtimeConversation
        private let told: Told

        private final class Told: Sendable {
            let events = Mutex<[JSONValue]>([])
        }

        init(_ node: KeptConversations, _ engines: SpeechEngines) {
            let told = Told()
            self.told = told
            conversation = RealtimeConversation(
                engines: engines, model: nil, log: ConversationLog(figures: ServerFigures()), kept: node, hangUp: {},
                send: { text in
                    let event = try JSONReader.value(Array(text.utf8))
                    told.events.withLock { $0.append(event) }
                })
        }

        func events(_ type: String) -> [JSONValue] {
            told.events.withLock { $0 }.filter { $0["type"]?.string == type }
        }

        func send(_ text: String) async throws { try await conversation.receive(Array(text.utf8)) }

        /// - Parameters:
        ///   - audio: how it speaks and hears.
        ///   - user: whom the conversation is with.
        func begin(audio: String = "{}", user: String? = nil) async throws {
            let owner = user.map { #","user":"\#($0)""# } ?? ""
            let extras = #""audio":\#(audio),"riposte":{"events":true,"conversation":"\#(name)"\#(owner)}"#
            try await send(
                #"{"type":"session.update","session":{"type":"realtime","output_modalities":["text"],\#(extras)}}"#)
        }

        func ask(_ text: String) async throws {
            let content = #"[{"type":"input_text","text":"\#(text)"}]"#
            try await send(
                #"{"type":"conversation.item.create","item":{"type":"message","role":"user","content":\#(content)}}"#)
            try await send(#"{"type":"response.create"}"#)
        }

        func wait(for type: String, count: Int = 1) async throws {
            let end = ContinuousClock.now + .seconds(20)
            while events(type).count < count, .now < end { try await Task.sleep(for: .milliseconds(10)) }
            try #require(events(type).count >= count, "no \(type)")
        }

        var answers: [String] {
            events("response.done").compactMap {
                $0["response"]?["output"]?.array?.first?["content"]?.array?.first?["text"]?.string
            }
        }
    }

    private func node(_ store: (any ConversationStore)? = nil) throws -> KeptConversations {
        var configuration = ConversationMemory.Configuration()
        configuration.pending.firstWait = 0.01
        configuration.pending.longestWait = 0.05
        return KeptConversations(
            memory: ConversationMemory(try store ?? SQLiteConversationStore(file), configuration: configuration))
    }

    private var engines: SpeechEngines {
        var engines = NetworkConversationTests.engines()
        let responder = ScriptedResponder { utterance, conversation in
            guard utterance.text == "ring" else {
                return [Reply("\(utterance.text) after \(conversation.turns.count)")]
            }
            let alarm = Alarm(id: "tea", due: conversation.now + 0.6, text: "Tea is ready.", duration: 0.6)
            return [Reply("It will.", effects: [.schedule(alarm)])]
        }
        engines.personas = [.init(name: "riposte", responder: responder)]
        return engines
    }

    @Test(.timeLimit(.minutes(10))) func anotherServerGoesOn() async throws {
        defer { try? FileManager.default.removeItem(at: folder) }
        let first = Client(try node(), engines)
        try await first.begin()
        #expect(first.events("riposte.conversation").first?["turns"]?.array?.isEmpty == true)
        try await first.ask("one")
        // That the answer has begun, and that it has ended.
        try await first.wait(for: "riposte.kept", count: 2)
        let turn: JSONValue = ["user": "one", "assistant": "one after 0"]
        #expect(first.events("riposte.kept").last?["turns"] == [turn])
        // Without a word of farewell.
        let second = Client(try node(), engines)
        try await second.begin()
        let told = try #require(second.events("riposte.conversation").first)
        #expect(told["turns"] == [turn] && told["unfinished"] == nil)
        try await second.ask("two")
        try await second.wait(for: "response.done")
        #expect(second.answers == ["two after 1"])
        await second.conversation.end()
    }

    /// What is kept is found, and deleted, by the user that a client has named; nobody else takes it over.
    @Test(.timeLimit(.minutes(10))) func isOfTheUserWhoIsNamed() async throws {
        defer { try? FileManager.default.removeItem(at: folder) }
        let store = try SQLiteConversationStore(file)
        let client = Client(try node(), engines)
        try await client.begin(user: "anna")
        try await client.ask("one")
        try await client.wait(for: "riposte.kept", count: 2)
        await client.conversation.end()
        #expect(try await store.conversations(of: "anna").map(\.id) == [Self.name])
        let other = Client(try node(), engines)
        try await other.begin(user: "ben")
        #expect(other.events("riposte.conversation").isEmpty)
        let refusal = try #require(other.events("error").first?["error"]?["message"]?.string)
        #expect(refusal.contains("with another user"))
        await other.conversation.end()
        // Whoever names nobody knows its name, which is enough.
        let again = Client(try node(), engines)
        try await again.begin()
        #expect(again.events("riposte.conversation").first?["turns"]?.array?.count == 1)
        await again.conversation.end()
        #expect(try await store.forget(user: "anna") == 1)
    }

    /// An answer whose words are known is said again; one whose words are not is given anew.
    @Test(.timeLimit(.minutes(10)), arguments: ["It is ten.", ""])
    func offersWhatWasBeingAnswered(_ words: String) async throws {
        defer { try? FileManager.default.removeItem(at: folder) }
        let store = try SQLiteConversationStore(file)
        try await store.append(
            [
                .turn(turn: .init(user: "", assistant: "Hello.")),
                .answering(turn: .init(user: "time", assistant: words)),
            ],
            to: Self.name, user: "")
        let client = Client(try node(), engines)
        try await client.begin()
        let told = try #require(client.events("riposte.conversation").first)
        #expect(told["unfinished"] == ["user": "time", "assistant": .string(words)])
        try await client.send(#"{"type":"response.create"}"#)
        try await client.wait(for: "response.done")
        let answer = words.isEmpty ? "time after 1" : words
        #expect(client.answers == [answer])
        let end = ContinuousClock.now + .seconds(10)
        while try await store.conversation(Self.name)?.turns.count != 2, .now < end {
            try await Task.sleep(for: .milliseconds(10))
        }
        let kept = try #require(try await store.conversation(Self.name))
        #expect(kept.turns.last == .init(user: "time", assistant: answer) && kept.unfinished == nil)
        // It is offered once.
        try await client.send(#"{"type":"response.create"}"#)
        try await client.wait(for: "error")
        #expect(client.answers == [answer])
        await client.conversation.end()
    }

    /// A question that was done something for is not asked again.
    @Test func doesNothingTwice() {
        var conversation = Conversation(id: "one")
        conversation.apply(.answering(turn: .init(user: "set a timer", assistant: "")))
        #expect(conversation.offer?.user == "set a timer")
        let alarm = Alarm(id: "a", due: .distantFuture, text: "Ring.", duration: 60)
        conversation.apply(.effect(effect: .schedule(alarm), at: Date()))
        #expect(conversation.offer == nil)
        conversation.apply(.answering(turn: .init(user: "set a timer", assistant: "It is set.")))
        #expect(conversation.offer?.assistant == "It is set.")
        // Whatever comes next, what was said is known.
        conversation.apply(.turn(turn: .init(user: "thanks", assistant: "Sure.")))
        #expect(conversation.offer == nil && conversation.turns.map(\.user) == ["set a timer", "thanks"])
    }

    @Test(.timeLimit(.minutes(10))) func anAlarmRingsOnceWhereTheClientIs() async throws {
        defer { try? FileManager.default.removeItem(at: folder) }
        let first = Client(try node(), engines)
        try await first.begin()
        try await first.ask("ring")
        try await first.wait(for: "riposte.kept", count: 2)
        // The first server still has a connection, but the client has gone on to another one.
        let second = Client(try node(), engines)
        try await second.begin()
        try await second.wait(for: "riposte.alarm")
        try await second.wait(for: "riposte.kept")
        #expect(second.answers == ["Tea is ready."])
        try await Task.sleep(for: .milliseconds(300))
        #expect(first.events("riposte.alarm").isEmpty)
        let third = Client(try node(), engines)
        try await third.begin()
        try await Task.sleep(for: .milliseconds(300))
        #expect(third.events("riposte.alarm").isEmpty)
        for client in [first, second, third] { await client.conversation.end() }
    }

    /// A connection that is alive and not the latest one is answered, but keeps nothing, and is told so once: at once where
    /// the other one is here.
    @Test(.timeLimit(.minutes(10)), arguments: [true, false]) func theLatestConnectionKeeps(_ isElsewhere: Bool)
        async throws
    {
        defer { try? FileManager.default.removeItem(at: folder) }
        let store = try SQLiteConversationStore(file)
        let node = try node()
        let first = Client(node, engines)
        try await first.begin()
        try await first.ask("one")
        try await first.wait(for: "riposte.kept", count: 2)
        let second = Client(isElsewhere ? try self.node() : node, engines)
        try await second.begin()
        if !isElsewhere { try await first.wait(for: "riposte.superseded") }
        for (number, text) in ["late", "later"].enumerated() {
            try await first.ask(text)
            try await first.wait(for: "response.done", count: number + 2)
        }
        try await first.wait(for: "riposte.superseded")
        try await second.ask("two")
        try await second.wait(for: "riposte.kept", count: 2)
        await first.conversation.end()
        #expect(try await store.conversation(Self.name)?.turns.map(\.user) == ["one", "two"])
        #expect(first.answers == ["one after 0", "late after 1", "later after 2"])
        #expect(first.events("riposte.kept").count == 2 && first.events("riposte.superseded").count == 1)
        #expect(second.events("riposte.superseded").isEmpty)
        await second.conversation.end()
    }

    /// Who came while the store was away is no less its holder once the store is back, and loses it to who comes later.
    @Test(.timeLimit(.minutes(10))) func whoCameWhileTheStoreWasAwayRingsNoMoreThanOthers() async throws {
        defer { try? FileManager.default.removeItem(at: folder) }
        let store = Away(try SQLiteConversationStore(file))
        store.isAway.withLock { $0 = true }
        let first = Client(try node(store), engines)
        try await first.begin()
        try await first.ask("ring")
        try await first.wait(for: "response.done")
        store.isAway.withLock { $0 = false }
        try await first.wait(for: "riposte.kept", count: 2)
        let second = Client(try node(), engines)
        try await second.begin()
        try await second.wait(for: "riposte.alarm")
        try await second.wait(for: "riposte.kept")
        try await Task.sleep(for: .milliseconds(300))
        #expect(first.events("riposte.alarm").isEmpty)
        for client in [first, second] { await client.conversation.end() }
    }

    /// Of two that come at once the later one has the conversation, whichever the store answers first; also where the store
    /// did not answer the earlier one in time.
    @Test(.timeLimit(.minutes(10)), arguments: [0.4, 10]) func theLaterOfTwoHasIt(_ delay: Double) async throws {
        defer { try? FileManager.default.removeItem(at: folder) }
        let store = Away(try SQLiteConversationStore(file))
        let node = try node(store)
        store.delays.withLock { $0 = [.seconds(delay)] }
        let early = Task { try await node.take(Self.name) }
        while store.delays.withLock({ !$0.isEmpty }) { try await Task.sleep(for: .milliseconds(5)) }
        var (conversation, lease) = try await node.take(Self.name)
        let error = await #expect(throws: RiposteError.self) { _ = try await early.value }
        #expect(error?.code == .superseded)
        conversation.turns = [.init(user: "late", assistant: "Yes.")]
        node.keep(conversation, lease)
        let alarm = Alarm(id: "tea", due: Date(), text: "Tea is ready.", duration: 1)
        #expect(await node.mayRing(alarm, lease))
        store.isAway.withLock { $0 = true }
        #expect(try await node.take(Self.name).conversation.turns.map(\.user) == ["late"])
    }

    /// Who comes back after it was due is told at once.
    @Test(.timeLimit(.minutes(10))) func anAlarmThatNobodyHeardRingsOnComingBack() async throws {
        defer { try? FileManager.default.removeItem(at: folder) }
        let first = Client(try node(), engines)
        try await first.begin()
        try await first.ask("ring")
        try await first.wait(for: "riposte.kept", count: 2)
        await first.conversation.end()
        try await Task.sleep(for: .milliseconds(800))
        #expect(first.events("riposte.alarm").isEmpty)
        let second = Client(try node(), engines)
        try await second.begin()
        try await second.wait(for: "riposte.alarm")
        await second.conversation.end()
    }

    /// Speech that is only written down takes no alarm away.
    @Test(.timeLimit(.minutes(10))) func anAlarmRingsWhileNothingIsAnswered() async throws {
        defer { try? FileManager.default.removeItem(at: folder) }
        let engines = engines
        try await engines.load()
        let client = Client(try node(), engines)
        try await client.begin(
            audio: #"{"input":{"turn_detection":{"type":"server_vad","create_response":false}}}"#)
        try await client.ask("ring")
        try await client.wait(for: "response.done")
        let silence = Data(count: 4_800).base64EncodedString()
        try await client.send(#"{"type":"input_audio_buffer.append","audio":"\#(silence)"}"#)
        try await client.wait(for: "response.done", count: 2)
        #expect(client.answers == ["It will.", "Tea is ready."])
        try await client.wait(for: "riposte.kept", count: 3)
        #expect(client.events("error").isEmpty && client.events("riposte.alarm").count == 1)
        #expect(try await SQLiteConversationStore(file).conversation(Self.name)?.alarms.isEmpty == true)
        await client.conversation.end()
    }

    /// Answers do not wait for the store; what it missed it is given.
    @Test(.timeLimit(.minutes(10))) func goesOnWhileTheStoreIsAway() async throws {
        defer { try? FileManager.default.removeItem(at: folder) }
        let store = Away(try SQLiteConversationStore(file))
        let node = try node(store)
        let client = Client(node, engines)
        try await client.begin()
        store.isAway.withLock { $0 = true }
        for (number, text) in ["one", "two", "three"].enumerated() {
            try await client.ask(text)
            try await client.wait(for: "response.done", count: number + 1)
        }
        #expect(client.answers == ["one after 0", "two after 1", "three after 2"])
        #expect(client.events("riposte.kept").isEmpty)
        await client.conversation.end()
        // The same server knows it all the same.
        let back = Client(node, engines)
        try await back.begin()
        #expect(back.events("riposte.conversation").first?["turns"]?.array?.count == 3)
        store.isAway.withLock { $0 = false }
        try await client.wait(for: "riposte.kept", count: 6)
        let kept = try await store.base.conversation(Self.name)?.turns.map(\.user)
        #expect(kept == ["one", "two", "three"])
        await back.conversation.end()
    }
}
