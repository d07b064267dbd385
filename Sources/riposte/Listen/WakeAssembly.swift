import Foundation
import RiposteCore
import RiposteInference
import RiposteListening
import RiposteSpeaking
import Synchronization

/// Puts the engines that hear wake words together.
struct WakeAssembly {
    /// The recogniser that detectors have in common.
    private final class Shared: Sendable {
        let listener = Mutex<PhraseListener?>(nil)
    }

    let store: ModelStore
    private let shared: Shared?

    /// - Parameter sharesListener: whether all detectors, which then have to be for the same words, look for phrases with one
    ///   recogniser.
    init(store: ModelStore = ModelsCommand.store, sharesListener: Bool = false) {
        self.store = store
        shared = sharesListener ? Shared() : nil
    }

    /// A detector for the words of the options: one engine, or several side by side.
    /// - Throws: `.modelMissing`, `.badInput` for a word that its engine does not know.
    func detector(_ options: WakeOptions) throws -> any WakeWordDetector {
        let byEngine = Dictionary(grouping: options.wake) { engine(for: $0, options) }
        var detectors: [any WakeWordDetector] = []
        if let words = byEngine[.porcupine] { detectors.append(try porcupine(words, options)) }
        if let words = byEngine[.openwakeword] { detectors.append(try openWakeWord(words, options)) }
        var phrases = byEngine[.phrase] ?? []
        // With a verifier the recogniser confirms what an engine hears, and looks for the word itself as well: what the
        // engine misses is found by it.
        if options.verify {
            phrases += detectors.flatMap(\.words).filter { !phrases.contains($0) }
            if !detectors.isEmpty {
                let recogniser = try listener(phrases)
                detectors = detectors.map {
                    VerifiedWakeWordDetector($0, verifier: PhraseVerifier(recogniser))
                }
                detectors.append(try phrase(recogniser, options))
            }
        }
        if !phrases.isEmpty, !options.verify || detectors.isEmpty {
            detectors.append(try phrase(listener(phrases), options))
        }
        guard let first = detectors.first else {
            throw RiposteError(.badInput, .configuration, "There is no wake word to hear: name one with --wake.")
        }
        return detectors.count == 1 ? first : WakeWordDetectors(detectors)
    }

    private func porcupine(_ words: [String], _ options: WakeOptions) throws -> any WakeWordDetector {
        var configuration = PorcupineDetector.Configuration()
        // Behind the small recogniser alone it has to be as ready as can be.
        if options.verify, !isConfirmed { configuration.sensitivity = 1 }
        if let sensitivity = options.sensitivity { configuration.sensitivity = Float(sensitivity) }
        return try PorcupineDetector(
            folder: store.folder(of: "porcupine"), words: words, configuration: configuration)
    }

    private func openWakeWord(_ words: [String], _ options: WakeOptions) throws -> any WakeWordDetector {
        var configuration = OpenWakeWordDetector.Configuration()
        if options.verify { configuration.threshold = 0.1 }
        if let sensitivity = options.sensitivity { configuration.threshold = Float(max(0.01, 1 - sensitivity)) }
        return try OpenWakeWordDetector(
            folder: store.folder(of: "openwakeword"), words: words, configuration: configuration)
    }

    private func phrase(_ listener: PhraseListener, _ options: WakeOptions) throws -> any WakeWordDetector {
        PhraseDetector(
            listener, voiceActivity: try Assembly(store: store).voiceActivity(),
            configuration: try configuration(listener, sensitivity: options.sensitivity))
    }

    /// How a phrase is listened for, with what enrolment tells of it.
    private func configuration(
        _ listener: PhraseListener, sensitivity: Double?
    ) throws -> PhraseDetector.Configuration {
        var configuration = PhraseDetector.Configuration(isConfirmed: listener.isConfirmed)
        if let sensitivity {
            configuration.threshold = PhraseDetector.Configuration.threshold(
                sensitivity: sensitivity, isConfirmed: listener.isConfirmed)
        }
        for (phrase, enrolment) in try WakeEnrolments(store: store).all(of: listener.phrases) {
            configuration.thresholds[phrase] = enrolment.threshold(configuration.threshold)
        }
        return configuration
    }

