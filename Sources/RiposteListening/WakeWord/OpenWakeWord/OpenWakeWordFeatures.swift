import Foundation
import RiposteCore
import RiposteInference

/// What openWakeWord's word models hear: a vector of 96 numbers for every 80 ms, made once for all words.
///
/// Each looks back at 76 frames of the spectrogram, 0.76 s.
struct OpenWakeWordFeatures: Sendable {
    /// Samples that make a vector, 80 ms.
    static let chunk = 1_280
    static let width = 96
    private static let bands = 32
    /// Frames of the spectrogram that a vector is made of, and how many are new each time.
    private static let window = 76
    private static let step = 8
    /// Samples before the chunk that its spectrogram needs as well: three of its frames.
    private static let context = 480
    /// So many vectors are kept; the longest word model of the project looks back at 34.
    private static let kept = 120

    private let spectrogram: InferenceSession
    private let embedding: InferenceSession
    /// What ten seconds of digital silence give: what was heard before the stream began.
    private let silence: [Float]

    private var past: [Float] = []
    private var bandsHeard = [Float](repeating: 1, count: Self.window * Self.bands)
    /// The latest vectors, one after the other.
    private(set) var vectors: [Float]

    /// - Parameter folder: with `melspectrogram.onnx` and `embedding_model.onnx`.
    init(folder: URL) throws {
        spectrogram = try InferenceSession(model: folder.appending(path: "melspectrogram.onnx"))
        embedding = try InferenceSession(model: folder.appending(path: "embedding_model.onnx"))
        let embedding = embedding
        let mel = try Self.mel([Float](repeating: 0, count: 160_000), spectrogram)
        let count = (mel.count / Self.bands - Self.window) / Self.step + 1
        silence = try (0..<count).flatMap { index in
            let start = index * Self.step * Self.bands
            return try Self.embed(mel[start..<(start + Self.window * Self.bands)], embedding)
        }
        vectors = silence
    }

    /// Hears the next chunk.
    /// - Parameter samples: in the range of 16-bit PCM.
    mutating func append(_ samples: [Float]) throws {
        bandsHeard += try Self.mel(past + samples, spectrogram)
        past = Array((past + samples).suffix(Self.context))
        bandsHeard = Array(bandsHeard.suffix(Self.window * Self.bands))
        vectors += try Self.embed(bandsHeard[...], embedding)
        if vectors.count > 2 * Self.kept * Self.width { vectors = Array(vectors.suffix(Self.kept * Self.width)) }
    }

    mutating func reset() {
        past = []
        bandsHeard = [Float](repeating: 1, count: Self.window * Self.bands)
        vectors = silence
    }

    private static func mel(_ samples: [Float], _ session: InferenceSession) throws -> [Float] {
        let input = try Tensor(samples, shape: [1, samples.count])
        guard let output = try session.run(["input": input], outputs: session.outputs.map(\.name)).values.first else {
            throw RiposteError(.engineFailed, .wakeWord, "openWakeWord's spectrogram gave no result.")
        }
        // As the models were trained.
        return try output.withFloats { $0.map { $0 / 10 + 2 } }
    }

    private static func embed(_ mel: ArraySlice<Float>, _ session: InferenceSession) throws -> [Float] {
        let input = try Tensor(mel, shape: [1, window, bands, 1])
        guard let output = try session.run(["input_1": input], outputs: session.outputs.map(\.name)).values.first,
            output.count == width
        else { throw RiposteError(.corrupt, .wakeWord, "openWakeWord's embedding model is not what it should be.") }
        return try output.floats()
    }
}
