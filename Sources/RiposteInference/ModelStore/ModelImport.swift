import Foundation
import RiposteCore

/// Puts a model of the user's own into the store.
public struct ModelImport: Sendable {
    /// What becomes of an import.
    public enum Outcome: Sendable, Equatable {
        case imported
        /// The same files were imported before, and what was made of them is whole.
        case wasThere
    }

    /// Makes the model's files out of the user's; has the model's name.
    public var preparer: any ModelPreparer
    /// What the user gave: a file or a folder. The preparer is given it as it is.
    public var path: URL
    /// The files that the model is made of, to know it again by.
    public var sources: [URL]
    /// What kind of model it is; see `ModelStore.Configuration.importVersions`.
    public var kind: String
    /// What it is, in a few words, for the list of models.
    public var purpose: String
    /// Bytes that the result takes, about.
    public var expectedByteCount: Int

    public init(
        _ path: URL, sources: [URL], preparer: any ModelPreparer, kind: String, purpose: String,
        expectedByteCount: Int
    ) {
        self.path = path
        self.sources = sources
        self.preparer = preparer
        self.kind = kind
        self.purpose = purpose
        self.expectedByteCount = expectedByteCount
    }

    /// Blocks the thread it is called on.
    func run(
        store: ModelStore, force: Bool, isCancelled: @escaping () -> Bool, report: (FetchProgress) -> Void
    ) throws -> Outcome {
        let name = preparer.name
        let place = try store.place(of: name)
        guard store.catalogue[name] == nil else {
            throw RiposteError(
                .badInput, .configuration,
                "\(name) is the name of a model that riposte models fetch gets. Give yours another one: --name NAME")
        }
        report(FetchProgress(model: name, phase: .verifying))
        let origin = ModelReceipt.Origin(
            path: path.standardizedFileURL.path, kind: kind, purpose: purpose,
            files: try sources.map(ModelReceipt.File.init))
        let staging = ModelStaging(store: store, name: name, isCancelled: isCancelled)
        let waiting = { report(FetchProgress(model: name, phase: .waiting)) }
        return try staging.withLock(waiting: waiting) { _, folder in
            if !force, FileManager.default.fileExists(atPath: place.path) {
                let known = store.receipt(of: name)?.origin
                let isSame = known.map { $0.kind == kind && $0.files == origin.files } ?? false
                if isSame, store.status(of: name, verifying: true) == .ready { return .wasThere }
                guard isSame || known == nil else {
                    throw RiposteError(
                        .badInput, .configuration,
                        "There is a model \(name) already, imported from \(known?.path ?? "another file"). Give this one "
                            + "another name with --name, or replace that one with --force.")
                }
            }
            try staging.checkRoom(for: expectedByteCount, "importing", advice: "Then import it again.")
            let finished = try prepare(origin, in: folder, report: report)
            try staging.moveIntoPlace(finished, staging: folder)
            report(FetchProgress(model: name, phase: .finished, completed: 1, total: 1))
            return .imported
        }
    }

    private func prepare(
        _ origin: ModelReceipt.Origin, in staging: URL, report: (FetchProgress) -> Void
    ) throws -> URL {
        let name = preparer.name
        let folder = staging.appending(path: "prepared", directoryHint: .isDirectory)
        do {
            try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
            report(FetchProgress(model: name, phase: .preparing, total: 1000))
            try preparer.prepare(unpacked: path, into: folder) { done in
                let thousandths = Int((min(max(done, 0), 1) * 1000).rounded())
                report(FetchProgress(model: name, phase: .preparing, completed: thousandths, total: 1000))
            }
            let receipt = ModelReceipt(
                model: name, version: "imported", packages: [], preparation: preparer.version,
                files: try ModelReceipt.files(in: folder), origin: origin)
            try receipt.write(in: folder)
        } catch {
            throw storageError("\(name) could not be prepared", error)
        }
        return folder
    }
}

extension ModelStore {
    /// Puts a model of the user's own into the store, as a whole or not at all.
    ///
    /// - Parameters:
    ///   - force: Replaces what is there under that name. Default: false.
    ///   - report: Is told how far it is, from a thread of the import's own.
    /// - Throws: `badInput` for a name of the catalogue's, or of another import; `storage` if the disk is full or cannot
    ///   be written; `cancelled`; what the preparer throws.
    public func add(
        _ model: ModelImport, force: Bool = false, report: @escaping @Sendable (FetchProgress) -> Void = { _ in }
    ) async throws -> ModelImport.Outcome {
        let cancelled = CancellationFlag()
        return try await withTaskCancellationHandler {
            try await withCheckedThrowingContinuation { (done: CheckedContinuation<ModelImport.Outcome, any Error>) in
                // A thread of its own: it computes for seconds or minutes.
                let thread = Thread {
                    done.resume(
                        with: Result {
                            try model.run(
                                store: self, force: force, isCancelled: { cancelled.isSet }, report: report)
                        })
                }
                thread.stackSize = 8 << 20
                thread.start()
            }
        } onCancel: {
            cancelled.set()
        }
    }

    /// The receipts of all models that were imported, by their names.
    public var imported: [ModelReceipt] {
        let names = (try? FileManager.default.contentsOfDirectory(atPath: root.path)) ?? []
        return names.filter { !$0.hasPrefix(".") }.sorted().compactMap { receipt(of: $0) }.filter { $0.origin != nil }
    }
}
