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
        let language = try PiperVoiceDescription(besides: model).espeak?.voice ?? "en-us"
        try self.init(model: model, configuration: configuration, thread: thread) {
            try Self.pronunciation(of: language, lexicons: lexicons)
        }
    }

    private static func pronunciation(of language: String, lexicons: URL?) throws -> Pronunciation {
        let isAmerican = language == "en-us" || language == "en"
        if let lexicons, isAmerican || (language.hasPrefix("en") && (try? EspeakLibrary()) == nil) {
            let pronouncer = try Pronouncer(folder: lexicons)
            try pronouncer.warmUp()
            return { EspeakAlphabet.phonemes(fromMisaki: try pronouncer.phonemes(for: $0)) }
        }
        let pronunciation = EspeakPronunciation(voice: language, library: try EspeakLibrary())
        return { try pronunciation.phonemes(of: $0) }
    }
}
