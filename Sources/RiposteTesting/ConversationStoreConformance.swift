import Foundation
import RiposteCore

/// What every store of conversations must do, wherever it keeps them.
///
/// The checks return what is wrong instead of failing by themselves, so that they run under any test library:
///
///     let problems = try await ConversationStoreConformance.problems { try SQLiteConversationStore(file) }
///     #expect(problems.isEmpty)
public enum ConversationStoreConformance {
    /// Checks a store against the role. It has to be empty.
    ///
    /// - Parameter open: opens it, each time as a process would that has just begun: so that what was acknowledged has to be
    ///   in there.
    /// - Returns: the broken rules, in words.
    /// - Throws: what the store throws where it should not.
    public static func problems(
        _ open: @escaping @Sendable () async throws -> any ConversationStore
    ) async throws -> [String] {
        var check = Check(open)
        try await check.goesOn()
        try await check.writesOnce()
        try await check.keepsTheOrder()
        try await check.readsLongOnesTheSame()
        try await check.rings()
        try await check.ordersHolders()
        try await check.keepsNothingOfEarlierHolders()
        try await check.findsAndForgets()
        try await check.takesWhatWasElsewhere()
        try await check.takesAllOrNothing()
        try await check.forgetsWhatIsIdle()
        try await check.forgetsMany()
        return check.problems
    }

    private struct Check {
        let open: @Sendable () async throws -> any ConversationStore
        var problems: [String] = []

        init(_ open: @escaping @Sendable () async throws -> any ConversationStore) { self.open = open }

        mutating func expect(_ isRight: Bool, _ rule: String) { if !isRight { problems.append(rule) } }

        func turn(_ text: String) -> ConversationEntry { .turn(turn: .init(user: text, assistant: "So \(text).")) }

        /// Everything that can happen is there again, from another process.
        mutating func goesOn() async throws {
            let due = Date(timeIntervalSinceReferenceDate: 900_000_000.25)
            let alarm = Alarm(id: "a", due: due, text: "Ring.", label: "tea", duration: 60)
            let entries: [ConversationEntry] = [
                .effect(effect: .schedule(alarm), at: due - 60), turn("naïve \u{0} “one” 🙂\n"),
                .expectation(expectation: .confirmation),
                .effect(effect: .remember(events: [.slot(name: "size", value: .text("large"))]), at: due - 50),
                .answering(turn: .init(user: "two", assistant: "So two.")),
            ]
            try await open().append(entries, to: "kitchen", user: "anna")
            var store = try await open()
            guard var expected = try await store.conversation("kitchen") else {
                problems.append("what was appended is not there")
                return
            }
            expect(expected.id == "kitchen" && expected.alarms == [alarm], "an alarm is kept as it was")
            expect(expected.turns.map(\.user) == ["naïve \u{0} “one” 🙂\n"], "words are kept as they were")
            expect(expected.tracker.slots["size"] == .text("large"), "what a dialog remembers is kept")
            expect(expected.expectation == .confirmation, "an expectation is kept")
            expect(expected.offer?.assistant == "So two.", "an answer that did not end is kept")
            let more: [ConversationEntry] = [.rang(alarm: "a"), turn("two")]
            try await store.append(more, to: "kitchen", user: "anna")
            for entry in more { expected.apply(entry) }
            store = try await open()
            expect(try await store.conversation("kitchen") == expected, "it goes on where it was")
            expect(try await store.conversation("bath") == nil, "there is no conversation that nobody had")
            try await store.append([], to: "bath", user: "anna")
            expect(try await store.conversation("bath") == nil, "nothing is appended by nothing")
        }

        /// The same append, tried again: by itself, at once, and with another one between.
        mutating func writesOnce() async throws {
            let (store, other) = (try await open(), try await open())
            let name = UUID()
            let entries = [turn("first"), turn("second")]
            try await withThrowingTaskGroup(of: Void.self) { group in
                for store in [store, other, store, other] {
                    group.addTask { try await store.append(entries, to: "once", user: "", once: name) }
                }
                try await group.waitForAll()
            }
            try await store.append([turn("third")], to: "once", user: "")
            try await other.append(entries, to: "once", user: "", once: name)
            let turns = try await store.conversation("once")?.turns.map(\.user)
            expect(turns == ["first", "second", "third"], "what is tried again is written once: \(turns ?? [])")
        }

