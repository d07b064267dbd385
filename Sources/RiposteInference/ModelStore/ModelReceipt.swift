import Foundation
import RiposteCore

/// What was stored as a model: written beside its files when all of them are there and right.
public struct ModelReceipt: Sendable, Codable, Equatable {
    public struct Package: Sendable, Codable, Equatable {
        public var name: String
        public var version: String
        public var sha256: String
    }

    public struct File: Sendable, Codable, Equatable {
        public var path: String
        public var byteCount: Int
        public var sha256: String
    }

    /// Where a model of the user's own is from.
    public struct Origin: Sendable, Codable, Equatable {
        /// The file or folder that was imported.
        public var path: String
        /// What kind of model it is; see `ModelStore.Configuration.importVersions`.
        public var kind: String
        /// What it is, in a few words.
        public var purpose: String
        /// The files it was made of, by their names.
        public var files: [File]
    }

    /// The form of receipts that this program writes. A greater one was written by a newer program.
    static let currentForm = 1

    /// nil: the first form, before it was written down.
    public var form: Int? = currentForm
    public var model: String
    public var version: String
    public var packages: [Package]
    /// The version of the preparer that made the files, or nil if they are as they were shipped.
    public var preparation: Int?
    public var files: [File]
    /// Nil for a model of the catalogue.
    public var origin: Origin?

    static let fileName = "receipt.json"

    /// What every form has.
    private struct Form: Decodable { var form: Int? }

    /// The receipt in a model's folder; nil if there is none.
    /// - Throws: `NewerForm`; `.corrupt`.
    static func read(in folder: URL) throws -> ModelReceipt? {
        let file = folder.appending(path: fileName)
        guard FileManager.default.fileExists(atPath: file.path) else { return nil }
        do {
            let data = try Data(contentsOf: file)
            if let form = try JSONDecoder().decode(Form.self, from: data).form, form > currentForm { throw NewerForm() }
            return try JSONDecoder().decode(ModelReceipt.self, from: data)
        } catch let error as NewerForm {
            throw error
        } catch {
            throw RiposteError(.corrupt, .models, "\(file.path) is unreadable.", underlying: error)
        }
    }

    /// A receipt of a form that this program does not know.
    struct NewerForm: Error {}

    func write(in folder: URL) throws {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
        try encoder.encode(self).write(to: folder.appending(path: Self.fileName))
    }

    /// What is wrong with the files in the folder, or nil.
    ///
    /// - Parameter hashing: Reads every byte; without it only the sizes are looked at, which takes no time.
    func problem(in folder: URL, hashing: Bool) -> String? {
        for file in files {
            let url = folder.appending(path: file.path)
            let attributes = try? FileManager.default.attributesOfItem(atPath: url.path)
            guard let size = (attributes?[.size] as? NSNumber)?.intValue else { return "\(file.path) is not there" }
            guard size == file.byteCount else { return "\(file.path) has \(size) bytes, not \(file.byteCount)" }
            guard hashing else { continue }
            guard let digest = try? SHA256.digest(of: url) else { return "\(file.path) cannot be read" }
            guard digest == file.sha256 else { return "\(file.path) has other contents than it had when it was stored" }
        }
        return nil
    }

    /// What brings the model back when it is out of date or damaged.
    public var remedy: String {
        guard let origin else { return "riposte models fetch \(model)" }
        return "riposte models import --force --name \(model) \(origin.path)"
    }

    /// The files of a folder as they are now, in the order of their paths.
    static func files(in folder: URL) throws -> [File] {
        let root = folder.resolvingSymlinksInPath().path + "/"
        let keys: [URLResourceKey] = [.isRegularFileKey]
        guard let found = FileManager.default.enumerator(at: folder, includingPropertiesForKeys: keys) else {
            throw RiposteError(.storage, .models, "\(folder.path) could not be read.")
        }
        var files: [File] = []
        for case let url as URL in found {
            let attributes = try FileManager.default.attributesOfItem(atPath: url.path)
            guard attributes[.type] as? FileAttributeType == .typeRegular else { continue }
            let path = url.resolvingSymlinksInPath().path
            guard path.hasPrefix(root), let size = (attributes[.size] as? NSNumber)?.intValue else { continue }
            files.append(
                File(path: String(path.dropFirst(root.count)), byteCount: size, sha256: try SHA256.digest(of: url)))
        }
        return files.filter { $0.path != fileName }.sorted { $0.path < $1.path }
    }
}

extension ModelReceipt.File {
    /// A file as it is now, by its name alone.
    init(_ url: URL) throws {
        let attributes = try FileManager.default.attributesOfItem(atPath: url.resolvingSymlinksInPath().path)
        self.init(
            path: url.lastPathComponent, byteCount: (attributes[.size] as? NSNumber)?.intValue ?? 0,
            sha256: try SHA256.digest(of: url))
    }
}
