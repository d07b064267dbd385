import Foundation
import RiposteInference
import Testing

@testable import RiposteListening

/// The checkpoints as they were published, for tests of what is prepared from them.
///
/// `RIPOSTE_WHISPER_CHECKPOINTS` names a folder with a folder for each; else they are where
/// `riposte models fetch --as-shipped` puts them.
enum WhisperCheckpoints {
    static let names = ["whisper-tiny.en", "whisper-base"]
    static let hint: Comment =
        "no checkpoints; get them with: riposte models fetch --as-shipped whisper-tiny.en whisper-base"

    static let root =
        ProcessInfo.processInfo.environment["RIPOSTE_WHISPER_CHECKPOINTS"].map { URL(filePath: $0) }
        ?? ModelStore.standard.root.appending(path: "shipped")

    static let areThere: Bool = {
        guard (try? OnnxRuntime.shared()) != nil else { return false }
        return names.allSatisfy { FileManager.default.fileExists(atPath: root.appending(path: $0).path) }
    }()

    static func prepare(_ name: String, _ precisions: [WhisperPrecision], into folder: URL) throws {
        var configuration = WhisperPreparation.Configuration()
        configuration.precisions = precisions
        try WhisperPreparation(name: name, configuration: configuration)
            .prepare(unpacked: root.appending(path: name), into: folder) { _ in }
    }

    /// Graphs in both precisions, made once a run.
    static func prepared(_ name: String) throws -> URL {
        switch name {
        case "whisper-base": try base.get()
        default: try tiny.get()
        }
    }

    private static let tiny = Result { try prepareShared("whisper-tiny.en") }
    private static let base = Result { try prepareShared("whisper-base") }
    private static let shared = Result { try TemporaryFolder() }

    private static func prepareShared(_ name: String) throws -> URL {
        let root = try shared.get().url
        // A static's object is never let go.
        atexit { WhisperCheckpoints.removeShared() }
        let folder = root.appending(path: name)
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        try prepare(name, [.float, .int8], into: folder)
        return folder
    }

    private static func removeShared() {
        if let folder = try? shared.get().url { try? FileManager.default.removeItem(at: folder) }
    }
}