    /// Whether the larger recogniser is there to be asked as well.
    private var isConfirmed: Bool { store.status(of: "whisper-base") == .ready }

    /// The small recogniser that looks for phrases, and the larger one that is asked then, with what it learnt of them by
    /// enrolment.
    func listener(_ phrases: [String], enrolled: Bool = true) throws -> PhraseListener {
        guard let shared else { return try newListener(phrases, enrolled: enrolled) }
        return try shared.listener.withLock { listener in
            if let listener { return listener }
            let new = try newListener(phrases, enrolled: enrolled)
            listener = new
            return new
        }
    }

    private func newListener(_ phrases: [String], enrolled: Bool) throws -> PhraseListener {
        var configuration = PhraseListener.Configuration()
        if store.status(of: "hibari") == .ready, let folder = try? store.folder(of: "hibari"),
            let pronouncer = try? Pronouncer(folder: folder)
        {
            configuration.phonemes = { try pronouncer.phonemes(for: $0) }
        }
        if isConfirmed { configuration.confirming = try store.folder(of: "whisper-base") }
        let enrolments = enrolled ? try WakeEnrolments(store: store).all(of: phrases) : [:]
        return PhraseListener(
            folder: try store.folder(of: "whisper-tiny.en"), phrases: phrases, enrolments: enrolments,
            configuration: configuration)
    }

    /// An engine to be measured.
    /// - Parameter words: those that it may be asked for.
    func trial(_ engine: BenchWake.Engine, words: [String]) throws -> any WakeTrialEngine {
        switch engine {
        case .porcupine: return PorcupineTrial(folder: try store.folder(of: "porcupine"))
        case .openwakeword: return OpenWakeWordTrial(folder: try store.folder(of: "openwakeword"))
        case .phrase:
            return PhraseTrial(
                listener: try listener(words, enrolled: false),
                voiceActivity: try Assembly(store: store).voiceActivity())
        case .phraseDefault:
            return PhraseDefaultTrial(
                listener: try listener(words, enrolled: false),
                voiceActivity: try Assembly(store: store).voiceActivity())
        case .verified:
            return VerifiedTrial(
                porcupine: PorcupineTrial(folder: try store.folder(of: "porcupine")),
                verifier: PhraseVerifier(try listener(words, enrolled: false)))
        }
    }

    /// Which engine hears a word.
    func engine(for word: String, _ options: WakeOptions) -> WakeEngine {
        if options.wakeEngine != .auto { return options.wakeEngine }
        if word.hasSuffix(".ppn") { return .porcupine }
        if word.hasSuffix(".onnx") { return .openwakeword }
        // The catalogue knows the words before their files are there.
        if names(of: "porcupine", in: "keywords/").contains(word.lowercased()) { return .porcupine }
        if names(of: "openwakeword", in: "").contains(word.lowercased()) { return .openwakeword }
        return .phrase
    }

    /// What is to be told to whoever uses the words: that a licence forbids something.
    func licenceNote(_ options: WakeOptions) throws -> String? {
        let words = options.wake.filter { engine(for: $0, options) == .openwakeword && !$0.hasSuffix(".onnx") }
        guard !words.isEmpty, let model = store.catalogue["openwakeword"], !model.allowsCommercialUse else {
            return nil
        }
        return "The models of openWakeWord (\(words.joined(separator: ", "))) are under \(model.licence): not for "
            + "commercial use."
    }

    /// What Porcupine hears by name; empty where it is not there.
    var porcupineWords: [String] {
        store.status(of: "porcupine") == .ready ? names(of: "porcupine", in: "keywords/").sorted() : []
    }

    private func names(of model: String, in folder: String) -> [String] {
        let paths = (store.catalogue[model]?.sources.first?.files ?? []).map(\.path).filter { $0.hasPrefix(folder) }
        let others: Set = ["melspectrogram", "embedding_model"]
        return paths.filter { $0.hasSuffix(".ppn") || $0.hasSuffix(".onnx") }
            .map { URL(fileURLWithPath: $0) }
            .filter { !others.contains($0.deletingPathExtension().lastPathComponent) }
            .map(OpenWakeWordDetector.word)
    }
}
