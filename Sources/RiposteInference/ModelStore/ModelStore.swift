import Foundation
import RiposteCore

/// The folder with the models of this user.
///
/// Each model is a folder of its own, named after it, that appears whole or not at all, with a receipt of what is in
/// it. Nothing is fetched unless `fetch` is called.
///
/// ```swift
/// let scorer = try SileroScorer(folder: ModelStore.standard.folder(of: "silero-vad"))
/// ```
public struct ModelStore: Sendable {
    public struct Configuration: Sendable {
        /// Where the models are. Default: `RIPOSTE_MODELS`, or else `riposte` in the user's cache folder
        /// (`XDG_CACHE_HOME`, or else `~/.cache`).
        public var root: URL

        /// Default: the models this project knows.
        public var catalogue = ModelCatalogue.standard

        /// What turns shipped files into what engines load, by the models' names. Default: none.
        public var preparers: [any ModelPreparer] = []

        /// By the kinds of models that users import: the version of what prepares them. Default: none.
        public var importVersions: [String: Int] = [:]

        /// The Python that has the package client: a program and its first arguments. Default: `python3`.
        public var python = ["python3"]

        public init(root: URL? = nil) {
            self.root = root ?? Self.standardRoot(ProcessInfo.processInfo.environment)
        }

        static func standardRoot(_ environment: [String: String]) -> URL {
            if let path = environment["RIPOSTE_MODELS"], !path.isEmpty {
                return URL(filePath: path, directoryHint: .isDirectory)
            }
            // A relative path there is to be ignored, by the XDG base directory specification.
            if let path = environment["XDG_CACHE_HOME"], path.hasPrefix("/") {
                return URL(filePath: path, directoryHint: .isDirectory).appending(path: "riposte")
            }
            let home = environment["HOME"].map { URL(filePath: $0, directoryHint: .isDirectory) }
            return (home ?? FileManager.default.homeDirectoryForCurrentUser).appending(path: ".cache/riposte")
        }
    }

    /// How a model stands.
    public enum Status: Sendable, Equatable {
        case missing
        case ready
        /// There, but of another version than the catalogue or the preparer is for.
        case outdated(String)
        /// There, and made by a newer version of the program, which knows what this one doesn't.
        case newer(String)
        /// There, but not as it was stored.
        case damaged(String)
    }

    public var configuration: Configuration

    public init(configuration: Configuration = .init()) {
        self.configuration = configuration
    }

    /// The store of this user, with the models this project knows, without preparers.
    public static var standard: ModelStore { ModelStore() }

    public var root: URL { configuration.root }
    public var catalogue: ModelCatalogue { configuration.catalogue }

    /// The folder of a model that is there and whole; that is, its files have the sizes they should have.
    ///
    /// - Throws: `modelMissing` if it is not there or out of date, `corrupt` if it is damaged, each with the command
    ///   that helps; `storage` if a newer version of the program made it; `badInput` for a name that nothing is known of.
    public func folder(of name: String) throws -> URL {
        let folder = try place(of: name)
        let remedy = receipt(of: name)?.remedy ?? "riposte models fetch \(name)"
        switch status(of: name) {
        case .ready:
            return folder
        case .missing:
            guard catalogue[name] != nil else { throw unknown(name) }
            throw RiposteError(
                .modelMissing, .models, "The model \(name) is missing. Get it with: riposte models fetch \(name)")
        case .outdated(let reason):
            throw RiposteError(
                .modelMissing, .models,
                "The model \(name) is out of date: \(reason). Get it with: \(remedy)")
        case .newer(let reason):
            throw newer(name, reason)
        case .damaged(let reason):
            throw RiposteError(
                .corrupt, .models,
                "The model \(name) is damaged: \(reason). Repair it with: \(remedy)")
        }
    }

    /// How a model stands.
    ///
    /// - Parameter verifying: Compares the hash of every file, which takes seconds for the large ones. Default: only
    ///   the sizes, which takes no time.
    public func status(of name: String, verifying: Bool = false) -> Status {
        guard let folder = try? place(of: name) else { return .missing }
        guard FileManager.default.fileExists(atPath: folder.path) else { return .missing }
        do {
            guard let receipt = try ModelReceipt.read(in: folder) else { return .damaged("it has no receipt") }
            if let model = catalogue[name], model.version != receipt.version {
                if receipt.version.compare(model.version, options: .numeric) == .orderedDescending {
                    return .newer("it is version \(receipt.version), and this program is for \(model.version)")
                }
                return .outdated("it is version \(receipt.version), and \(model.version) is needed")
            }
            let preparation =
                preparer(for: name)?.version ?? receipt.origin.flatMap { configuration.importVersions[$0.kind] }
            if let preparation, preparation != receipt.preparation {
                if let made = receipt.preparation, made > preparation {
                    return .newer("it was prepared for a later version of the program")
                }
                return .outdated("it was prepared for another version of the program")
            }
            return receipt.problem(in: folder, hashing: verifying).map { .damaged($0) } ?? .ready
        } catch is ModelReceipt.NewerForm {
            return .newer("its receipt is of a form that this one does not know")
        } catch {
            return .damaged("its receipt is unreadable")
        }
    }

    /// What is stored as this model, or nil.
    public func receipt(of name: String) -> ModelReceipt? {
        guard let folder = try? place(of: name) else { return nil }
        return try? ModelReceipt.read(in: folder)
    }

    /// What is said of a model that a newer version has made: nothing of it is changed by itself.
    func newer(_ name: String, _ reason: String) -> RiposteError {
        RiposteError(
            .storage, .models,
            "The model \(name) in \(root.path) was made by a newer version of Riposte: \(reason). Use that version, or "
                + "another folder (RIPOSTE_MODELS), or replace it with: riposte models fetch --force \(name)")
    }

    func preparer(for name: String) -> (any ModelPreparer)? {
        configuration.preparers.first { $0.name == name }
    }

    /// Where a model is, or would be.
    func place(of name: String) throws -> URL {
        guard !name.isEmpty, !name.hasPrefix("."), !name.contains("/") else { throw unknown(name) }
        return root.appending(path: name, directoryHint: .isDirectory)
    }

    func unknown(_ name: String) -> RiposteError {
        let names = (catalogue.models.map(\.name) + imported.map(\.model)).joined(separator: ", ")
        return RiposteError(.badInput, .configuration, "There is no model '\(name)'. There are: \(names).")
    }
}
