import Foundation
import RiposteCore
import RiposteInference

/// Wake words with openWakeWord: any `.onnx` word model of that project, six of which are in its package.
///
/// 80 ms take about 1.3 ms, whatever the number of words. The packaged models are not for commercial use (CC BY-NC-SA
/// 4.0); `ModelCatalogue` says so, and so must whoever offers them.
///
/// ```swift
/// let detector = try OpenWakeWordDetector(folder: store.folder(of: "openwakeword"), words: ["alexa", "hey jarvis"])
/// try await detector.load()
/// ```
public actor OpenWakeWordDetector: WakeWordDetector {
    public struct Configuration: Sendable, Equatable {
        /// A score from this on is a word. More than 0, at most 1. Default 0.5, the project's own.
        public var threshold: Float = 0.5
        /// By word, where one is to have another threshold.
        public var thresholds: [String: Float] = [:]
        /// So many scores in a row, one every 80 ms, must reach the threshold. Default 1.
        public var patience = 1
        /// A word is told once, and again only this many seconds later and after its score has fallen below half the
        /// threshold. Default 1.
        public var debounce = 1.0

        public init() {}
    }

    /// Scores right after the beginning say nothing yet: the project's own rule.
    private static let settling = 5
    /// In seconds: an hour.
    private static let longestDebounce = 3_600.0

    public nonisolated let words: [String]
    private let folder: URL
    private let files: [URL]
    private let configuration: Configuration
    private let thread = InferenceThread(name: "wake-word")
    public nonisolated var unownedExecutor: UnownedSerialExecutor { thread.asUnownedSerialExecutor() }

    private var cutter = FrameCutter(length: OpenWakeWordFeatures.chunk)
    private var features: OpenWakeWordFeatures?
    private var models: [OpenWakeWordModel] = []
    private var states: [State]
    private var chunks = 0

    private struct State {
        /// Scores in a row that reached the threshold.
        var inARow = 0
        /// Until where it is not told again; nil when it may be.
        var quietUntil: Int?
    }

    /// - Parameters:
    ///   - folder: of the model: the features' networks and the packaged words.
    ///   - words: of the package ("alexa", "hey jarvis"), or paths to `.onnx` files of the user's own.
    /// - Throws: `.badInput` for a word there is no model for, a value out of range, or no word.
    public init(folder: URL, words: [String], configuration: Configuration = .init()) throws {
        guard !words.isEmpty else { throw RiposteError(.badInput, .configuration, "There is no wake word to hear.") }
        for value in [configuration.threshold] + configuration.thresholds.values where !(value > 0 && value <= 1) {
            // A score never falls below 0: a word told once would never be told again.
            throw RiposteError(.badInput, .configuration, "A threshold is more than 0 and at most 1, not \(value).")
        }
        guard configuration.patience >= 1 else {
            throw RiposteError(.badInput, .configuration, "A patience is 1 or more, not \(configuration.patience).")
        }
        guard (0...Self.longestDebounce).contains(configuration.debounce) else {
            throw RiposteError(
                .badInput, .configuration,
                "A debounce is 0 to \(Int(Self.longestDebounce)) seconds, not \(configuration.debounce).")
        }
        files = try words.map { try Self.file($0, folder: folder) }
        self.words = files.map(OpenWakeWordModel.word)
        self.folder = folder
        self.configuration = configuration
        states = files.map { _ in State() }
    }

    /// The word that a model's file is for: "hey jarvis" of "hey_jarvis_v0.1.onnx".
    public static func word(of file: URL) -> String { OpenWakeWordModel.word(of: file) }

    /// The words of the package, in alphabetical order.
    public static func words(in folder: URL) -> [String] { packaged(folder).map(OpenWakeWordModel.word).sorted() }

    private static func packaged(_ folder: URL) -> [URL] {
        let files = try? FileManager.default.contentsOfDirectory(at: folder, includingPropertiesForKeys: nil)
        let others: Set = ["melspectrogram.onnx", "embedding_model.onnx", "silero_vad.onnx"]
        return (files ?? []).filter { $0.pathExtension == "onnx" && !others.contains($0.lastPathComponent) }
    }

    private static func file(_ word: String, folder: URL) throws -> URL {
        if word.hasSuffix(".onnx") {
            guard FileManager.default.fileExists(atPath: word) else {
                throw RiposteError(.badInput, .configuration, "There is no wake word model \(word).")
            }
            return URL(fileURLWithPath: word)
        }
        guard let file = packaged(folder).first(where: { OpenWakeWordModel.word(of: $0) == word.lowercased() }) else {
            throw RiposteError(
                .badInput, .configuration,
                "openWakeWord has no word '\(word)'. It has: \(words(in: folder).joined(separator: ", ")).")
        }
        return file
    }

    public func load() throws {
        guard features == nil else { return }
        models = try files.map(OpenWakeWordModel.init)
        features = try OpenWakeWordFeatures(folder: folder)
    }

    public func detect(in frame: AudioFrame) throws -> [WakeWordDetection] {
        try load()
        if try !cutter.append(frame) { begin() }
        var detections: [WakeWordDetection] = []
        while let window = cutter.next() { detections += try hear(window.samples, at: window.position) }
        return detections
    }

    /// A word that ends with the stream is noticed with what follows: a second of silence.
    public func finish() throws -> [WakeWordDetection] {
        try load()
        guard let end = cutter.end else { return [] }
        var detections: [WakeWordDetection] = []
        if let rest = cutter.last() { detections += try hear(rest.samples, at: rest.position) }
        for index in 0..<12 {
            detections += try hear(
                [Float](repeating: 0, count: cutter.length), at: end + index * OpenWakeWordFeatures.chunk)
        }
        return detections.map { detection in
            var detection = detection
            detection.position = min(detection.position, end)
            detection.speech = min(detection.speech.lowerBound, end)..<min(detection.speech.upperBound, end)
            return detection
        }
    }

    public func reset() {
        cutter.reset()
        begin()
    }

    private func begin() {
        features?.reset()
        states = files.map { _ in State() }
        chunks = 0
    }

    /// The scores of the words for each whole 80 ms of a sound that begins now: what a comparison with the project's own
    /// package is made of.
    public func scores(of samples: [Float]) throws -> [[Float]] {
        try load()
        reset()
        defer { reset() }
        return try stride(from: 0, through: samples.count - cutter.length, by: cutter.length).map {
            try scores(Array(samples[$0..<($0 + cutter.length)]))
        }
    }

    private func scores(_ chunk: [Float]) throws -> [Float] {
        try features?.append(chunk.map { Float($0.pcm) })
        chunks += 1
        guard chunks > Self.settling, let features else { return models.map { _ in 0 } }
        return try models.map { try $0.score(features.vectors) }
    }

    private func hear(_ chunk: [Float], at position: Int) throws -> [WakeWordDetection] {
        let end = position + chunk.count
        let scores = try scores(chunk)
        guard chunks > Self.settling else { return [] }
        return scores.enumerated().compactMap { index, score in
            let threshold = configuration.thresholds[words[index]] ?? configuration.threshold
            if let until = states[index].quietUntil {
                if end >= until, score < threshold / 2 { states[index] = State() }
                return nil
            }
            states[index].inARow = score >= threshold ? states[index].inARow + 1 : 0
            guard states[index].inARow >= configuration.patience else { return nil }
            states[index].quietUntil = end + Int(configuration.debounce * 16_000)
            let start = max(cutter.start ?? 0, end - WakeWordDetection.typicalLength(of: words[index]))
            return WakeWordDetection(word: words[index], position: end, speech: start..<end, score: Double(score))
        }
    }
}
