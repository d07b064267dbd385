import RiposteCore

extension WhisperRecognizer {
    /// Whether the model can do what is asked.
    /// - Throws: `.badInput`, with what it can do, for a language it does not know or a task it was not made for.
    func check(_ request: TranscriptionRequest) throws {
        let isEnglishOnly = model.vocabulary.languages.isEmpty
        if isEnglishOnly, request.task == .translate {
            throw RiposteError(
                .badInput, .transcription,
                "The model knows English only and cannot translate; a multilingual one can: --model whisper-base.")
        }
        for language in (request.language.map { [$0] } ?? []) + request.candidateLanguages {
            try check(language, isEnglishOnly: isEnglishOnly)
        }
    }

    private func check(_ language: String, isEnglishOnly: Bool) throws {
        let known = isEnglishOnly ? ["en"] : Array(model.vocabulary.languages.keys)
        guard !known.contains(language) else { return }
        guard !isEnglishOnly else {
            throw RiposteError(
                .badInput, .transcription,
                "The model does not know the language “\(language)”: English only. A multilingual one: --model whisper-base."
            )
        }
        let near = WhisperLanguage.near(language, among: known).map { "\($0.code) (\($0.name))" }
        let advice =
            near.isEmpty
            ? "It knows \(known.count), by their ISO 639-1 codes: en, de, fr, es, zh and so on."
            : "Did you mean \(near.joined(separator: ", "))?"
        throw RiposteError(
            .badInput, .transcription, "The model does not know a language “\(language)”. \(advice)")
    }
}
