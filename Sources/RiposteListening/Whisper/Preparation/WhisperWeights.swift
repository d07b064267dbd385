import RiposteCore
import RiposteInference

/// The weights of a Whisper model on their way into graphs: each is written to the weight file once, in the
/// form the graph asks for, when the first graph needs it.
final class WhisperWeights {
    /// A matrix as it lies in the weight file.
    struct Matrix {
        let name: String
        let form: MatrixForm
        let inputs: Int
        let outputs: Int
        let values: OnnxWeightFile.Region
        /// Of the quantised forms: what a stored number is to be multiplied with.
        let scales: OnnxWeightFile.Region?
    }

    let dimensions: WhisperDimensions
    private let model: CTranslate2File
    private let file: OnnxWeightFile
    private var matrices: [String: Matrix] = [:]
    private var vectors: [String: OnnxWeightFile.Region] = [:]

    init(model: CTranslate2File, dimensions: WhisperDimensions, file: OnnxWeightFile) {
        self.model = model
        self.dimensions = dimensions
        self.file = file
    }

    /// The matrix `name`/weight. `rows`: only these outputs of it.
    func matrix(_ name: String, rows: Range<Int>? = nil, form: MatrixForm) throws -> Matrix {
        let stored = rows.map { "\(name)/weight[\($0)]" } ?? "\(name)/weight"
        if let known = matrices[stored], known.form == form { return known }
        let shape = try model.variable("\(name)/weight").dimensions
        guard shape.count == 2 else {
            throw RiposteError(.corrupt, .models, "\(name)/weight is not a matrix.")
        }
        let rows = rows ?? 0..<shape[0]
        let all = try model.halves("\(name)/weight")
        let halves = all[(rows.lowerBound * shape[1])..<(rows.upperBound * shape[1])]
        let matrix = try store(halves, as: stored, form, inputs: shape[1], outputs: rows.count)
        matrices[stored] = matrix
        return matrix
    }

    /// Any array, as floats.
    func vector(_ name: String, range: Range<Int>? = nil) throws -> OnnxWeightFile.Region {
        let stored = range.map { "\(name)[\($0)]" } ?? name
        if let known = vectors[stored] { return known }
        let values = try model.floats(name)
        let region = try file.append(range.map { Array(values[$0]) } ?? values)
        vectors[stored] = region
        return region
    }

    /// The shape of an array.
    func shape(_ name: String) throws -> [Int] {
        try model.variable(name).dimensions
    }

    private func store(
        _ halves: ArraySlice<UInt16>, as name: String, _ form: MatrixForm, inputs: Int, outputs: Int
    ) throws -> Matrix {
        let values: OnnxWeightFile.Region
        var scales: OnnxWeightFile.Region?
        switch form {
        case .half:
            values = try file.append(Transposition.transposed(halves, rows: outputs, columns: inputs))
        case .channels:
            let quantized = ChannelQuantization.quantize(halves, outputs: outputs, inputs: inputs)
            values = try file.append(quantized.values)
            scales = try file.append(quantized.scales)
        case .blocks:
            let quantized = BlockQuantization.quantize(halves, outputs: outputs, inputs: inputs)
            values = try file.append(quantized.values)
            scales = try file.append(quantized.scales)
        }
        return Matrix(name: name, form: form, inputs: inputs, outputs: outputs, values: values, scales: scales)
    }
}
