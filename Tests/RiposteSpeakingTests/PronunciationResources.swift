import Foundation
import RiposteInference
import RiposteTesting
import Testing

@testable import RiposteSpeaking

/// The prepared voice that the pronunciation tests read, and their fixtures.
///
/// The model store has it (`riposte models fetch hibari`), or the package's data files (`hibari/assets` of hibari-tts
/// 0.2.1) are there: `RIPOSTE_HIBARI_PACKAGE` names their folder, or they are where
/// `riposte models fetch --as-shipped hibari` puts them.
enum PronunciationResources {
    static let hint: Comment = "the model hibari is not there; set RIPOSTE_HIBARI_PACKAGE or fetch it"

    /// The package's data files, for tests of the preparation itself.
    static var package: URL? {
        if let path = ProcessInfo.processInfo.environment["RIPOSTE_HIBARI_PACKAGE"] {
            return URL(fileURLWithPath: path)
        }
        let shipped = ModelStore.standard.root.appending(path: "shipped/hibari")
        return FileManager.default.fileExists(atPath: shipped.path) ? shipped : nil
    }

    static var isThere: Bool { package != nil || stored != nil }

    private static var stored: URL? {
        var configuration = ModelStore.Configuration()
        configuration.preparers = [HibariPreparation()]
        return try? ModelStore(configuration: configuration).folder(of: "hibari")
    }

    /// The prepared voice: made once a run from the package, or the store's.
    static func prepared() throws -> URL { try shared.get() }

    private static let shared = Result<URL, any Error> {
        guard let package else {
            guard let stored else { throw CocoaError(.fileNoSuchFile) }
            return stored
        }
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent("riposte-test-hibari")
        try? FileManager.default.removeItem(at: folder)
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        try HibariPreparation().prepare(unpacked: package, into: folder) { _ in }
        return folder
    }

    /// One for all tests, since it remembers the unknown words.
    static func pronouncer() throws -> Pronouncer { try sharedPronouncer.get() }

    private static let sharedPronouncer = Result { try Pronouncer(folder: prepared()) }

    static func fixture(_ name: String) throws -> [Sample] {
        let file = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
            .appendingPathComponent("Fixtures").appendingPathComponent(name)
        return try JSONDecoder().decode([Sample].self, from: Data(contentsOf: file))
    }

    struct Sample: Decodable, Sendable {
        let text: String
        let phonemes: String
        /// Why this is right and the reference package is not.
        let reason: String?
    }
}
