import Synchronization

/// Names as C wants them, made once and kept where they are.
final class CNames: Sendable {
    // Written once while this is made, then only read, and given back at the end.
    private nonisolated(unsafe) let pointers: [String: UnsafeMutablePointer<CChar>]

    init(_ names: [String]) {
        var pointers: [String: UnsafeMutablePointer<CChar>] = [:]
        for name in names where pointers[name] == nil {
            let bytes = name.utf8CString
            let pointer = UnsafeMutablePointer<CChar>.allocate(capacity: bytes.count)
            _ = UnsafeMutableBufferPointer(start: pointer, count: bytes.count).initialize(fromContentsOf: bytes)
            pointers[name] = pointer
        }
        self.pointers = pointers
    }

    deinit {
        for pointer in pointers.values { pointer.deallocate() }
    }

    subscript(name: String) -> UnsafePointer<CChar>? {
        pointers[name].map { UnsafePointer($0) }
    }
}

/// A switch that goes on once.
final class CancellationFlag: Sendable {
    private let value = Atomic(false)

    var isSet: Bool { value.load(ordering: .acquiring) }

    func set() { value.store(true, ordering: .releasing) }
}
