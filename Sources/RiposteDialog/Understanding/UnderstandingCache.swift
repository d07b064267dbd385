import Foundation
import RiposteCore

/// Where trained understanding is kept, so that a project is trained once.
///
/// A file for each, named after the hash of what it was trained on. A file appears whole or not at all; one that cannot
/// be read counts as not there.
public struct UnderstandingCache: Sendable {
    /// How many are kept; of more, those that were not used the longest go.
    public static let most = 16

    public let folder: URL

    /// - Parameter folder: is made when something is stored.
    public init(folder: URL) { self.folder = folder }

    public func read(_ key: String) -> TrainedUnderstanding? {
        let file = file(key)
        guard let data = try? Data(contentsOf: file),
            let trained = try? PropertyListDecoder().decode(TrainedUnderstanding.self, from: data), trained.key == key
        else { return nil }
        try? FileManager.default.setAttributes([.modificationDate: Date()], ofItemAtPath: file.path)
        return trained
    }

    /// - Throws: `.storage` if it cannot be written.
    public func store(_ trained: TrainedUnderstanding) throws {
        do {
            try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
            let encoder = PropertyListEncoder()
            encoder.outputFormat = .binary
            try encoder.encode(trained).write(to: file(trained.key), options: .atomic)
        } catch {
            throw RiposteError(
                .storage, .dialog, "What was trained could not be written to \(folder.path).", underlying: error)
        }
        removeOldest()
    }

    private static let suffix = "understanding"

    private func file(_ key: String) -> URL { folder.appending(path: "\(key).\(Self.suffix)") }

    private func removeOldest() {
        let keys: Set<URLResourceKey> = [.contentModificationDateKey]
        let files =
            (try? FileManager.default.contentsOfDirectory(at: folder, includingPropertiesForKeys: Array(keys))) ?? []
        let dated = files.filter { $0.pathExtension == Self.suffix }.map { file in
            (file, (try? file.resourceValues(forKeys: keys).contentModificationDate) ?? .distantPast)
        }
        for (file, _) in dated.sorted(by: { $0.1 > $1.1 }).dropFirst(Self.most) {
            try? FileManager.default.removeItem(at: file)
        }
    }
}
