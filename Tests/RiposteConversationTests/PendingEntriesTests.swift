import Foundation
import RiposteConversation
import RiposteCore
import Synchronization
import Testing

/// A store in memory that can be away, and that can lose its acknowledgements.
private final class UnsteadyStore: ConversationStore {
    struct State {
        var written: [String: [ConversationEntry]] = [:]
        var names: Set<UUID> = []
        var isAway = false
        /// Takes what it is given and says that it failed, so many times.
        var lostAcknowledgements = 0
        var tries = 0
    }
    let state = Mutex(State())

    func append(
        _ entries: [ConversationEntry], to id: String, user: String, once name: UUID, holder: Int?
    ) async throws {
        try state.withLock { state in
            state.tries += 1
            if let holder, holder < 2 { throw RiposteError.conversationTaken }
            if id == "poison" { throw RiposteError(.badInput, .dialog, "It cannot be kept.") }
            if state.isAway { throw RiposteError(.network, .dialog, "It is away.") }
            if state.names.insert(name).inserted { state.written[id, default: []] += entries }
            if state.lostAcknowledgements > 0 {
                state.lostAcknowledgements -= 1
                throw RiposteError(.timedOut, .dialog, "It took too long.")
            }
        }
    }

    func conversation(_ id: String) async throws -> Conversation? { nil }
    func hold(_ id: String, once name: UUID, ago seconds: Double) async throws -> Int? { 1 }
    func mayRing(_ alarm: String, of id: String, holder: Int) async throws -> Bool { true }
    func conversations(of user: String?) async throws -> [ConversationSummary] { [] }
    func forget(conversation id: String) async throws -> Bool { false }
    func forget(user: String) async throws -> Int { 0 }
}

@Suite struct PendingEntriesTests {
    private func turn(_ number: Int) -> ConversationEntry { .turn(turn: .init(user: "\(number)", assistant: "")) }

    private var quick: PendingEntries.Configuration {
        var configuration = PendingEntries.Configuration()
        (configuration.firstWait, configuration.longestWait) = (0.001, 0.005)
        return configuration
    }

    @Test(.timeLimit(.minutes(10))) func keepsTheOrderOverAnAbsence() async throws {
        let store = UnsteadyStore()
        store.state.withLock { $0.isAway = true }
        let failures = Mutex<[String]>([])
        let acknowledged = Mutex(0)
        let pending = PendingEntries(store, configuration: quick) { error in
            failures.withLock { $0.append(error.message) }
        }
        for number in 0..<50 {
            #expect(
                pending.add([turn(number)], to: number % 2 == 0 ? "even" : "odd") { _ in
                    acknowledged.withLock { $0 += 1 }
                })
        }
        await #expect(throws: RiposteError.self) { try await pending.settle(within: 0.05) }
        #expect(pending.entries(of: "even").count == 25)
        #expect(acknowledged.withLock { $0 } == 0 && pending.figures.waiting == 50)
        store.state.withLock { $0.isAway = false }
        try await pending.settle(within: 20)
        let written = store.state.withLock { $0.written }
        #expect(written["even"] == stride(from: 0, to: 50, by: 2).map { turn($0) })
        #expect(written["odd"] == stride(from: 1, to: 50, by: 2).map { turn($0) })
        // One absence is told of once.
        #expect(failures.withLock { $0.count } == 1)
        while acknowledged.withLock({ $0 }) < 50 { try await Task.sleep(for: .milliseconds(1)) }
        let figures = pending.figures
        #expect(figures.waiting == 0 && figures.written == 50 && figures.failures > 0 && figures.lost == 0)
    }

    @Test(.timeLimit(.minutes(10))) func writesOnceWhenAcknowledgementsAreLost() async throws {
        let store = UnsteadyStore()
        store.state.withLock { $0.lostAcknowledgements = 7 }
        let pending = PendingEntries(store, configuration: quick)
        for number in 0..<5 { pending.add([turn(number)], to: "one") }
        try await pending.settle("one", within: 20)
        #expect(store.state.withLock { $0.written["one"] } == (0..<5).map { turn($0) })
        #expect(store.state.withLock { $0.tries } == 12)
    }

    /// What can never be kept does not hold up what comes after it.
    @Test(.timeLimit(.minutes(10))) func givesUpWhatCannotBeKept() async throws {
        let failures = Mutex<[RiposteError.Code]>([])
        let pending = PendingEntries(UnsteadyStore(), configuration: quick) { error in
            failures.withLock { $0.append(error.code) }
        }
        pending.add([turn(1)], to: "poison")
        pending.add([turn(2)], to: "good")
        try await pending.settle(within: 20)
        #expect(failures.withLock { $0 } == [.badInput])
        #expect(pending.figures.lost == 1 && pending.figures.written == 1)
    }

    /// Whoever is told and does not return holds up no writing; who is told after them is told in order.
    @Test(.timeLimit(.minutes(10))) func writesOnWhileSomebodyIsTold() async throws {
        let store = UnsteadyStore()
        let pending = PendingEntries(store, configuration: quick)
        let (gate, open) = AsyncStream.makeStream(of: Void.self)
        let told = Mutex<[Int]>([])
        for number in 0..<20 {
            pending.add([turn(number)], to: "one") { _ in
                if number == 0 { for await _ in gate {} }
                told.withLock { $0.append(number) }
            }
        }
        try await pending.settle(within: 20)
        #expect(store.state.withLock { $0.written["one"]?.count } == 20)
        #expect(told.withLock { $0.isEmpty })
        pending.add([turn(20)], to: "one") { _ in told.withLock { $0.append(20) } }
        try await pending.settle(within: 20)
        open.finish()
        while told.withLock({ $0.count }) < 21 { try await Task.sleep(for: .milliseconds(1)) }
        #expect(told.withLock { $0 } == Array(0...20))
    }

    /// What an earlier holder adds is not written, and it is told so; what comes after it is.
    @Test(.timeLimit(.minutes(10))) func tellsWhoIsNotTheHolderAnyMore() async throws {
        let store = UnsteadyStore()
        let pending = PendingEntries(store, configuration: quick)
        let told = Mutex<[String]>([])
        for holder in [1, 2] {
            let number = PendingEntries.Holder {
                holder
            } onSuperseded: {
                told.withLock { $0.append("superseded \(holder)") }
            }
            pending.add([turn(holder)], to: "one", holder: number) { _ in
                told.withLock { $0.append("written \(holder)") }
            }
        }
        try await pending.settle(within: 20)
        while told.withLock({ $0.count }) < 2 { try await Task.sleep(for: .milliseconds(1)) }
        #expect(store.state.withLock { $0.written["one"] } == [turn(2)])
        #expect(told.withLock { $0 } == ["superseded 1", "written 2"])
        #expect(pending.figures.waiting == 0 && pending.figures.lost == 0)
    }

    @Test func takesNoMoreThanItCanHold() async throws {
        let store = UnsteadyStore()
        store.state.withLock { $0.isAway = true }
        var configuration = quick
        (configuration.batchLimit, configuration.byteLimit) = (3, 10_000)
        let pending = PendingEntries(store, configuration: configuration)
        let long = ConversationEntry.turn(turn: .init(user: String(repeating: "x", count: 20_000), assistant: ""))
        #expect(!pending.add([long], to: "one"))
        for number in 0..<3 { #expect(pending.add([turn(number)], to: "one")) }
        #expect(!pending.add([turn(3)], to: "one"))
        #expect(pending.figures.lost == 2)
        store.state.withLock { $0.isAway = false }
        try await pending.settle(within: 20)
        #expect(pending.add([turn(4)], to: "one"))
    }
}
