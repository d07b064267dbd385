import RiposteCore
import RiposteInference

/// The weights of a Whisper model on their way into graphs: each is written to the weight file once, in the
/// form the graph asks for, when the first graph needs it.
final class WhisperWeights {
    /// A matrix as it lies in the weight file.
    struct Matrix {
        let name: String
        let form: MatrixForm
        /// Of the exact form: half precision, or single where the checkpoint has more.
        let isHalf: Bool
        let inputs: Int
        let outputs: Int
        let values: OnnxWeightFile.Region
        /// Of the quantised forms: what a stored number is to be multiplied with.
        let scales: OnnxWeightFile.Region?
    }

    /// A matrix, or some of its outputs, to be stored.
    private struct Source {
        let array: String
        let rows: Range<Int>
        let inputs: Int
    }

    let dimensions: WhisperDimensions
    private let model: any WhisperCheckpoint
    private let file: OnnxWeightFile
    private var matrices: [String: Matrix] = [:]
    private var vectors: [String: OnnxWeightFile.Region] = [:]

    /// So many numbers are read at a time where that is enough.
    private static let piece = 1 << 22

    init(model: any WhisperCheckpoint, dimensions: WhisperDimensions, file: OnnxWeightFile) {
        self.model = model
        self.dimensions = dimensions
        self.file = file
    }

    /// The matrix `name`/weight. `rows`: only these outputs of it.
    func matrix(_ name: String, rows: Range<Int>? = nil, form: MatrixForm) throws -> Matrix {
        let array = rows.map { "\(name)/weight[\($0)]" } ?? "\(name)/weight"
        let stored = form == .coarseBlocks ? "\(array)/coarse" : array
        if let known = matrices[stored], known.form == form { return known }
        let shape = try shape("\(name)/weight")
        guard shape.count == 2 else {
            throw RiposteError(.corrupt, .models, "\(name)/weight is not a matrix.")
        }
        let source = Source(array: "\(name)/weight", rows: rows ?? 0..<shape[0], inputs: shape[1])
        let matrix = try store(source, as: stored, form)
        matrices[stored] = matrix
        return matrix
    }

    /// Any array, as floats. `range`: only these elements of a vector.
    func vector(_ name: String, range: Range<Int>? = nil) throws -> OnnxWeightFile.Region {
        let stored = range.map { "\(name)[\($0)]" } ?? name
        if let known = vectors[stored] { return known }
        let region = try file.append(range.map { try model.floats(name, rows: $0) } ?? model.floats(name))
        vectors[stored] = region
        return region
    }

    /// The shape of an array.
    func shape(_ name: String) throws -> [Int] { try model.knownShape(of: name) }

    private func store(_ source: Source, as name: String, _ form: MatrixForm) throws -> Matrix {
        let (outputs, inputs) = (source.rows.count, source.inputs)
        let isHalf = model.isHalf(source.array)
        let values: OnnxWeightFile.Region
        var scales: OnnxWeightFile.Region?
        switch form {
        case .exact:
            let floats = try model.floats(source.array, rows: source.rows)
            values =
                isHalf
                ? try file.append(
                    Transposition.transposed(HalfPrecision.narrowed(floats), rows: outputs, columns: inputs))
                : try file.append(Transposition.transposed(floats, rows: outputs, columns: inputs))
        case .channels:
            var quantized = ChannelQuantization(outputs: outputs, inputs: inputs)
            try forEachPiece(of: source) { quantized.append($0) }
            values = try file.append(quantized.values)
            scales = try file.append(quantized.scales)
        case .blocks, .coarseBlocks:
            var quantized = BlockQuantization(outputs: outputs, inputs: inputs, width: form.width)
            try forEachPiece(of: source) { quantized.append($0) }
            values = try file.append(quantized.values)
            scales = try file.append(quantized.scales)
        }
        return Matrix(
            name: name, form: form, isHalf: isHalf, inputs: inputs, outputs: outputs, values: values, scales: scales)
    }

    private func forEachPiece(of source: Source, _ body: ([Float]) -> Void) throws {
        let step = max(1, Self.piece / source.inputs)
        for start in stride(from: source.rows.lowerBound, to: source.rows.upperBound, by: step) {
            body(try model.floats(source.array, rows: start..<min(start + step, source.rows.upperBound)))
        }
    }
}