        /// Many at once, from two processes: each batch stays together, and each writer's stay in their order.
        mutating func keepsTheOrder() async throws {
            let (store, other) = (try await open(), try await open())
            let batches = 20
            try await withThrowingTaskGroup(of: Void.self) { group in
                for (writer, store) in [store, other].enumerated() {
                    let pairs = (0..<batches).map { number in
                        [turn("\(writer) \(number) a"), turn("\(writer) \(number) b")]
                    }
                    group.addTask {
                        for pair in pairs { try await store.append(pair, to: "busy", user: "") }
                    }
                }
                try await group.waitForAll()
            }
            let turns = try await store.conversation("busy")?.turns.map(\.user) ?? []
            expect(turns.count == 4 * batches, "nothing is lost among many: \(turns.count)")
            for writer in 0..<2 {
                let own = turns.filter { $0.hasPrefix("\(writer) ") }
                let expected = (0..<batches).flatMap { ["\(writer) \($0) a", "\(writer) \($0) b"] }
                expect(own == expected, "what one writer appends stays in its order")
            }
            let areTogether = turns.enumerated().allSatisfy { index, text in
                text.hasSuffix("b") ? index > 0 && turns[index - 1] == String(text.dropLast()) + "a" : true
            }
            expect(areTogether, "what is appended together stays together")
        }

        /// Reading folds what it has read together.
        mutating func readsLongOnesTheSame() async throws {
            let store = try await open()
            for block in 0..<5 {
                try await store.append((0..<100).map { turn("\(block * 100 + $0)") }, to: "long", user: "")
                let turns = try await store.conversation("long")?.turns.map(\.user)
                expect(turns == (0..<(block + 1) * 100).map(String.init), "a long conversation is read the same")
            }
        }

        /// The number of a new holder.
        mutating func hold(_ id: String, _ store: any ConversationStore) async throws -> Int {
            guard let number = try await store.hold(id) else {
                problems.append("what nobody has taken since cannot be taken over")
                return 0
            }
            return number
        }

        mutating func rings() async throws {
            let (first, second) = (try await open(), try await open())
            let early = try await hold("ringing", first)
            expect(try await first.mayRing("tea", of: "ringing", holder: early), "who holds a conversation rings")
            let late = try await hold("ringing", second)
            expect(late > early, "a later holder has a greater number")
            expect(
                try await !first.mayRing("tea", of: "ringing", holder: early),
                "who does not hold it any more does not ring")
            expect(try await second.mayRing("tea", of: "ringing", holder: late), "the new holder rings")
            try await second.append([.rang(alarm: "tea")], to: "ringing", user: "")
            let last = try await hold("ringing", first)
            expect(try await !first.mayRing("tea", of: "ringing", holder: last), "what has rung does not ring again")
            expect(try await first.mayRing("egg", of: "ringing", holder: last), "another alarm rings")
            _ = try await hold("elsewhere", second)
            expect(try await !first.mayRing("tea", of: "elsewhere", holder: last), "a right is to one conversation")
            try await second.forget(conversation: "ringing")
            expect(
                try await first.mayRing("egg", of: "ringing", holder: last),
                "who holds a conversation rings after it was forgotten")
            let after = try await hold("ringing", second)
            expect(after > last, "no holder has the number of who held what was forgotten")
            expect(
                try await !first.mayRing("egg", of: "ringing", holder: last),
                "who does not hold what was forgotten any more does not ring")
        }

        /// What could not be told at once is told late, and what was told may be told again.
        mutating func ordersHolders() async throws {
            let (first, second) = (try await open(), try await open())
            let name = UUID()
            let early = try await first.hold("ordered", once: name, ago: 0)
            expect(try await second.hold("ordered", once: name, ago: 60) == early, "a conversation is taken over once")
            expect(
                try await second.hold("ordered", once: UUID(), ago: 60) == nil,
                "who took a conversation over before its holder does not hold it")
            expect(
                try await first.mayRing("tea", of: "ordered", holder: early ?? 0),
                "a holder that came late takes nothing")
            try await Task.sleep(for: .milliseconds(300))
            let late = try await second.hold("ordered", once: UUID(), ago: 0.1)
            expect(late ?? 0 > early ?? 0, "who took a conversation over since holds it, also when told late")
        }

