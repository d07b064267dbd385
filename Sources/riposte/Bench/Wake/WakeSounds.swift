import Foundation
import RiposteAudio
import RiposteCore

/// The sounds a wake word engine is tried on: words, and speech without them.
struct WakeSounds {
    struct Sound: Sendable {
        var name: String
        var samples: [Float]
    }

    /// Recordings of each word, by the word.
    let words: [(word: String, sounds: [Sound])]
    /// Files of other speech; read when they are needed.
    let others: [URL]

    /// - Parameters:
    ///   - folder: with a folder of WAV files for each word, named after it.
    ///   - only: these words; empty takes all.
    ///   - others: WAV files, or folders of them.
    init(folder: String, only: [String], others: [String], limit: Int) throws {
        let root = URL(fileURLWithPath: folder)
        var isDirectory: ObjCBool = false
        guard FileManager.default.fileExists(atPath: root.path, isDirectory: &isDirectory), isDirectory.boolValue else {
            throw RiposteError(.badInput, .configuration, "There is no folder \(folder).")
        }
        let names = try FileManager.default.contentsOfDirectory(atPath: root.path).sorted()
            .filter { only.isEmpty || only.contains($0) }
        words = try names.compactMap { name in
            let files = try Self.waves(in: root.appendingPathComponent(name))
            let chosen = limit > 0 ? Array(files.prefix(limit)) : files
            guard !chosen.isEmpty else { return nil }
            return (
                name, try chosen.map { Sound(name: $0.lastPathComponent, samples: try WaveFile(reading: $0).samples) }
            )
        }
        guard !words.isEmpty else {
            throw RiposteError(.badInput, .configuration, "There are no folders of WAV files in \(folder).")
        }
        self.others = try others.flatMap { path in
            let url = URL(fileURLWithPath: path)
            return url.pathExtension == "wav" ? [url] : try Self.waves(in: url)
        }
    }

    private static func waves(in folder: URL) throws -> [URL] {
        let files = (try? FileManager.default.contentsOfDirectory(at: folder, includingPropertiesForKeys: nil)) ?? []
        return files.filter { $0.pathExtension == "wav" }.sorted { $0.path < $1.path }
    }
}
