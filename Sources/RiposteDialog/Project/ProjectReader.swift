import Foundation
import RiposteCore

/// Finds a project's files and reads them one after the other.
struct ProjectReader {
    /// Files beyond these are no result.
    private static let mostFiles = 2_000
    /// All files of a project together, in bytes: 64 MB.
    private static let mostBytes = 64_000_000

    private let folder: URL
    private var training = TrainingFileReader()
    private var domain = DomainReader()
    private var stories = StoryReader()
    private var rules = StoryReader()
    private var result: DialogProject

    init(_ folder: URL) throws {
        self.folder = folder.standardizedFileURL
        var isFolder: ObjCBool = false
        guard FileManager.default.fileExists(atPath: folder.path, isDirectory: &isFolder), isFolder.boolValue else {
            throw RiposteError(.badInput, .dialog, "There is no project at \(folder.path): that is no folder.")
        }
        result = DialogProject(folder: self.folder)
    }

    mutating func read() throws -> DialogProject {
        let domainFiles = Self.files(in: folder, below: ["domain.yml", "domain.yaml", "domain"])
        let dataFiles = Self.files(in: folder, below: ["data"])
        guard !domainFiles.isEmpty else {
            throw RiposteError(
                .badInput, .dialog,
                "There is no project at \(folder.path): it has neither domain.yml nor a folder domain.")
        }
        try Self.checkSize(of: domainFiles + dataFiles)
        for file in domainFiles { try readDomain(file) }
        for file in dataFiles { try readData(file) }
        for file in Self.files(in: folder, below: ["config.yml", "config.yaml"]) {
            if let root = try read(file).root { result.settings = try SettingsReader.read(root) }
        }
        for file in Self.files(in: folder, below: ["endpoints.yml", "endpoints.yaml"]) {
            if let root = try read(file).root { try readEndpoints(root) }
        }
        result.training = training.data
        result.domain = domain.domain
        result.rules = rules.stories
        result.stories = stories.stories
        result.warnings = training.warnings + domain.warnings
        let expanded = try StoryExpansion.paths(of: result.stories)
        result.paths = expanded
        try ProjectCheck(result, intents: training.intents, entities: training.entities).run(&result.warnings)
        return result
    }

    func tests() throws -> [Story] {
        let files = Self.files(in: folder, below: ["tests"])
        try Self.checkSize(of: files)
        var reader = StoryReader()
        for file in files {
            for entry in try read(file).root?.entries("a test file") ?? [] {
                switch entry.key {
                case "version": try Self.checkVersion(entry)
                case "stories": try reader.readStories(entry.value, isTest: true)
                default: throw Self.unknown(entry, ["version", "stories"])
                }
            }
        }
        return reader.stories
    }

    // MARK: - Files

    /// The YAML files among and below these, in the order of their paths.
    static func files(in folder: URL, below names: [String]) -> [URL] {
        var found: [URL] = []
        for name in names {
            let place = folder.appendingPathComponent(name)
            var isFolder: ObjCBool = false
            guard FileManager.default.fileExists(atPath: place.path, isDirectory: &isFolder) else { continue }
            guard isFolder.boolValue else {
                found.append(place)
                continue
            }
            let below = FileManager.default.enumerator(at: place, includingPropertiesForKeys: nil)
            var files: [URL] = []
            while let file = below?.nextObject() as? URL, files.count <= mostFiles {
                if ["yml", "yaml"].contains(file.pathExtension), !file.lastPathComponent.hasPrefix(".") {
                    files.append(file)
                }
            }
            found += files.sorted { $0.path < $1.path }
        }
        return found
    }

    /// Everything that, changed, makes another result.
    static func allFiles(in folder: URL) -> [URL] {
        files(
            in: folder,
            below: ["domain.yml", "domain.yaml", "domain", "data", "config.yml", "config.yaml", "endpoints.yml"])
    }

    private static func checkSize(of files: [URL]) throws {
        let sizes = files.map { (try? FileManager.default.attributesOfItem(atPath: $0.path)[.size] as? Int) ?? 0 }
        guard files.count <= mostFiles, sizes.reduce(0, +) <= mostBytes else {
            throw RiposteError(
                .badInput, .dialog,
                "The project has \(files.count) files of \(sizes.reduce(0, +) / 1_000_000) MB; \(mostFiles) files and "
                    + "\(mostBytes / 1_000_000) MB are the most.")
        }
    }

    private func read(_ file: URL) throws -> SourceFile {
        let path = file.standardizedFileURL.path
        let prefix = folder.path.hasSuffix("/") ? folder.path : folder.path + "/"
        return try SourceFile(file, name: path.hasPrefix(prefix) ? String(path.dropFirst(prefix.count)) : path)
    }

    // MARK: - Sections

    private mutating func readDomain(_ file: URL) throws {
        for entry in try read(file).root?.entries("a domain file") ?? [] {
            if entry.key == "version" {
                try Self.checkVersion(entry)
            } else if DomainReader.keys.contains(entry.key) {
                try domain.read(entry.key, entry.value)
            } else {
                throw Self.unknown(entry, DomainReader.keys + ["version"])
            }
        }
    }

    private mutating func readData(_ file: URL) throws {
        for entry in try read(file).root?.entries("a data file") ?? [] {
            switch entry.key {
            case "version": try Self.checkVersion(entry)
            case "nlu": try training.read(entry.value)
            case "stories": try stories.readStories(entry.value)
            case "rules": try rules.readRules(entry.value)
            case "responses": try domain.readResponses(entry.value)
            default: throw Self.unknown(entry, ["version", "nlu", "stories", "rules", "responses"])
            }
        }
    }

    private mutating func readEndpoints(_ root: SourceNode) throws {
        let known = ["action_endpoint", "tracker_store", "event_broker", "lock_store", "models", "nlg", "model_groups"]
        let fields = try root.fields("endpoints.yml", known)
        guard let endpoint = fields["action_endpoint"], !endpoint.isNull else { return }
        guard case .object(let options) = try endpoint.value(), let text = options["url"]?.text,
            let url = URL(string: text), ["http", "https"].contains(url.scheme), url.host != nil
        else { throw endpoint.error("action_endpoint needs a url, as http://localhost:5055/webhook.") }
        result.actionEndpoint = url
    }

    private static func unknown(_ entry: SourceNode.Entry, _ known: [String]) -> RiposteError {
        entry.place.error(
            "there is no section \u{201C}\(entry.key)\u{201D} here.",
            suggestion: NearestName.suggestion(for: entry.key, among: known))
    }

    private static func checkVersion(_ entry: SourceNode.Entry) throws {
        let version = try entry.value.name("version")
        guard version.hasPrefix("3.") || version == "3" else {
            throw entry.place.error("this is version \(version); projects of version 3.1 are understood.")
        }
    }
}
