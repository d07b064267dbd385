import Foundation

/// Tells a file, or the files of a folder, from what they were before: by their sizes and times of change.
enum FileStamp {
    /// Empty if there is nothing.
    static func of(_ url: URL) -> String {
        let url = url.resolvingSymlinksInPath()
        let names = (try? FileManager.default.contentsOfDirectory(atPath: url.path).sorted()) ?? [""]
        let stamps = names.compactMap { name -> String? in
            let path = name.isEmpty ? url.path : url.appendingPathComponent(name).path
            guard let attributes = try? FileManager.default.attributesOfItem(atPath: path) else { return nil }
            let size = attributes[.size] as? Int ?? 0
            let date = (attributes[.modificationDate] as? Date)?.timeIntervalSince1970 ?? 0
            return "\(name) \(size) \(Int(date * 1000))"
        }
        guard !stamps.isEmpty else { return "" }
        return String(StableHash.of(stamps.joined(separator: "\n").utf8), radix: 36)
    }
}

/// FNV-1a: Swift's own hashes differ from run to run.
enum StableHash {
    static let seed: UInt64 = 0xcbf2_9ce4_8422_2325

    static func of(_ bytes: some Sequence<UInt8>, from seed: UInt64 = seed) -> UInt64 {
        bytes.reduce(seed) { ($0 ^ UInt64($1)) &* 0x100_0000_01b3 }
    }
}
