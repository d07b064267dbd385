import Foundation
import RiposteCore

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#elseif canImport(Darwin)
    import Darwin
#endif

/// Where a model comes to be: a folder of its own beside the models, which is renamed into place at the very end. What
/// ends early, however it ends, leaves nothing that looks like a model.
struct ModelStaging {
    let store: ModelStore
    /// The model's.
    let name: String
    let isCancelled: () -> Bool

    private var files: FileManager { .default }
    private var stagingRoot: URL { store.root.appending(path: ".staging", directoryHint: .isDirectory) }
    private var lockRoot: URL { store.root.appending(path: ".locks", directoryHint: .isDirectory) }

    /// Does something with the model's lock held.
    /// - Parameters:
    ///   - waiting: called once if another process holds it.
    ///   - body: is told whether it had to wait, and the path of a staging folder, which is not there yet and is removed
    ///     afterwards.
    func withLock<Result>(waiting: () -> Void, _ body: (_ hasWaited: Bool, _ staging: URL) throws -> Result) throws
        -> Result
    {
        do {
            for folder in [stagingRoot, lockRoot] {
                try files.createDirectory(at: folder, withIntermediateDirectories: true)
            }
        } catch {
            throw storageError("The folder \(store.root.path) could not be made", error)
        }
        var hasWaited = false
        let lock = try FileLock(lockRoot.appending(path: name)) {
            hasWaited = true
            waiting()
        } isCancelled: {
            isCancelled()
        }
        return try withExtendedLifetime(lock) {
            // With the lock held, what others have left in the way of staging belongs to processes that are dead.
            for left in (try? files.contentsOfDirectory(atPath: stagingRoot.path)) ?? []
            where left.hasPrefix(name + "@") {
                try? files.removeItem(at: stagingRoot.appending(path: left))
            }
            let staging = stagingRoot.appending(path: "\(name)@\(UUID().uuidString)", directoryHint: .isDirectory)
            defer { try? files.removeItem(at: staging) }
            return try body(hasWaited, staging)
        }
    }

    /// The one moment at which the model comes to be there. What was there before steps aside first; who has its files
    /// open keeps them.
    func moveIntoPlace(_ folder: URL, staging: URL) throws {
        if isCancelled() { throw RiposteError(.cancelled, .models, "It was cancelled.") }
        let place = try store.place(of: name)
        let old = staging.appending(path: "old", directoryHint: .isDirectory)
        if rename(place.path, old.path) != 0, errno != ENOENT {
            throw storageError("\(place.path) could not be replaced", code: errno)
        }
        guard rename(folder.path, place.path) == 0 else {
            throw storageError("\(place.path) could not be made", code: errno)
        }
    }

    /// Fails early, with figures, where the disk cannot hold what is coming.
    /// - Parameter advice: what to do once there is room.
    func checkRoom(for needed: Int, _ what: String, advice: String) throws {
        let attributes = try? files.attributesOfFileSystem(forPath: store.root.path)
        guard let free = (attributes?[.systemFreeSize] as? NSNumber)?.intValue, free < needed else { return }
        throw RiposteError(
            .storage, .models,
            "The disk is full: \(what) \(name) takes \((needed + 999_999) / 1_000_000) MB, and \(store.root.path) has "
                + "\(free / 1_000_000) MB free. Make room. \(advice)")
    }
}
