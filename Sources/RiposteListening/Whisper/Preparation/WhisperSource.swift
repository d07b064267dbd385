import Foundation
import RiposteCore

/// A Whisper model as somebody published it: a folder of CTranslate2's, or a file of whisper.cpp's.
struct WhisperSource {
    let checkpoint: any WhisperCheckpoint
    let dimensions: WhisperDimensions
    /// "CTranslate2" or "whisper.cpp".
    let format: String
    /// The files it is made of.
    let files: [URL]
    private let texts: Texts

    private enum Texts {
        case files(CheckpointFiles)
        case tokens(WhisperTokens)
    }

    /// Opens a model and checks that its arrays are all there and of the right shapes.
    ///
    /// - Parameter url: a folder with, at any depth, `model.bin` or its parts and `tokenizer.json`; or a ggml file.
    /// - Throws: `.corrupt` for what is damaged or no Whisper model, `.badInput` for what is stored in a form that is not
    ///   read, `.storage` for what cannot be read.
    init(_ url: URL) throws {
        var isFolder: ObjCBool = false
        guard FileManager.default.fileExists(atPath: url.path, isDirectory: &isFolder) else {
            throw RiposteError(.storage, .models, "There is no \(url.path).")
        }
        if isFolder.boolValue {
            let files = try CheckpointFiles(in: url)
            let model = try CTranslate2File(parts: files.model)
            guard model.specification == "WhisperSpec" else {
                throw RiposteError(
                    .badInput, .models, "The model file is a \(model.specification), not a Whisper model.")
            }
            checkpoint = model
            format = "CTranslate2"
            texts = .files(files)
            self.files = files.model + [files.tokenizer] + [files.configuration].compactMap { $0 }
        } else {
            guard GgmlFile.isOne(url) else {
                throw RiposteError(
                    .corrupt, .models,
                    "\(url.path) does not begin like a model file of whisper.cpp. Of a CTranslate2 model, give the folder."
                )
            }
            let file = try GgmlFile(url)
            checkpoint = GgmlCheckpoint(file)
            format = "whisper.cpp"
            guard let tokens = WhisperTokens(file.tokens, vocabulary: file.sizes.vocabulary) else {
                throw RiposteError(
                    .corrupt, .models,
                    "The model file has \(file.tokens.count) tokens of \(file.sizes.vocabulary): no vocabulary of Whisper's."
                )
            }
            texts = .tokens(tokens)
            files = [url]
        }
        dimensions = try WhisperDimensions(of: checkpoint)
        try WhisperLayout.check(checkpoint, dimensions)
        if let file = (checkpoint as? GgmlCheckpoint)?.file { try Self.check(file, dimensions) }
    }

    /// Whether what a ggml file says of itself is what is in it.
    private static func check(_ file: GgmlFile, _ dimensions: WhisperDimensions) throws {
        let found = GgmlFile.Sizes(
            vocabulary: dimensions.vocabulary, audioContext: dimensions.audioPositions, audioState: dimensions.width,
            audioHeads: dimensions.heads, audioLayers: dimensions.encoderLayers,
            textContext: dimensions.textPositions, textState: dimensions.width, textHeads: dimensions.heads,
            textLayers: dimensions.decoderLayers, mels: dimensions.mels)
        guard found == file.sizes else {
            throw RiposteError(
                .corrupt, .models, "The model file's sizes are \(file.sizes), and its tensors are of \(found).")
        }
    }

    /// Where the alignment heads will be from.
    func headsOrigin() throws -> WhisperSettings.Origin {
        if case .files(let files) = texts, try files.settings().alignmentHeads?.isEmpty == false { return .checkpoint }
        return WhisperSize(dimensions) == nil ? .upperHalf : .size
    }

    /// Languages a multilingual model knows.
    var languageCount: Int { dimensions.vocabulary - WhisperDimensions.englishVocabulary + 98 }

    /// What the checkpoint says of itself, completed by what is known of its size.
    func settings(tokenizer: BytePairTokenizer) throws -> WhisperSettings {
        var settings = WhisperSettings()
        if case .files(let files) = texts { settings = try files.settings() }
        return try settings.completed(dimensions, tokenizer)
    }

    /// Writes `tokenizer.json`, and reads it.
    /// - Throws: `.corrupt` if it is not Whisper's.
    func writeTokenizer(into folder: URL) throws -> BytePairTokenizer {
        let target = folder.appending(path: "tokenizer.json")
        do {
            switch texts {
            case .files(let files): try Data(contentsOf: files.tokenizer).write(to: target)
            case .tokens(let tokens): try tokens.tokenizerFile().write(to: target)
            }
        } catch {
            throw RiposteError(.storage, .models, "Cannot write into \(folder.path).", underlying: error)
        }
        let tokenizer: BytePairTokenizer
        do {
            tokenizer = try BytePairTokenizer(contentsOf: target)
        } catch {
            throw RiposteError(
                .corrupt, .models, "The model's tokenizer.json is no byte-level tokenizer.", underlying: error)
        }
        let needed =
            ["<|endoftext|>", "<|startoftranscript|>", "<|notimestamps|>"]
            + (dimensions.isMultilingual ? ["<|en|>", "<|transcribe|>", "<|translate|>"] : [])
        for name in needed where tokenizer.specialTokens[name] == nil {
            throw RiposteError(.corrupt, .models, "The model's tokenizer.json has no token \(name): is it Whisper's?")
        }
        guard tokenizer.count <= dimensions.vocabulary else {
            throw RiposteError(
                .corrupt, .models,
                "The model's tokenizer.json has \(tokenizer.count) tokens, and the model \(dimensions.vocabulary).")
        }
        return tokenizer
    }
}
