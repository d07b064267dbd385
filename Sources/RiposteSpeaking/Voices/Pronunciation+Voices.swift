import Foundation
import RiposteCore
import RiposteInference

extension HibariSynthesizer {
    /// - Parameters:
    ///   - folder: the prepared `hibari` model.
    ///   - thread: where it computes. Default: a thread of its own.
    public init(folder: URL, configuration: Configuration = .init(), thread: InferenceThread? = nil) {
        self.init(folder: folder, configuration: configuration, thread: thread) { folder in
            let pronouncer = try Pronouncer(folder: folder)
            try pronouncer.warmUp()
            return { try pronouncer.phonemes(for: $0) }
        }
    }
}

extension PiperSynthesizer {
    /// - Parameters:
    ///   - model: the network, `NAME.onnx`; its description is beside it.
    ///   - lexicons: the prepared `hibari` model, whose lexicons American English is pronounced with. nil, and other
    ///     languages, need espeak-ng.
    ///   - thread: where it computes. Default: a thread of its own.
    /// - Throws: `storage` or `corrupt` if the description is not there or is not one.
    public init(
        model: URL, lexicons: URL?, configuration: Configuration = .init(), thread: InferenceThread? = nil
    ) throws {
        let description = try PiperVoiceDescription(besides: model)
        let language = description.espeak?.voice ?? "en-us"
        switch description.phonemeType ?? "espeak" {
        case "text":
            try self.init(model: model, configuration: configuration, thread: thread) { { $0 } }
        case "espeak":
            let lexicons = Self.pronouncesItself(language) ? lexicons : nil
            try self.init(model: model, configuration: configuration, lexicons: lexicons, thread: thread) {
                try Self.pronunciation(of: language, lexicons)
            }
        case let other:
            throw RiposteError(
                .badInput, .synthesis,
                "\(model.lastPathComponent) is spoken from '\(other)'; only espeak's phonemes and text are known here.")
        }
    }

    private static func pronunciation(of language: String, _ lexicons: URL?) throws -> Pronunciation {
        guard let lexicons else {
            let pronunciation = EspeakPronunciation(voice: language, library: try EspeakLibrary())
            return { try pronunciation.phonemes(of: $0) }
        }
        let pronouncer = try Pronouncer(folder: lexicons)
        try pronouncer.warmUp()
        return { try pronouncer.pronunciation(of: $0).espeakPhonemes }
    }

    /// Whether Riposte's own pronunciation does for a language: American English, and any English without espeak-ng.
    private static func pronouncesItself(_ language: String) -> Bool {
        let isAmerican = language == "en-us" || language == "en"
        return isAmerican || (language.hasPrefix("en") && (try? EspeakLibrary()) == nil)
    }
}
