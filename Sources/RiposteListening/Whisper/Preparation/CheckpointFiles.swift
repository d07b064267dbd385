import Foundation
import RiposteCore

/// The files of a CTranslate2 model, wherever they lie in a folder.
struct CheckpointFiles {
    /// `model.bin`, or its parts in order.
    let model: [URL]
    /// `tokenizer.json`.
    let tokenizer: URL
    /// `config.json`, which older models do without.
    let configuration: URL?

    /// - Throws: `.corrupt` if one is missing.
    init(in folder: URL) throws {
        let found = FileManager.default.enumerator(
            at: folder.resolvingSymlinksInPath(), includingPropertiesForKeys: nil)
        let files = (found?.allObjects as? [URL] ?? []).sorted { $0.path < $1.path }
        func first(_ name: String) -> URL? { files.first { $0.lastPathComponent == name } }
        let parts = files.filter { $0.lastPathComponent.hasPrefix("model.bin.part") }
            .sorted { $0.lastPathComponent < $1.lastPathComponent }
        guard let whole = parts.first ?? first("model.bin") else {
            throw RiposteError(
                .corrupt, .models, "There is no model.bin in \(folder.path): it is no folder of a CTranslate2 model.")
        }
        guard let tokenizer = first("tokenizer.json") else {
            throw RiposteError(
                .corrupt, .models,
                "There is no tokenizer.json in \(folder.path): put the one of the original Whisper model beside model.bin."
            )
        }
        model = parts.isEmpty ? [whole] : parts
        self.tokenizer = tokenizer
        configuration = first("config.json")
    }

    /// What `config.json` says; nothing if it is not there.
    /// - Throws: `.corrupt` if it cannot be understood.
    func settings() throws -> WhisperSettings {
        guard let configuration else { return WhisperSettings() }
        do {
            return try JSONDecoder().decode(WhisperSettings.self, from: Data(contentsOf: configuration))
        } catch {
            throw RiposteError(.corrupt, .models, "The model's config.json cannot be understood.", underlying: error)
        }
    }
}
