import Foundation

/// What tests need and the package does not carry: recordings of real speech.
///
/// ```swift
/// // Needs the recordings of spoken orders; without them the test is reported as skipped.
/// @Test(.enabled(if: TestResources.recordings != nil, "no recordings; set RIPOSTE_RECORDINGS"))
/// ```
public enum TestResources {
    /// The folder of recordings (`commands/`, `wake/`, `kitchen-noise.wav`), or nil when it is not there.
    /// `RIPOSTE_RECORDINGS` names it; otherwise it is `shared/audio` beside the package's folder.
    public static var recordings: URL? {
        let place =
            ProcessInfo.processInfo.environment["RIPOSTE_RECORDINGS"].map { URL(fileURLWithPath: $0) }
            ?? packageRoot.deletingLastPathComponent().appendingPathComponent("shared/audio")
        var isDirectory: ObjCBool = false
        let exists = FileManager.default.fileExists(atPath: place.path, isDirectory: &isDirectory)
        return exists && isDirectory.boolValue ? place : nil
    }

    /// The recordings' spoken orders, in a fixed order; empty when they are not there.
    public static var spokenOrders: [URL] {
        guard let folder = recordings?.appendingPathComponent("commands") else { return [] }
        let names = (try? FileManager.default.contentsOfDirectory(atPath: folder.path)) ?? []
        return names.filter { $0.hasSuffix(".wav") }.sorted().map { folder.appendingPathComponent($0) }
    }

    /// The folder that holds `Package.swift`.
    public static var packageRoot: URL {
        URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent()
    }

    /// A fresh folder for one test's files. The test removes it.
    public static func temporaryFolder() throws -> URL {
        let place = FileManager.default.temporaryDirectory
            .appendingPathComponent("riposte-test-\(UUID().uuidString)", isDirectory: true)
        try FileManager.default.createDirectory(at: place, withIntermediateDirectories: true)
        return place
    }
}
