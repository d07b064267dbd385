import RiposteCore

/// What a Realtime client may set about its session.
struct RealtimeSettings: Sendable {
    /// Who answers; as the client named it.
    var model: String
    var voice: String
    var instructions = ""
    /// Whether the server tells when a turn is over; else the client commits.
    var detectsTurns = true
    /// Whether answers are spoken; else they are text.
    var speaks = true

    /// Takes over what the client sets, all of it or nothing.
    /// - Throws: `.badInput` for what cannot be had here.
    mutating func update(_ session: JSONValue) throws {
        var new = self
        guard session["type"]?.string == "realtime" else {
            throw RiposteError(.badInput, .configuration, "'session.type' has to be 'realtime'.")
        }
        for direction in ["input", "output"] {
            guard let format = session["audio"]?[direction]?["format"], format != .null else { continue }
            guard format["type"]?.string == "audio/pcm", (format["rate"]?.number ?? 24_000) == 24_000 else {
                throw RiposteError(
                    .badInput, .configuration,
                    "'session.audio.\(direction).format' has to be audio/pcm at 24000 Hz.")
            }
        }
        if let modalities = session["output_modalities"]?.array {
            guard modalities.count == 1, let modality = modalities[0].string, ["audio", "text"].contains(modality)
            else {
                throw RiposteError(
                    .badInput, .configuration, "'session.output_modalities' takes [\"audio\"] or [\"text\"].")
            }
            new.speaks = modality == "audio"
        }
        if let detection = session["audio"]?["input"]?["turn_detection"] {
            let type = detection["type"]?.string
            guard detection == .null || type == "server_vad" || type == "semantic_vad" else {
                throw RiposteError(
                    .badInput, .configuration,
                    "'session.audio.input.turn_detection' takes server_vad, semantic_vad or null.")
            }
            new.detectsTurns = detection != .null
        }
        if case .array(let tools)? = session["tools"], !tools.isEmpty {
            throw RiposteError(.badInput, .configuration, "'session.tools' is not served here.")
        }
        if let voice = session["audio"]?["output"]?["voice"]?.string { new.voice = voice }
        if let instructions = session["instructions"]?.string { new.instructions = instructions }
        self = new
    }

    func described(id: String) -> JSONValue {
        let format: JSONValue = ["type": "audio/pcm", "rate": 24_000]
        return [
            "type": "realtime", "object": "realtime.session", "id": .string(id), "model": .string(model),
            "instructions": .string(instructions), "output_modalities": [speaks ? "audio" : "text"], "tools": [],
            "tool_choice": "none",
            "audio": [
                "input": ["format": format, "turn_detection": detectsTurns ? ["type": "semantic_vad"] : nil],
                "output": ["format": format, "voice": .string(voice)],
            ],
        ]
    }
}
