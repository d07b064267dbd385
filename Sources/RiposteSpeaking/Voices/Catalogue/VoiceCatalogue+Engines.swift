import Foundation
import RiposteCore
import RiposteInference

extension VoiceCatalogue {
    /// The engine for a voice, not loaded yet; the same one for all voices of a model, as long as it is in use.
    ///
    /// Where an engine has several voices, the one that was asked for speaks unless the options name another.
    /// - Parameter name: A name from `voices`; or the path of a voice of the user's own: a Piper voice's `.onnx`, with
    ///   its `.onnx.json` beside it and, if it has several speakers, one of them behind a slash, or a Kokoro voice's
    ///   `.npz` (with the voice's name behind a slash), `.npy` or `.bin`. Default: `defaultVoice`.
    /// - Throws: `modelMissing` or `libraryMissing`, with what gets it; `badInput` for a name nobody has, with the one
    ///   that was probably meant.
    public func synthesizer(for name: String? = nil) throws -> any Synthesizer {
        let name = name ?? Self.defaultVoice
        if let file = VoiceFile(path: name) { return try synthesizer(for: file, wish: name) }
        if let entry = Self.entries.first(where: { $0.voice.name == name }) {
            return try synthesizer(for: entry.voice)
        }
        for file in ownFiles {
            guard let voice = file.voices.first(where: { $0.name == name }) else { continue }
            return try synthesizer(for: file.speaking(voice), wish: name)
        }
        return try formantSynthesizer(for: name)
    }

    /// The engine for a voice that markup names: as `synthesizer(for:)`, and for "male", "female" and "neutral" the first
    /// English one of that gender that is there.
    public func synthesizer(named name: String) throws -> any Synthesizer {
        guard ["male", "female", "neutral"].contains(name) else { return try synthesizer(for: name) }
        let listing = listings.first {
            ($0.voice.gender == name || name == "neutral") && $0.voice.language.hasPrefix("en")
                && $0.missingModels.isEmpty
        }
        guard let listing else {
            throw RiposteError(.badInput, .configuration, "There is no \(name) voice here; riposte voices lists them.")
        }
        return try synthesizer(for: listing.voice.name)
    }

    /// The same as a function.
    public static func synthesizer(
        for name: String? = nil, store: ModelStore = .standard
    ) throws -> any Synthesizer {
        try VoiceCatalogue(store: store).synthesizer(for: name)
    }

    // MARK: Engines

    private func synthesizer(for voice: Voice) throws -> any Synthesizer {
        switch voice.engine {
        case "hibari":
            let folder = try store.folder(of: "hibari")
            let engine = engines.object("hibari") { () -> HibariSynthesizer in
                var configuration = HibariSynthesizer.Configuration()
                configuration.reading = reading
                return HibariSynthesizer(folder: folder, configuration: configuration)
            }
            return engine
        case "kokoro":
            let file = KokoroSynthesizer.voices(in: try store.folder(of: "kokoro"))
            return ChosenVoice(engine: try kokoro(file), voice: voice.name, wish: voice.name)
        default:
            let folder = try store.folder(of: "piper-joe")
            let lexicons = try store.folder(of: "hibari")
            let engine = try engines.object("piper-joe") { () throws -> PiperSynthesizer in
                var configuration = PiperSynthesizer.Configuration()
                configuration.voiceName = voice.name
                configuration.licence = voice.licence
                configuration.gender = voice.gender
                configuration.reading = reading
                return try PiperSynthesizer(
                    model: folder.appendingPathComponent("en_US-joe-medium.onnx"), lexicons: lexicons,
                    configuration: configuration)
            }
            return engine
        }
    }

    private func synthesizer(for file: VoiceFile, wish: String) throws -> any Synthesizer {
        let engine: any VoiceEngine = if file.isKokoro { try kokoro(file.url) } else { try piper(file.url) }
        let first = (engine as? KokoroSynthesizer)?.defaultVoice ?? engine.voices.first?.name
        guard let speaker = file.speaker ?? first else { return engine }
        let voice = engine.voices.first { $0.name == speaker || $0.name.hasSuffix("/" + speaker) }
        guard let voice = voice ?? numbered(speaker, of: engine) else {
            let names = engine.voices.prefix(20).map(\.name)
            throw RiposteError(
                .badInput, .synthesis,
                "\(file.url.lastPathComponent) has no voice '\(speaker)'; it has \(names.joined(separator: ", ")).")
        }
        return ChosenVoice(engine: engine, voice: voice.name, wish: wish)
    }

    /// Speakers of Piper's go by their numbers, too.
    private func numbered(_ speaker: String, of engine: any VoiceEngine) -> Voice? {
        guard engine is PiperSynthesizer, let number = Int(speaker), engine.voices.indices.contains(number) else {
            return nil
        }
        return engine.voices[number]
    }

    private func piper(_ file: URL) throws -> PiperSynthesizer {
        let key = "piper \(file.standardizedFileURL.path) \(FileStamp.of(file))"
        return try engines.object(key) { () throws -> PiperSynthesizer in
            var configuration = PiperSynthesizer.Configuration()
            configuration.reading = reading
            return try PiperSynthesizer(
                model: file, lexicons: try? store.folder(of: "hibari"), configuration: configuration)
        }
    }

    /// The network is one for all files of voices.
    private func kokoro(_ file: URL) throws -> KokoroSynthesizer {
        let folder = try store.folder(of: "kokoro")
        let lexicons = try store.folder(of: "hibari")
        let key = "kokoro \(file.standardizedFileURL.path) \(FileStamp.of(file))"
        return try engines.object(key) { () throws -> KokoroSynthesizer in
            var configuration = KokoroSynthesizer.Configuration()
            configuration.reading = reading
            let network = engines.object("kokoro") { () -> KokoroNetwork in
                KokoroNetwork(folder: folder, lexicons: lexicons, threads: configuration.threads)
            }
            return try KokoroSynthesizer(network: network, voiceFile: file, configuration: configuration)
        }
    }

    private func formantSynthesizer(for name: String) throws -> any Synthesizer {
        do {
            let engine = try engines.object("espeak-ng") { () throws -> EspeakSynthesizer in
                var configuration = EspeakSynthesizer.Configuration()
                configuration.reading = reading
                return try EspeakSynthesizer(configuration: configuration)
            }
            if name == "espeak-ng" || name == "espeak" {
                return ChosenVoice(engine: engine, voice: EspeakSynthesizer.Configuration().voice, wish: name)
            }
            if engine.voices.contains(where: { $0.name == name }) {
                return ChosenVoice(engine: engine, voice: name, wish: name)
            }
        } catch let error as RiposteError where error.code == .libraryMissing {
            if name == "espeak-ng" || name == "espeak" { throw error }
            throw unknown(name, "espeak-ng is not installed: apt install libespeak-ng1")
        }
        throw unknown(name)
    }

    private func unknown(_ name: String, _ more: String = "") -> RiposteError {
        let known = voices.map(\.name)
        let names = Self.entries.map(\.voice.name).joined(separator: ", ")
        let hint =
            NearestName.nearest(to: name, among: known).map { "Did you mean '\($0)'?" }
            ?? "There are \(names), files ending in .onnx, and espeak-ng's."
        let message = "There is no voice '\(name)'. \(hint) riposte voices lists them all. \(more)"
        return RiposteError(.badInput, .configuration, message.trimmingCharacters(in: .whitespaces))
    }
}
