import Foundation
import RiposteAudio
import RiposteConversation
import RiposteCore
import RiposteDialog
import RiposteInference
import RiposteListening
import RiposteSpeaking

/// Puts concrete engines together. Nothing else of the project names them.
struct Assembly {
    let store: ModelStore
    /// Who answers, and what is sent to whom.
    let usage = CloudUsage()

    init(store: ModelStore = ModelsCommand.store) { self.store = store }

    /// - Parameters:
    ///   - model: "base", "tiny.en", a model's full name in the store, or the folder of a prepared one.
    ///   - isLive: somebody waits: what is hard to understand is looked at once more, not six times.
    ///   - window: what the encoder is given.
    ///   - beam: texts that are followed side by side.
    ///   - concurrent: utterances at once, each with a thread of its own; nil gives each in turn all threads.
    func transcriber(
        _ model: String, isLive: Bool = false, window: WhisperTranscriber.Configuration.Window = .utterance,
        beam: Int = 1, concurrent: Int? = nil, settling: Int? = nil
    ) throws -> any Transcriber {
        var configuration = WhisperTranscriber.Configuration()
        configuration.window = window
        configuration.beam.width = beam
        if let concurrent { (configuration.concurrentUtterances, configuration.threads) = (concurrent, 1) }
        if let settling { configuration.settlingHypotheses = settling }
        if isLive { configuration.fallbackTemperatures = [0] }
        if model.contains("/") {
            return WhisperTranscriber(folder: URL(fileURLWithPath: model), configuration: configuration)
        }
        let isShort = store.catalogue[model] == nil && !model.hasPrefix("whisper-")
        let name = isShort ? "whisper-\(model)" : model
        if name.hasPrefix("moonshine-") {
            return MoonshineTranscriber(folder: try store.folder(of: name), name: name)
        }
        return WhisperTranscriber(folder: try store.folder(of: name), name: name, configuration: configuration)
    }

    func voiceActivity() throws -> any WindowScorer {
        try SileroScorer(folder: store.folder(of: "silero-vad"))
    }

    func synthesizer(_ voice: String?, reading: TextReading = .init()) throws -> any Synthesizer {
        try VoiceCatalogue(store: store, reading: reading).synthesizer(for: voice)
    }

    /// The recogniser of conversations. Services come before it, where the options name some.
    func listeningTranscriber(_ options: EngineOptions) throws -> any Transcriber {
        try options.cloud.transcriber(try transcriber(options.model, isLive: true), usage: usage)
    }

    /// The voices, whose words are read as the options say.
    func voices(_ options: EngineOptions) throws -> VoiceCatalogue {
        VoiceCatalogue(store: store, reading: try options.reading.reading())
    }

    /// The voice that answers, which keeps what it has said before; the session's own phrases are kept on disk, too.
    /// Services come before it, where the options name some.
    /// - Parameter voices: where it comes from. Default: a catalogue of its own.
    func answeringVoice(_ options: EngineOptions, of voices: VoiceCatalogue? = nil) throws -> any Synthesizer {
        let voices = try voices ?? self.voices(options)
        let folder = store.root.appendingPathComponent("phrases")
        let local = CachedSynthesizer(try voices.synthesizer(for: options.voice), cache: PhraseCache(folder: folder))
        return try options.cloud.synthesizer(local, usage: usage)
    }

    /// Without the model the words alone tell when a turn is over.
    func turnDetector() throws -> (any TurnDetector)? {
        switch store.status(of: "smart-turn") {
        case .ready: SmartTurnDetector(folder: try store.folder(of: "smart-turn"))
        default: nil
        }
    }

    /// - Parameter threads: one suits single sentences, all there are suit training.
    func embedder(threads: Int = 1) throws -> any SentenceEmbedder {
        var configuration = MiniLMEmbedder.Configuration()
        configuration.threads = threads
        return MiniLMEmbedder(folder: try store.folder(of: "minilm"), configuration: configuration)
    }

    /// Where trained understanding is kept: beside the models.
    var understandingCache: UnderstandingCache {
        UnderstandingCache(folder: store.root.appending(path: "understanding", directoryHint: .isDirectory))
    }

    /// What understands the users of a project; trained the first time, in seconds, and kept.
    func understanding(of project: DialogProject) throws -> any Understanding {
        ProjectUnderstanding(project.training, embedder: try embedder(), cache: understandingCache)
    }

    func responder() -> any Responder { BuiltInResponder() }

    /// Says at once what is missing, before a file is made or a device opened.
    func check(_ options: EngineOptions) throws {
        _ = try voiceActivity()
        _ = try transcriber(options.model)
        _ = try synthesizer(options.voice)
    }

    /// Everything a session needs but its devices.
    func parts(
        _ options: EngineOptions, source: @escaping @Sendable () async throws -> any AudioSource,
        sink: any AudioSink
    ) throws -> Session.Parts {
        Session.Parts(
            source: source, sink: sink, voiceActivity: { try voiceActivity() },
            transcriber: try listeningTranscriber(options), responder: responder(),
            turnDetector: options.turns == .meaning ? try turnDetector() : nil,
            synthesizer: try answeringVoice(options))
    }
}
