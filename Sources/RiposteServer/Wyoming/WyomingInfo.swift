import RiposteAudio
import RiposteCore

/// What a server tells of itself when it is asked (`describe`).
struct WyomingInfo {
    let engines: SpeechEngines
    /// Of the project.
    let version: String

    var event: WyomingEvent {
        WyomingEvent(
            "info",
            [
                "asr": .list([recognition]), "tts": .list(engines.voices.isEmpty ? [] : [speech]),
                "wake": .list(engines.wakeWords.isEmpty ? [] : [waking]),
                "handle": .list(engines.personas.isEmpty ? [] : [handling]),
                "intent": .list(engines.personas.contains { $0.understanding != nil } ? [intents] : []),
                "mic": .list([]), "snd": .list([]),
            ])
    }

    private func artifact(
        _ name: String, _ description: String, languages: [String]? = nil, _ more: [String: SlotValue] = [:]
    ) -> SlotValue {
        var values: [String: SlotValue] = [
            "name": .text(name), "description": .text(description), "installed": .bool(true),
            "version": .text(version), "attribution": .object(["name": .text("Riposte"), "url": .text("")]),
        ]
        if let languages { values["languages"] = .list(languages.map { .text($0) }) }
        return .object(values.merging(more) { _, given in given })
    }

    /// What Whisper's larger models and those for English know best; a client only chooses among them.
    private var recognisedLanguages: [String] {
        let isEnglish = engines.transcriber.name.hasSuffix(".en") || engines.transcriber.name.hasPrefix("moonshine")
        return isEnglish
            ? ["en"] : ["en", "de", "es", "fr", "it", "ja", "ko", "nl", "pl", "pt", "ru", "tr", "uk", "zh"]
    }

    private var recognition: SlotValue {
        let model = artifact(
            engines.transcriber.name, "Speech recognition on this machine", languages: recognisedLanguages)
        return artifact(
            "riposte", "Riposte, with its own end of turn",
            [
                "models": .list([model]), "supports_transcript_streaming": .bool(true),
                // It hears itself when the speaker is done, so that nobody else needs to wait for silence.
                "requires_external_vad": .bool(false), "prefers_auto_gain_enabled": .bool(false),
                "prefers_noise_reduction_enabled": .bool(false),
            ])
    }

    private var speech: SlotValue {
        let first = engines.voices.filter { $0.name == engines.defaultVoice }
        let others = engines.voices.filter { $0.name != engines.defaultVoice }
        let voices = (first + others).map { voice in
            artifact(
                voice.name, "\(voice.name) (\(voice.engine), \(voice.language))",
                languages: [voice.language.replacing("-", with: "_")], ["speakers": .empty])
        }
        return artifact(
            "riposte", "Riposte's voices",
            ["voices": .list(voices), "supports_synthesize_streaming": .bool(true)])
    }

    private var waking: SlotValue {
        let words = engines.wakeWords.map { artifact($0, $0, languages: ["en"], ["phrase": .text($0)]) }
        return artifact("riposte", "Riposte's wake words", ["models": .list(words)])
    }

    private var handling: SlotValue {
        let models = engines.personas.map { artifact($0.name, "Answers of \($0.name)", languages: ["en"]) }
        return artifact(
            "riposte", "Riposte's dialog engine",
            [
                "models": .list(models), "supports_handled_streaming": .bool(true),
                "supports_home_control": .bool(false),
            ])
    }

    private var intents: SlotValue {
        let models = engines.personas.filter { $0.understanding != nil }.map {
            artifact($0.name, "Intents of \($0.name)", languages: ["en"])
        }
        return artifact("riposte", "Riposte's understanding", ["models": .list(models)])
    }
}
