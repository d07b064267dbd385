import Foundation
import RiposteCore

/// Wake words with Porcupine 1.9, whose package carries keyword files for some twenty words and needs no key.
///
/// A frame of 32 ms takes about 0.3 ms. It tells a word shortly after its end and gives no score.
///
/// ```swift
/// let detector = try PorcupineDetector(folder: store.folder(of: "porcupine"), words: ["computer", "jarvis"])
/// try await detector.load()
/// ```
public actor PorcupineDetector: WakeWordDetector {
    public struct Configuration: Sendable, Equatable {
        /// The more, the fewer words are missed and the more false alarms there are. 0 … 1. Default 0.7, at which there
        /// was no false alarm in an hour and a half of other speech.
        public var sensitivity: Float = 0.7
        /// By word, where one is to have another sensitivity.
        public var sensitivities: [String: Float] = [:]

        public init() {}
    }

    public nonisolated let words: [String]
    private let folder: URL
    private let keywords: [URL]
    private let configuration: Configuration
    private var cutter = FrameCutter(length: 512)
    private var handle: PorcupineHandle?

    /// - Parameters:
    ///   - folder: of the model: the library, its parameters, and the keyword files in `keywords`.
    ///   - words: names of keyword files, or paths to keyword files of the user's own.
    /// - Throws: `.badInput` for a word that there is no file for, a sensitivity out of range, or no word.
    public init(folder: URL, words: [String], configuration: Configuration = .init()) throws {
        guard !words.isEmpty else { throw RiposteError(.badInput, .configuration, "There is no wake word to hear.") }
        for value in [configuration.sensitivity] + configuration.sensitivities.values where !(0...1).contains(value) {
            throw RiposteError(.badInput, .configuration, "A sensitivity is 0 to 1, not \(value).")
        }
        keywords = try words.map { try Self.keyword($0, folder: folder) }
        self.words = zip(words, keywords).map {
            $0.hasSuffix(".ppn") ? Self.word(of: $1) : $0
        }
        self.folder = folder
        self.configuration = configuration
    }

    /// The words that there are keyword files for, in alphabetical order.
    public static func words(in folder: URL) -> [String] {
        let files = try? FileManager.default.contentsOfDirectory(
            at: folder.appending(path: "keywords"), includingPropertiesForKeys: nil)
        return (files ?? []).filter { $0.pathExtension == "ppn" }.map { $0.deletingPathExtension().lastPathComponent }
            .sorted()
    }

    /// The word that a keyword file is for, as it is said: "coffee maker" of "coffee-maker_linux.ppn".
    public static func word(of file: URL) -> String {
        let name = file.deletingPathExtension().lastPathComponent
            .replacing(/_+v[0-9][0-9._]*$/, with: "")
            .replacing(/_+(en_+)?(linux|raspberry-pi|beaglebone|mac|windows|android|ios|wasm)(_.*)?$/, with: "")
        return name.split { $0 == "-" || $0 == "_" || $0 == " " }.joined(separator: " ")
    }

    private static func keyword(_ word: String, folder: URL) throws -> URL {
        if word.hasSuffix(".ppn") {
            guard FileManager.default.fileExists(atPath: word) else {
                throw RiposteError(.badInput, .configuration, "There is no keyword file \(word).")
            }
            return URL(fileURLWithPath: word)
        }
        let known = words(in: folder)
        guard let name = known.first(where: { $0 == word.lowercased() }) else {
            throw RiposteError(
                .badInput, .configuration,
                "Porcupine has no keyword '\(word)'. It has: \(known.joined(separator: ", ")).")
        }
        return folder.appending(path: "keywords/\(name).ppn")
    }

    public func load() throws { _ = try loaded() }

    public func detect(in frame: AudioFrame) throws -> [WakeWordDetection] {
        if try !cutter.append(frame) { handle = nil }
        let handle = try loaded()
        var detections: [WakeWordDetection] = []
        while let window = cutter.next() {
            guard let index = try handle.process(window.samples.map(\.pcm)) else { continue }
            let position = window.position + cutter.length
            let start = max(cutter.start ?? 0, position - WakeWordDetection.typicalLength(of: words[index]))
            detections.append(WakeWordDetection(word: words[index], position: position, speech: start..<position))
        }
        return detections
    }

    /// What does not fill a frame is too short for a word.
    public func finish() -> [WakeWordDetection] { [] }

    /// The library has no way to forget but to begin anew.
    public func reset() {
        cutter.reset()
        handle = nil
    }

    private func loaded() throws -> PorcupineHandle {
        if let handle { return handle }
        let library = try PorcupineLibrary.opened(folder.appending(path: "libpv_porcupine.so"))
        let loaded = try library.detector(
            model: folder.appending(path: "porcupine_params.pv"), keywords: keywords,
            sensitivities: words.map { configuration.sensitivities[$0] ?? configuration.sensitivity })
        handle = loaded
        return loaded
    }
}
