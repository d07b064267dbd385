import RiposteCore

/// What a Realtime client may set about its session.
struct RealtimeSettings: Sendable {
    /// Whether a language model may, must not or has to call a function of the client's.
    enum FunctionChoice: Sendable, Equatable {
        case auto, none, required
        case function(String)

        /// nil for what is none.
        init?(_ asked: JSONValue) {
            switch asked {
            case "auto": self = .auto
            case "none": self = .none
            case "required": self = .required
            default:
                guard asked["type"] == "function", let name = asked["name"]?.string else { return nil }
                self = .function(name)
            }
        }

        var described: JSONValue {
            switch self {
            case .auto: "auto"
            case .none: "none"
            case .required: "required"
            case .function(let name): ["type": "function", "name": .string(name)]
            }
        }
    }

    /// Who answers; as the client named it.
    var model: String
    var voice: String
    var instructions = ""
    /// Whether it is a conversation; else only what is said is written down.
    var answers = true
    /// How the server tells when a turn is over; nil: the client commits.
    var detection: RealtimeTurnDetection? = RealtimeTurnDetection()
    /// Whether answers are spoken; else they are text.
    var speaks = true
    var input = RealtimeSoundFormat.pcm
    var output = RealtimeSoundFormat.pcm
    /// Functions of the client's.
    var tools: [RealtimeTool] = []
    var functionChoice = FunctionChoice.auto
    /// What a client of ours has asked for beside the protocol.
    var extras = RealtimeExtras()

    init(model: String, voice: String) {
        self.model = model
        self.voice = voice
    }

    var detectsTurns: Bool { detection != nil }

    /// Whether turns are answered without being asked to.
    var createsResponses: Bool { answers && detection?.createsResponse != false }

    /// What cannot change any more once sound was heard.
    func isHeardAlike(_ other: RealtimeSettings) -> Bool {
        voice == other.voice && answers == other.answers && detection == other.detection && input == other.input
            && output == other.output
    }

    /// Takes over what the client sets, all of it or nothing.
    /// - Throws: `.badInput` for what cannot be had here.
    mutating func update(_ session: JSONValue) throws {
        var new = self
        guard let kind = session["type"]?.string, ["realtime", "transcription"].contains(kind) else {
            throw RiposteError(
                .badInput, .configuration, "'session.type' has to be 'realtime' or 'transcription'.")
        }
        new.answers = kind == "realtime"
        if let format = session["audio"]?["input"]?["format"], format != .null {
            new.input = try RealtimeSoundFormat(format, direction: "input")
        }
        if let format = session["audio"]?["output"]?["format"], format != .null {
            new.output = try RealtimeSoundFormat(format, direction: "output")
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
            new.detection = detection == .null ? nil : try RealtimeTurnDetection(detection)
        }
        if let tools = session["tools"], tools != .null { new.tools = try RealtimeTool.list(tools) }
        if let choice = session["tool_choice"], choice != .null {
            guard let choice = FunctionChoice(choice) else {
                throw RiposteError(
                    .badInput, .configuration, "'session.tool_choice' takes auto, none, required or a function.")
            }
            new.functionChoice = choice
        }
        try new.checkFunctionChoice()
        if let voice = session["audio"]?["output"]?["voice"]?.string { new.voice = voice }
        if let instructions = session["instructions"]?.string { new.instructions = instructions }
        try new.extras.update(session["riposte"] ?? .null)
        self = new
    }

    /// What has to be called has to be there.
    private func checkFunctionChoice() throws {
        switch functionChoice {
        case .auto, .none: return
        case .required where !tools.isEmpty: return
        case .function(let name) where tools.contains(where: { $0.name == name }): return
        default:
            throw RiposteError(
                .badInput, .configuration, "'session.tool_choice' is for a function that is not among 'session.tools'.")
        }
    }

    func described(id: String) -> JSONValue {
        [
            "type": answers ? "realtime" : "transcription", "object": "realtime.session", "id": .string(id),
            "model": .string(model), "instructions": .string(instructions),
            "output_modalities": [speaks ? "audio" : "text"], "tools": .array(tools.map(\.described)),
            "tool_choice": functionChoice.described,
            "audio": [
                "input": ["format": input.described, "turn_detection": detection?.described ?? .null],
                "output": ["format": output.described, "voice": .string(voice)],
            ],
        ]
    }
}
