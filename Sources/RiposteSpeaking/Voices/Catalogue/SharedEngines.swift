import Synchronization

/// Engines, and networks of engines, that are in use, by what they are made of: voices of one model share its weights.
/// What nobody uses any more is not kept.
final class SharedEngines: Sendable {
    private struct Entry: Sendable {
        weak var object: (any AnyObject & Sendable)?
    }

    private let entries = Mutex<[String: Entry]>([:])

    /// What there is of this kind under a key, or else what `make` makes.
    func object<Object: AnyObject & Sendable>(_ key: String, make: () throws -> Object) rethrows -> Object {
        if let known: Object = known(key) { return known }
        let made = try make()
        return entries.withLock { entries in
            // Somebody may have been faster.
            if let known = entries[key]?.object as? Object { return known }
            entries = entries.filter { $0.value.object != nil }
            entries[key] = Entry(object: made)
            return made
        }
    }

    private func known<Object: AnyObject & Sendable>(_ key: String) -> Object? {
        entries.withLock { $0[key]?.object as? Object }
    }
}
