import Foundation
import RiposteCore
import RiposteInference

/// The files of a prepared `hibari` model that pronunciation reads.
enum PronunciationFiles {
    static let exceptions = "exceptions.table"
    static let taggedWords = "tagged-words.table"
    static let tagVocabulary = "tag-vocabulary.table"
    static let tagWeights = "tag-weights.table"
    static let tags = "tags.txt"

    /// - Parameter grade: "gold" or "silver".
    static func lexicon(_ accent: Accent, _ grade: String) -> String { "lexicon-\(accent.rawValue)-\(grade).table" }
}

/// Turns the package `hibari-tts` into what the hibari voice loads: its networks as they are, its dictionaries and
/// its tagger as tables that are mapped into memory.
public struct HibariPreparation: ModelPreparer {
    public let name = "hibari"
    public let version = 1

    public init() {}

    private static let copied = [
        "hibari.onnx", "vocab.json", "voices.json", "normalize.json", "oov.onnx", "oov.json", "oov_gb.onnx",
        "oov_gb.json",
    ]

    /// - Parameters:
    ///   - unpacked: a folder with the package's data files, side by side.
    ///   - destination: an existing folder for the prepared files.
    ///   - progress: is told 0 … 1.
    /// - Throws: `.corrupt` if the package is not as expected, `.storage` if a file cannot be written.
    public func prepare(unpacked: URL, into destination: URL, progress: (Double) -> Void) throws {
        for name in Self.copied {
            try store(try read(unpacked.appendingPathComponent(name)), name, in: destination)
        }
        progress(0.1)
        try prepareExceptions(unpacked, destination)
        try prepareTagger(unpacked, destination)
        progress(0.4)
        var done = 0.4
        for accent in Accent.allCases {
            for grade in ["gold", "silver"] {
                try prepareLexicon(accent, grade, unpacked, destination)
                done += 0.15
                progress(min(done, 1))
            }
        }
    }

    private func prepareExceptions(_ package: URL, _ destination: URL) throws {
        let file = try decode([String: [String]].self, "tokenizer_exceptions.json", in: package)
        let separator = String(WordCutter.separator)
        // White space never reaches the cutter, and its entries would clash with the separator.
        let entries = file.filter { !$0.key.contains(where: \.isWhitespace) }
            .mapValues { $0.joined(separator: separator) }
        try store(StringTable.encode(entries), PronunciationFiles.exceptions, in: destination)
    }

    private func prepareTagger(_ package: URL, _ destination: URL) throws {
        let file = try decode(TaggerFile.self, "tagger.json.gz", in: package)
        // In ascending order, since of equal scores the last tag wins.
        let tags = file.tags.sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
        let numbers = Dictionary(uniqueKeysWithValues: tags.enumerated().map { ($1, UInt8($0)) })
        let weights = file.weights.map { feature, weights in
            (key: Array(feature.utf8), value: packed(weights, numbers))
        }
        try store(Data(tags.joined(separator: "\n").utf8), PronunciationFiles.tags, in: destination)
        try store(StringTable.encode(weights), PronunciationFiles.tagWeights, in: destination)
        try store(StringTable.encode(file.tagdict), PronunciationFiles.taggedWords, in: destination)
        let vocabulary = Dictionary(file.vocab.map { ($0, "") }) { first, _ in first }
        try store(StringTable.encode(vocabulary), PronunciationFiles.tagVocabulary, in: destination)
    }

    /// A weight has one decimal: tenths in 16 bits lose nothing.
    private func packed(_ weights: [String: Double], _ numbers: [String: UInt8]) -> [UInt8] {
        weights.flatMap { tag, weight -> [UInt8] in
            guard let number = numbers[tag], let tenths = Int16(exactly: (weight * 10).rounded()) else { return [] }
            let bits = UInt16(bitPattern: tenths)
            return [number, UInt8(bits & 0xFF), UInt8(bits >> 8)]
        }
    }

    private func prepareLexicon(_ accent: Accent, _ grade: String, _ package: URL, _ destination: URL) throws {
        let file = try decode(
            [String: LexiconEntry].self, "lexicon_\(accent.rawValue)_\(grade).json.gz", in: package)
        try store(
            StringTable.encode(file.mapValues(\.encoded)), PronunciationFiles.lexicon(accent, grade), in: destination)
    }

    private struct TaggerFile: Decodable {
        let tags: [String]
        let tagdict: [String: String]
        let vocab: [String]
        let weights: [String: [String: Double]]
    }

    /// One pronunciation, or one for each part of speech (null: spell the letters).
    private enum LexiconEntry: Decodable {
        case single(String)
        case variants([String: String?])

        init(from decoder: any Decoder) throws {
            let container = try decoder.singleValueContainer()
            if let text = try? container.decode(String.self) {
                self = .single(text)
            } else {
                self = .variants(try container.decode([String: String?].self))
            }
        }

        /// As `Lexicon` reads it.
        var encoded: String {
            switch self {
            case .single(let phonemes): return phonemes
            case .variants(let variants):
                let separator = String(Lexicon.separator)
                return variants.sorted { $0.key < $1.key }
                    .map { separator + $0.key + ($0.value.map { "=" + $0 } ?? "") }.joined()
            }
        }
    }

    // MARK: Files

    private func read(_ url: URL) throws -> Data {
        do {
            return try Data(contentsOf: url)
        } catch {
            throw RiposteError(
                .corrupt, .models, "The package hibari-tts has no \(url.lastPathComponent).", underlying: error)
        }
    }

    private func decode<Value: Decodable>(_ type: Value.Type, _ name: String, in folder: URL) throws -> Value {
        var data = try read(folder.appendingPathComponent(name))
        if name.hasSuffix(".gz") { data = try Gunzip.unpack(data) }
        do {
            return try JSONDecoder().decode(type, from: data)
        } catch {
            throw RiposteError(
                .corrupt, .models, "\(name) of the package hibari-tts is not what it should be.", underlying: error)
        }
    }

    private func store(_ data: Data, _ name: String, in folder: URL) throws {
        do {
            try data.write(to: folder.appendingPathComponent(name), options: .atomic)
        } catch {
            throw RiposteError(.storage, .models, "\(name) could not be written to \(folder.path).", underlying: error)
        }
    }
}