        /// What the holder has read is all that an earlier one has written.
        mutating func keepsNothingOfEarlierHolders() async throws {
            let (first, second) = (try await open(), try await open())
            let name = UUID()
            let early = try await hold("fenced", first)
            try await first.append([turn("early")], to: "fenced", user: "", once: name, holder: early)
            let late = try await hold("fenced", second)
            try await second.append([turn("late")], to: "fenced", user: "", once: UUID(), holder: late)
            try await first.append([turn("early")], to: "fenced", user: "", once: name, holder: early)
            let code = await code {
                let entries = [turn("too late"), .rang(alarm: "tea")]
                try await first.append(entries, to: "fenced", user: "", once: UUID(), holder: early)
            }
            expect(code == .superseded, "an earlier holder is told that it is none any more")
            expect(try await second.mayRing("tea", of: "fenced", holder: late), "what is not written has not rung")
            let turns = try await second.conversation("fenced")?.turns.map(\.user)
            expect(turns == ["early", "late"], "an earlier holder writes nothing: \(turns ?? [])")
            try await first.append([turn("anybody")], to: "fenced", user: "")
            expect(try await second.conversation("fenced")?.turns.count == 3, "who need not hold it writes")
            for round in 0..<20 {
                let id = "fenced \(round)"
                let holder = try await hold(id, first)
                let writing = Task { [self] in
                    var count = 0
                    // No more than what every store keeps of a conversation, however late it is taken over.
                    while count < 1000 {
                        do {
                            try await first.append(
                                [turn("\(count)")], to: id, user: "", once: UUID(), holder: holder)
                        } catch let error as RiposteError where error.code == .superseded { return count }
                        count += 1
                    }
                    return count
                }
                try await Task.sleep(for: .milliseconds(10))
                _ = try await hold(id, second)
                let known = try await second.conversation(id)?.turns.count ?? 0
                let written = try await writing.value
                let count = try await second.conversation(id)?.turns.count ?? 0
                expect(known == count && written == count, "a holder knows all: \(known), \(written), \(count)")
            }
        }

        /// Of many that come from elsewhere all are there, or none.
        mutating func takesAllOrNothing() async throws {
            let store = try await open()
            let date = Date()
            @Sendable func whole(_ index: Int, _ text: String) -> (Conversation, ConversationSummary) {
                let id = "whole \(index)"
                return (
                    Conversation(id: id, turns: [.init(user: text, assistant: "")], now: date),
                    ConversationSummary(id: id, user: "whole", began: date, lastActive: date)
                )
            }
            let own = whole(2, "own")
            try await store.restore(own.0, as: own.1)
            var code = await code { try await store.restore(4, replacing: false) { whole($0, "new") } }
            expect(code == .badInput, "what is there is not replaced by itself")
            expect(try await open().conversations(of: "whole").count == 1, "where one is there, none is taken")
            code = await self.code {
                try await store.restore(4, replacing: true) { index in
                    guard index < 3 else { throw RiposteError(.corrupt, .dialog, "It is damaged.") }
                    return whole(index, "damaged")
                }
            }
            expect(code == .corrupt, "what is wrong with one is told")
            expect(try await open().conversation("whole 2") == own.0, "where one is damaged, none is replaced")
            expect(try await open().conversations(of: "whole").count == 1, "where one is damaged, none is taken")
            try await store.restore(4, replacing: true) { whole($0, "new") }
            var texts: [String] = []
            for index in 0..<4 { texts += try await open().conversation("whole \(index)")?.turns.map(\.user) ?? [] }
            expect(texts == ["new", "new", "new", "new"], "all are taken: \(texts)")
        }

        /// What is to ring is waited for; of what is idle nothing is left, not even who took it over.
        mutating func forgetsWhatIsIdle() async throws {
            let store = try await open()
            let (now, long) = (Date(), Date(timeIntervalSinceNow: -40 * 86_400))
            let dues: [(String, Date?)] = [
                ("idle", nil), ("rings", now + 3_600), ("missed", now - 60), ("rang", long + 60),
            ]
            for (id, due) in dues {
                let alarms = due.map { [Alarm(id: "tea", due: $0, text: "Tea.", duration: 60)] } ?? []
                try await store.restore(
                    Conversation(id: id, alarms: alarms, now: long),
                    as: ConversationSummary(id: id, user: "idle", began: long, lastActive: long))
            }
            let month = now - 30 * 86_400
            let idle = Set(try await store.idle(since: month).map(\.id))
            expect(idle == ["idle", "rang"], "what is idle is known before: \(idle.sorted())")
            let forgotten = Set(try await open().forget(idleSince: month))
            expect(forgotten == idle, "what is to ring is not forgotten, what was to ring long ago is")
            let left = Set(try await store.conversations(of: "idle").map(\.id))
            expect(left == ["rings", "missed"], "what is to ring stays: \(left.sorted())")
            _ = try await hold("nobody", store)
            _ = try await store.forget(idleSince: month)
            expect(try await !store.mayRing("tea", of: "nobody", holder: 0), "who came lately is not forgotten")
            _ = try await store.forget(idleSince: now + 600)
            expect(try await store.mayRing("tea", of: "nobody", holder: 0), "who never said anything is forgotten")
            expect(try await store.conversation("rings") != nil, "what is to ring stays")
        }

        /// Why something failed; nil: it did not, or not for a reason that is known.
        func code(_ body: () async throws -> Void) async -> RiposteError.Code? {
            do { try await body() } catch { return (error as? RiposteError)?.code }
            return nil
        }

