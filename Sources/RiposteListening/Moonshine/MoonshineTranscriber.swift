import Foundation
import RiposteCore
import RiposteInference

/// Speech to text with Moonshine: English only, and no slower for a second of sound than a second deserves, since its
/// encoder knows no window to fill up.
///
/// It has no words' times and takes no phrases to favour.
///
/// ```swift
/// let transcriber = MoonshineTranscriber(folder: try store.folder(of: "moonshine-tiny"))
/// let transcript = try await transcriber.transcribe(samples)
/// ```
public actor MoonshineTranscriber: Transcriber {
    public struct Configuration: Sendable, Equatable {
        /// Threads for the encoder and the decoder. Default 2.
        public var threads = 2
        /// Sound with no sample larger than this is silence. Default 0.001, −60 dBFS.
        public var silenceLevel: Float = 0.001

        public init() {}
    }

    public nonisolated let name: String
    public nonisolated let configuration: Configuration

    private let folder: URL
    private var loaded: MoonshineModel?

    let thread: InferenceThread
    public nonisolated var unownedExecutor: UnownedSerialExecutor { thread.asUnownedSerialExecutor() }

    /// - Parameters:
    ///   - folder: of the model, as `riposte models fetch moonshine-tiny` stores it.
    ///   - name: see `Transcriber`; by default the folder's.
    public init(folder: URL, name: String? = nil, configuration: Configuration = .init()) {
        self.folder = folder
        self.name = name ?? folder.lastPathComponent
        self.configuration = configuration
        thread = InferenceThread(name: "moonshine")
    }

    /// Loads the graphs and runs them once.
    /// - Throws: `RiposteError`: `.storage` or `.corrupt` for a damaged model, `.libraryMissing`.
    public func load() throws {
        _ = try model()
    }

    public func unload() { loaded = nil }

    /// - Throws: as `load`; `.badInput` for another language than English, or another task than to transcribe.
    public func beginUtterance(_ request: TranscriptionRequest) throws -> any Transcription {
        let candidates = request.candidateLanguages
        guard request.language ?? "en" == "en", candidates.isEmpty || candidates.contains("en") else {
            throw RiposteError(
                .badInput, .transcription,
                "Moonshine does not know the language “\(request.language ?? candidates.joined(separator: ", "))”: English "
                    + "only. A multilingual model: --model whisper-base.")
        }
        guard request.task == .transcribe else {
            throw RiposteError(
                .badInput, .transcription,
                "Moonshine knows English only and cannot translate; a multilingual model can: --model whisper-base.")
        }
        return MoonshineTranscription(model: try model(), configuration: configuration, thread: thread)
    }

    private func model() throws -> MoonshineModel {
        if let loaded { return loaded }
        let model = try MoonshineModel(folder: folder, threads: configuration.threads)
        _ = try model.recognize((0..<16_000).map { 0.1 * sin(Float($0) * 0.1) }, run: RunHandle())
        loaded = model
        return model
    }
}
