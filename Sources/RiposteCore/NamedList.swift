/// A list that a user keeps: what is to be bought, what is to be done.
public struct NamedList: Sendable, Equatable, Codable {
    /// As it is said: "shopping", "to do".
    public var name: String
    /// In the order they were added.
    public var items: [String]

    public init(name: String, items: [String] = []) {
        self.name = name
        self.items = items
    }

    /// Whether an item is on it, however it is written.
    public func has(_ item: String) -> Bool { items.contains { Self.isSame($0, item) } }

    static func isSame(_ one: String, _ other: String) -> Bool { one.lowercased() == other.lowercased() }
}

/// What happens to a list.
public enum ListChange: Sendable, Equatable, Codable {
    /// Items come to its end; those that are on it already stay where they are.
    case add(items: [String])
    case remove(items: [String])
    /// It is empty, and gone.
    case clear
}

extension [NamedList] {
    /// Changes the list of that name; one that is not there yet is begun, one that is empty goes.
    mutating func apply(_ change: ListChange, to name: String) {
        let index = firstIndex { $0.name == name }
        var list = index.map { self[$0] } ?? NamedList(name: name)
        switch change {
        case .add(let items):
            for item in items where !list.has(item) { list.items.append(item) }
        case .remove(let items):
            list.items.removeAll { item in items.contains { NamedList.isSame($0, item) } }
        case .clear:
            list.items = []
        }
        if let index {
            if list.items.isEmpty { remove(at: index) } else { self[index] = list }
        } else if !list.items.isEmpty {
            append(list)
        }
    }
}