        mutating func takesWhatWasElsewhere() async throws {
            let store = try await open()
            let long = Date(timeIntervalSinceNow: -40 * 86_400)
            let kept = Conversation(
                id: "moved", turns: (0..<3).map { .init(user: "\($0) “then”\n", assistant: "Yes.") }, now: long,
                expectation: .confirmation)
            let summary = ConversationSummary(id: "moved", user: "carl", began: long - 60, lastActive: long)
            try await store.append([turn("mine"), .rang(alarm: "a")], to: "moved", user: "eve")
            try await store.restore(kept, as: summary)
            expect(try await open().conversation("moved") == kept, "what comes from elsewhere is there as it was")
            let listed = try await open().conversations(of: "carl").first
            let differences = [
                listed?.began.timeIntervalSince(summary.began), listed?.lastActive.timeIntervalSince(long),
            ]
            expect(differences.allSatisfy { $0.map { abs($0) < 0.001 } ?? false }, "its dates come along")
            expect(try await open().conversations(of: "eve").isEmpty, "what was there is replaced")
            try await store.append([turn("more")], to: "moved", user: "carl")
            let after = try await open().conversation("moved")
            expect(after?.turns.map(\.user) == kept.turns.map(\.user) + ["more"], "it goes on from there")
            try await store.restore(kept, as: summary)
            expect(try await store.forget(idleSince: long - 1).isEmpty, "what is not idle for so long stays")
            let forgotten = try await store.forget(idleSince: long + 1)
            expect(forgotten == ["moved"], "what is idle is forgotten, and nothing else")
            expect(try await open().conversation("moved") == nil, "of what was idle nothing is left")
        }

        /// More than a store does in one go.
        mutating func forgetsMany() async throws {
            let (store, count) = (try await open(), 1_100)
            let long = Date(timeIntervalSinceNow: -90 * 86_400)
            func restore() async throws {
                try await store.restore(count, replacing: true) { index in
                    let id = "many \(index)"
                    return (
                        Conversation(id: id, turns: [.init(user: "hers", assistant: "")], now: long),
                        ConversationSummary(id: id, user: "mia", began: long, lastActive: long)
                    )
                }
            }
            try await restore()
            expect(try await store.forget(user: "mia") == count, "all of a user are forgotten, however many")
            expect(try await store.conversations(of: "mia").isEmpty, "of a user with many nothing is left")
            try await restore()
            let forgotten = try await store.forget(idleSince: long + 1).filter { $0.hasPrefix("many") }
            expect(Set(forgotten).count == count, "all that is idle is forgotten, however much")
            expect(try await store.conversations(of: "mia").isEmpty, "of much that was idle nothing is left")
        }

        mutating func findsAndForgets() async throws {
            let store = try await open()
            for (id, user) in [("one", "cora"), ("two", "ben"), ("three", "cora")] {
                try await store.append([turn(id)], to: id, user: user)
                _ = try await store.hold(id)
            }
            let before = Date()
            let owners = (try await store.user(of: "one"), try await store.user(of: "nowhere"))
            expect(owners == ("cora", nil), "whom a conversation is with: \(owners)")
            let found = try await store.conversations(of: "cora")
            expect(found.map(\.id) == ["three", "one"], "conversations of a user are listed, the latest first")
            expect(
                found.allSatisfy { abs($0.began.timeIntervalSince(before)) < 60 && $0.lastActive >= $0.began - 1 },
                "it is known when a conversation was")
            let all = Set(try await store.conversations(of: nil).map(\.id))
            expect(all.isSuperset(of: ["one", "two", "three", "kitchen"]), "all conversations are listed")
            expect(try await store.forget(conversation: "three"), "it is said that a conversation was forgotten")
            expect(try await !store.forget(conversation: "three"), "nothing is forgotten twice")
            expect(try await store.conversations(of: "cora").map(\.id) == ["one"], "a conversation is forgotten")
            // What was with nobody in particular is with whoever is named first.
            for user in ["", "cora", ""] { try await store.append([turn("hers")], to: "named late", user: user) }
            let code = await code { try await store.append([turn("his")], to: "named late", user: "ben") }
            expect(code == .badInput, "a conversation with another user is refused")
            expect(try await store.conversation("named late")?.turns.count == 3, "what is refused is not written")
            expect(try await store.forget(user: "cora") == 2, "it is said how many conversations were forgotten")
            expect(try await store.conversation("named late") == nil, "a user is forgotten who was named late")
            expect(try await store.conversation("one") == nil, "a user is forgotten")
            expect(
                try await store.conversations(of: nil).allSatisfy { $0.user != "cora" },
                "of who is forgotten nothing is left")
            expect(try await store.conversation("two")?.turns.count == 1, "others are not forgotten")
        }
    }
}
