extension ModelCatalogue {
    /// The models this project knows: first what a conversation needs, then what can be added to it.
    public static let standard = ModelCatalogue(models: [
        onnxRuntime, sileroVoiceActivity, whisperBase, whisperTinyEnglish, hibari, piperJoe, kokoro,
        smartTurn, moonshineTiny, openWakeWord, porcupine, miniLM,
    ])
}
