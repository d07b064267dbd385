import ArgumentParser
import Foundation
import RiposteConversation
import RiposteCore
import RiposteInference

/// Writing a session down, so that it can be run again.
struct RecordOptions: ParsableArguments {
    @Option(
        help: "Write the session down in this file, or in a new one in this folder; riposte replay runs it again.")
    var record: String?

    @Flag(
        inversion: .prefixedNo,
        help: "With --record, keep the sound too, in a WAV file beside it. What was understood is kept in any case.")
    var recordSound = true

    init() {}

    /// - Parameter folder: where sessions are recorded without their sound.
    init(folder: String?) {
        record = folder.map { $0.hasSuffix("/") ? $0 : $0 + "/" }
        recordSound = false
    }

    /// The files that would be written, where a name was given for them.
    var files: [String] {
        guard let record, !Self.isFolder(record) else { return [] }
        return [record] + (recordSound ? [URL(fileURLWithPath: record).soundBeside.path] : [])
    }

    /// - Parameter name: of the file, where only a folder is known.
    /// - Returns: nil when nothing is to be recorded.
    /// - Throws: `.storage` when a file cannot be made.
    func recorder(name: String? = nil) throws -> RecordingWriter? {
        guard let record else { return nil }
        var url = URL(fileURLWithPath: record)
        if Self.isFolder(record) {
            do {
                try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true)
            } catch {
                throw RiposteError(.storage, .session, "The folder \(record) cannot be made.", underlying: error)
            }
            url.append(path: (name ?? Self.dateName) + ".jsonl")
        }
        return try RecordingWriter(url, keepsSound: recordSound)
    }

    private static func isFolder(_ path: String) -> Bool {
        var isDirectory: ObjCBool = false
        let exists = FileManager.default.fileExists(atPath: path, isDirectory: &isDirectory)
        return path.hasSuffix("/") || (exists && isDirectory.boolValue)
    }

    /// "session-2026-01-31-174500", in local time.
    private static var dateName: String {
        let formatter = DateFormatter()
        formatter.locale = Locale(identifier: "en_US_POSIX")
        formatter.dateFormat = "'session-'yyyy-MM-dd-HHmmss"
        return formatter.string(from: Date())
    }
}

extension URL {
    /// The WAV file that goes with a recording.
    var soundBeside: URL { deletingPathExtension().appendingPathExtension("wav") }
}

extension RecordingWriter {
    /// Writes down what a session is made of, before it runs.
    func begin(_ session: Session, of parts: Session.Parts) async throws {
        var versions = ["recogniser": parts.transcriber.name, "voice": parts.synthesizer.name]
        versions["onnxruntime"] = try? OnnxRuntime.shared().version
        try await begin(session, versions: versions)
    }
}
