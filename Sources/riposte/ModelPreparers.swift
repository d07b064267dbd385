import RiposteDialog
import RiposteInference
import RiposteListening
import RiposteSpeaking

/// What makes the files an engine loads out of those that a package ships.
enum ModelPreparers {
    static let all: [any ModelPreparer] = [
        WhisperPreparation(name: "whisper-base"), WhisperPreparation(name: "whisper-tiny.en"), HibariPreparation(),
        MiniLMPreparation(),
    ]
}
