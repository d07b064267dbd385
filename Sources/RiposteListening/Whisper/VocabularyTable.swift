import Foundation
import RiposteCore
import RiposteInference

/// The exact rows of the vocabulary: what the decoder's state is multiplied with to get a token's logit.
///
/// The vocabulary is two thirds of the bytes that tiny's decoder reads for a token and a third of its time, though all but
/// a few tokens are out of the question. So the graph multiplies with a coarse copy in 4 bits, and the logits of the few that
/// lead are computed here from the 8-bit rows. The file is mapped; the graph reads tokens' embeddings from the same pages.
struct VocabularyTable: Sendable {
    /// Where the rows lie in the weight file.
    struct Place: Sendable, Equatable, Codable {
        var file: String
        /// Bytes from the file's start, of the values and of the scales.
        var values: Int
        var scales: Int
        var inputs: Int
        var outputs: Int
        var block: Int

        /// - Returns: nil unless the matrix is in blocks of 8 bits.
        init?(_ matrix: WhisperWeights.Matrix) {
            guard matrix.form == .blocks, let scales = matrix.scales else { return nil }
            file = matrix.values.file
            values = matrix.values.offset
            self.scales = scales.offset
            inputs = matrix.inputs
            outputs = matrix.outputs
            block = BlockQuantization.block(inputs: matrix.inputs)
        }

        fileprivate var blocks: Int { inputs / block }
        fileprivate var isSound: Bool {
            // A table of more than this many bytes in either direction is no vocabulary.
            [values, scales, inputs, outputs, block].allSatisfy { (0...(1 << 40)).contains($0) }
                && block > 0 && inputs > 0 && outputs < 1 << 24 && inputs < 1 << 16 && inputs.isMultiple(of: block)
                && scales.isMultiple(of: MemoryLayout<Float>.alignment)
        }
        fileprivate var end: Int {
            max(values + outputs * inputs, scales + outputs * blocks * MemoryLayout<Float>.size)
        }
    }

    private let data: Data
    private let place: Place

    /// The number of tokens.
    var count: Int { place.outputs }
    /// The width of the decoder's state.
    var width: Int { place.inputs }

    /// Maps the rows.
    /// - Throws: `.corrupt` if the file is missing, or shorter than the manifest says.
    init(_ place: Place, folder: URL) throws {
        do {
            data = try Data(contentsOf: folder.appending(path: place.file), options: .alwaysMapped)
        } catch {
            throw RiposteError(
                .corrupt, .models, "\(folder.path) is not a prepared Whisper model; fetch it again.", underlying: error)
        }
        guard place.isSound, data.count >= place.end else {
            throw RiposteError(.corrupt, .models, "\(folder.path)/\(place.file) is damaged; fetch the model again.")
        }
        self.place = place
    }

    /// The logit of each of the tokens.
    /// - Parameter state: the decoder's, `width` numbers.
    func forEachLogit(
        of tokens: [Int], state: UnsafeBufferPointer<Float>, _ body: (_ token: Int, _ logit: Float) -> Void
    ) {
        guard state.count == width else { return }
        data.withUnsafeBytes { bytes in
            let values = bytes[place.values...].bindMemory(to: UInt8.self)
            let scales = bytes[place.scales..<(bytes.count & ~3)].bindMemory(to: Float.self)
            for token in tokens where token >= 0 && token < count {
                body(token, logit(of: token, state, values, scales))
            }
        }
    }

    private func logit(
        of token: Int, _ state: UnsafeBufferPointer<Float>, _ values: UnsafeBufferPointer<UInt8>,
        _ scales: UnsafeBufferPointer<Float>
    ) -> Float {
        let zero = BlockQuantization.Width.eight.zero
        var total: Float = 0
        var from = 0
        for block in 0..<place.blocks {
            let row = token &* width
            var sum: Float = 0
            let end = from &+ place.block
            while from < end {
                sum += (Float(values[row &+ from]) - zero) * state[from]
                from &+= 1
            }
            total += sum * scales[token &* place.blocks &+ block]
        }
        return total
    }
}
