import Testing

@testable import RiposteServer

@Suite struct OutboxTests {
    @Test func takesALongMessageAndNoneBehindIt() {
        let long = String(repeating: "a", count: Outbox.limit + 1)
        var outbox = Outbox()
        var isAdded = [outbox.add(long), outbox.add("b")]
        #expect(isAdded == [true, false])
        #expect(!outbox.isEmpty)
        var taken = outbox.takeAll()
        #expect(taken == [long])
        // Taken, but not written: the client has read none of it.
        isAdded = [outbox.add("b")]
        #expect(isAdded == [false])
        outbox.wrote(long)
        isAdded = [outbox.add("b"), outbox.add("c")]
        #expect(isAdded == [true, true])
        taken = outbox.takeAll()
        #expect(taken == ["b", "c"])
        #expect(outbox.isEmpty)
    }
}
