/// Messages that wait for a client, in order. A pure value.
///
///     guard outbox.add(message) else { return cutOff() }   // the client does not read
///     let messages = outbox.takeAll()
///     for message in messages { try await write(message); outbox.wrote(message) }
struct Outbox {
    /// Bytes that may wait when one more comes. Sound comes at its pace, so this is 16 s of it.
    static let limit = 1 << 20

    private var messages: [String] = []
    /// Bytes that are not written yet, of those that were taken too.
    private var length = 0

    /// Whether all were taken.
    var isEmpty: Bool { messages.isEmpty }

    /// Puts one behind those that wait. How long it is itself says nothing of the client: a long one that comes first is
    /// taken.
    /// - Returns: false where too much waits already; then it was not put there.
    mutating func add(_ message: String) -> Bool {
        guard length <= Self.limit else { return false }
        messages.append(message)
        length += message.utf8.count
        return true
    }

    mutating func takeAll() -> [String] {
        defer { messages = [] }
        return messages
    }

    mutating func wrote(_ message: String) { length -= message.utf8.count }
}
