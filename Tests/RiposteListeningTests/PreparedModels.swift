import Foundation
import RiposteInference
import RiposteListening
import Testing

/// The models that tests use when they are in the model store.
enum PreparedModels {
    static let sileroVAD = folder(of: "silero-vad")
    static let whisperTiny = folder(of: "whisper-tiny.en")
    static let whisperBase = folder(of: "whisper-base")
    static let porcupine = folder(of: "porcupine")
    static let openWakeWord = folder(of: "openwakeword")

    /// The folder of a prepared model, or nil when it is not there.
    static func folder(of name: String) -> URL? {
        let folder = ModelStore.standard.root.appending(path: name)
        return FileManager.default.fileExists(atPath: folder.path) ? folder : nil
    }

    /// Whether a Whisper model is there with these graphs.
    static func hasWhisper(_ name: String, _ precisions: WhisperPrecision...) -> Bool {
        guard let folder = folder(of: name), let manifest = try? WhisperManifest(folder: folder) else { return false }
        return precisions.allSatisfy(manifest.precisions.contains)
    }
}
