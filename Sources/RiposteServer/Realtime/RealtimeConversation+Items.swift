import Foundation
import RiposteCore

/// What was said, as items that the client may refer to.
extension RealtimeConversation {
    /// Items that can be referred to.
    private static let mostItems = 1_000
    /// Bytes of a text to be answered.
    private static let longestText = 20_000

    func create(_ item: JSONValue) throws {
        if item["type"]?.string == "function_call_output" { return try answered(call: item) }
        let texts = item["content"]?.array?.compactMap { $0["text"]?.string } ?? []
        let text = texts.joined(separator: " ")
        guard item["type"]?.string == "message", item["role"]?.string == "user", !text.isEmpty else {
            throw RiposteError(.badInput, .configuration, "'item' has to be a user's message with an input_text.")
        }
        guard text.utf8.count <= Self.longestText else {
            throw RiposteError(.badInput, .configuration, "An item may have \(Self.longestText) bytes of text.")
        }
        let id = item["id"]?.string ?? Self.identifier("item")
        guard (1...64).contains(id.utf8.count), items[id] == nil else {
            throw RiposteError(
                .badInput, .configuration, "'item.id' has to be new, and may have 64 characters.")
        }
        added(id, role: "user", content: ["type": "input_text", "text": .string(text)])
        ask(Question(item: id, text: Task { text }))
        offer = nil
    }

    private func item(_ event: JSONValue) throws -> (id: String, item: Item) {
        guard let id = event["item_id"]?.string, let item = items[id] else {
            throw RiposteError(.badInput, .configuration, "There is no item '\(event["item_id"]?.string ?? "")'.")
        }
        return (id, item)
    }

    /// Remembers an item; of very many, the latest.
    func keep(_ item: Item, _ id: String) {
        if items.updateValue(item, forKey: id) == nil { itemOrder.append(id) }
        while itemOrder.count > Self.mostItems { items[itemOrder.removeFirst()] = nil }
    }

    func retrieve(_ event: JSONValue) throws {
        tell(["type": "conversation.item.retrieved", "item": try item(event).item.value])
    }

    func delete(_ event: JSONValue) throws {
        let id = try item(event).id
        items[id] = nil
        itemOrder.removeAll { $0 == id }
        // What has been answered was said; what has not need not be.
        questions.removeAll { $0.item == id }
        if lastItem == id { lastItem = itemOrder.last }
        tell(["type": "conversation.item.deleted", "item_id": .string(id)])
    }

    func truncate(_ event: JSONValue) throws {
        let (id, item) = try item(event)
        let sent = response?.item == id ? response?.samplesSent ?? 0 : item.samplesSent
        let length = Double(sent) * 1000 / Double(settings.output.rate)
        guard let end = event["audio_end_ms"]?.number, (0...length).contains(end) else {
            throw RiposteError(
                .badInput, .configuration, "'audio_end_ms' lies outside the \(Int(length)) ms of the item.")
        }
        tell([
            "type": "conversation.item.truncated", "item_id": .string(id), "content_index": 0,
            "audio_end_ms": .number(end),
        ])
    }
}
