import RiposteCore
import RiposteInference

/// What 30 s of silence contribute to the attention of an utterance, computed once.
///
/// Whisper expects its window of 30 s to be filled up with silence, and goes astray without it. What the silence
/// contributes hardly depends on the utterance, so its keys and values are constants. The window is divided, from
/// its end, into blocks of `stride` positions; each is represented by its middle one, whose score gets the logarithm
/// of the block's size, as if it were there that many times. A block that the utterance ends in counts with what is
/// left of it.
struct SilenceMemory {
    /// The features of silence: Whisper's limit of 8 below the loudest log10 mel energy, which the utterance's level is
    /// set to (`loudest`), in Whisper's scaling.
    static let level = (loudest - 8 + 4) / 4
    /// The largest log10 mel energy of an utterance, to which its level has to be set.
    static let loudest: Float = 1.5

    /// Positions in a block.
    let stride: Int
    /// The window is `offset` positions longer in blocks than it is: the first block is that much shorter.
    let offset: Int
    /// For each block the position behind its last one.
    let ends: [Int]
    /// The keys and values of the blocks, by the names of the constants, row after row.
    let rows: [String: OnnxWeightFile.Region]

    /// Divides the window and writes the blocks' rows into the weight file.
    ///
    /// - Parameter recording: the rows of `middles`, by the names below.
    init(stride: Int, positions: Int, recording: [String: [Float]], file: OnnxWeightFile) throws {
        self.stride = stride
        offset = Self.offset(stride: stride, positions: positions)
        ends = Self.ends(stride: stride, positions: positions)
        var rows: [String: OnnxWeightFile.Region] = [:]
        // In the order of the names, so that the file is the same each time.
        for (name, values) in recording.sorted(by: { $0.key < $1.key }) {
            rows[name] = try file.append(values)
        }
        self.rows = rows
    }

    /// The positions that represent the blocks.
    static func middles(stride: Int, positions: Int) -> [Int] {
        ends(stride: stride, positions: positions).map { end in (max(0, end - stride) + end) / 2 }
    }

    private static func offset(stride: Int, positions: Int) -> Int { (stride - positions % stride) % stride }

    private static func ends(stride: Int, positions: Int) -> [Int] {
        let first = stride - offset(stride: stride, positions: positions)
        return Array(Swift.stride(from: first, through: positions, by: stride))
    }

    static func key(_ layer: Int) -> String { "silence.\(layer).key" }
    static func value(_ layer: Int) -> String { "silence.\(layer).value" }
    static func crossKey(_ layer: Int) -> String { "silence.cross.\(layer).key" }
    static func crossValue(_ layer: Int) -> String { "silence.cross.\(layer).value" }
}
