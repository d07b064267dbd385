import Foundation
import RiposteCore

/// What a button says: "/affirm", or "/order{"size": "large"}".
enum PayloadMessage {
    /// nil where the text is none, or names no intent of the domain.
    static func message(_ text: String, domain: Domain) -> ParsedMessage? {
        guard text.hasPrefix("/") else { return nil }
        let body = text.dropFirst()
        let brace = body.firstIndex(of: "{")
        let name = body[..<(brace ?? body.endIndex)].trimmingCharacters(in: .whitespaces)
        guard domain.intents[name.baseIntent] != nil else { return nil }
        var message = ParsedMessage(text: text, ranking: [.init(name, 1)])
        guard let brace else { return message }
        guard let fields = try? JSONDecoder().decode([String: SlotValue].self, from: Data(body[brace...].utf8)) else {
            return nil
        }
        for (entity, value) in fields.sorted(by: { $0.key < $1.key }) {
            let values: [SlotValue] = if case .list(let items) = value { items } else { [value] }
            for value in values { message.entities.append(.init(entity, value: value.description, in: 0..<0)) }
        }
        return message
    }
}
