import Foundation
import RiposteCore
import RiposteTesting
import Synchronization
import Testing

@testable import RiposteServer

/// What clients of ours are told beside OpenAI's protocol.
@Suite struct RealtimeExtrasTests {
    /// A client of a conversation, and what it was told.
    private final class Client: Sendable {
        let conversation: RealtimeConversation
        private let log: Told

        init(_ engines: SpeechEngines, _ kept: KeptConversations) {
            let told = Told()
            conversation = RealtimeConversation(
                engines: engines, model: nil, log: ConversationLog(figures: ServerFigures()), kept: kept, hangUp: {},
                send: { told.add(try JSONReader.value(Array($0.utf8))) })
            self.log = told
        }

        private final class Told: Sendable {
            let events = Mutex<[JSONValue]>([])
            func add(_ event: JSONValue) { events.withLock { $0.append(event) } }
        }

        var events: [JSONValue] { log.events.withLock { $0 } }

        func events(_ type: String) -> [JSONValue] { events.filter { $0["type"]?.string == type } }

        func send(_ text: String) async throws { try await conversation.receive(Array(text.utf8)) }

        func speak() async throws {
            let sound = ScriptedDevice.speech([(silence: 0.3, speech: 1)])
            // At 24 kHz, each sample and every other one twice.
            let samples = sound.enumerated().flatMap { $0.offset % 2 == 0 ? [$0.element, $0.element] : [$0.element] }
            let audio = SoundBytes.pcm(samples).base64EncodedString()
            try await send(#"{"type":"input_audio_buffer.append","audio":"\#(audio)"}"#)
        }

        func wait(for type: String, count: Int = 1) async throws {
            let end = ContinuousClock.now + .seconds(20)
            while events(type).count < count, .now < end { try await Task.sleep(for: .milliseconds(20)) }
            try #require(events(type).count >= count, "no \(type)")
        }
    }

    private static func settings(_ riposte: String) -> String {
        #"{"type":"session.update","session":{"type":"realtime","riposte":\#(riposte)}}"#
    }

    private static let name = "4f1c1f0e-6d0a-4c6f-9f5e-0123456789ab"

    @Test(.timeLimit(.minutes(10))) func tellsOfTurnsAndRemembersThem() async throws {
        let engines = NetworkConversationTests.engines()
        try await engines.load()
        let kept = KeptConversations()
        let client = Client(engines, kept)
        try await client.send(Self.settings(#"{"events":true,"conversation":"\#(Self.name)"}"#))
        #expect(client.events("riposte.conversation").first?["turns"]?.array?.isEmpty == true)
        try await client.speak()
        try await client.wait(for: "riposte.turn")
        let told = try #require(client.events("riposte.turn").first)
        let turn = try #require(told["turn"])
        #expect(turn["outcome"]?.string == "answered")
        #expect(turn["transcript"]?.string == "What is the time?")
        let stages = try #require(turn["stages"]?.array)
        let latency = try #require(turn["responseLatencyMs"]?.number)
        #expect(latency > 0)
        #expect(abs(stages.reduce(0) { $0 + ($1["ms"]?.number ?? 0) } - latency) < 0.5)
        #expect(
            told["item_id"]?.string
                == client.events("response.done").first?["response"]?["output"]?.array?.first?["id"]?.string)
        #expect(client.events("riposte.output_audio.began").count == 1)
        #expect(client.events("riposte.output_audio.ended").first?["whole"] == true)
        await client.conversation.end()

        let back = Client(engines, kept)
        try await back.send(Self.settings(#"{"events":true,"conversation":"\#(Self.name)"}"#))
        let turns = try #require(back.events("riposte.conversation").first?["turns"]?.array)
        #expect(turns == [["user": "What is the time?", "assistant": "Ten past three."]])
        try await back.speak()
        try await back.wait(for: "riposte.turn")
        await back.conversation.end()
        #expect(try await kept.take(Self.name).conversation.turns.count == 2)
    }

    /// The key goes up: the turn ends there, and the silence that was filled in is not counted as time.
    @Test(.timeLimit(.minutes(10))) func endsATurnWithTheKey() async throws {
        let engines = NetworkConversationTests.engines()
        try await engines.load()
        let client = Client(engines, KeptConversations())
        try await client.send(Self.settings(#"{"events":true,"push_to_talk":true}"#))
        try await client.speak()
        try await Task.sleep(for: .milliseconds(300))
        try await client.send(#"{"type":"input_audio_buffer.commit"}"#)
        try await client.wait(for: "riposte.turn")
        let turn = try #require(client.events("riposte.turn").first?["turn"])
        #expect(turn["outcome"]?.string == "answered")
        // 3 s of silence end a turn here; none of them passed.
        #expect(try #require(turn["responseLatencyMs"]?.number) < 2_500)
        await client.conversation.end()
    }

    /// Whoever is cancelled takes no message of others along.
    @Test func tellsWhatACancelledTaskHasToTell() async throws {
        let engines = NetworkConversationTests.engines()
        try await engines.load()
        let told = Mutex<[String]>([])
        let conversation = RealtimeConversation(
            engines: engines, model: nil, log: ConversationLog(figures: ServerFigures()), hangUp: {},
            send: { text in
                try Task.checkCancellation()
                told.withLock { $0.append(text) }
            })
        let asking = Task {
            withUnsafeCurrentTask { $0?.cancel() }
            try await conversation.receive(Array(#"{"type":"riposte.ping","number":7}"#.utf8))
        }
        _ = await asking.result
        #expect(told.withLock { $0 }.contains { $0.contains("riposte.pong") })
        await conversation.end()
    }

    @Test func refusesWhatItDoesNotKnow() async throws {
        let engines = NetworkConversationTests.engines()
        try await engines.load()
        let client = Client(engines, KeptConversations())
        for extras in [
            #"{"events":1}"#, #"{"conversation":"short"}"#, #"{"conversation":"../../../../etc/passwd"}"#, "[]",
            #"{"tea":true}"#, #"{"push_to_talk":"yes"}"#,
        ] {
            try await client.send(Self.settings(extras))
        }
        #expect(client.events("error").count == 6)
        #expect(client.events("session.updated").isEmpty)
        try await client.send(#"{"type":"riposte.ping","number":7}"#)
        #expect(client.events("riposte.pong").first?["number"]?.number == 7)
        await client.conversation.end()
    }

    @Test func keepsNoMoreThanItShould() async throws {
        var configuration = KeptConversations.Configuration()
        (configuration.limit, configuration.turnLimit) = (2, 3)
        let kept = KeptConversations(configuration: configuration)
        let names = (0..<3).map { "conversation-number-\($0)" }
        for name in names {
            var (conversation, lease) = try await kept.take(name)
            conversation.turns = (0..<5).map { .init(user: "\($0)", assistant: "") }
            kept.keep(conversation, lease)
        }
        #expect(try await kept.take(names[2]).conversation.turns.map(\.user) == ["2", "3", "4"])
        #expect(try await kept.take(names[0]).conversation.turns.isEmpty)
        // A connection that has been replaced changes nothing any more.
        let early = try await kept.take(names[2])
        let late = try await kept.take(names[2])
        kept.keep(Conversation(id: "nothing"), early.lease)
        #expect(try await kept.take(names[2]).conversation.turns.count == 3)
        kept.keep(Conversation(id: "nothing"), late.lease)
        #expect(try await kept.take(names[2]).conversation.turns.count == 3)
    }
}
