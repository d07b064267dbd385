import RiposteCore

/// The weights of a Whisper model, whatever file they lie in, under the names CTranslate2 gives them.
///
/// Nothing is kept in memory: what is asked for is read, and widened to single precision.
protocol WhisperCheckpoint {
    /// How most of the numbers are stored, as the file's own format calls it: "float16", "q5_0".
    var storage: String { get }

    /// The sizes of an array, outermost first; nil if there is no such array.
    func shape(of name: String) -> [Int]?

    /// Whether an array's numbers are half-precision ones, so that nothing is lost where they are stored as such.
    func isHalf(_ name: String) -> Bool

    /// Some of an array's rows (elements of its first axis), one after the other.
    /// - Throws: `.corrupt` if there is no such array, if the file ends early, or if a number is not finite.
    func floats(_ name: String, rows: Range<Int>) throws -> [Float]
}

extension WhisperCheckpoint {
    /// - Throws: `.corrupt` if there is no such array.
    func knownShape(of name: String) throws -> [Int] {
        guard let shape = shape(of: name) else {
            throw RiposteError(.corrupt, .models, "The model file has no \(name): is it a Whisper model?")
        }
        return shape
    }

    /// All of an array.
    func floats(_ name: String) throws -> [Float] {
        try floats(name, rows: 0..<(try knownShape(of: name).first ?? 1))
    }
}

/// Whether numbers are what weights can be.
enum WeightCheck {
    /// - Throws: `.corrupt` if one is not a number, or infinite.
    static func requireFinite(_ values: [Float], in name: String) throws {
        let isFinite = values.withUnsafeBufferPointer { values in
            // Of what is finite, 0 times it is 0.
            var sum: Float = 0
            var index = 0
            let count = values.count
            while index < count {
                sum += values[index] * 0
                index &+= 1
            }
            return sum == 0
        }
        guard isFinite else {
            throw RiposteError(
                .corrupt, .models, "\(name) has numbers that are infinite or none at all: the model file is damaged.")
        }
    }
}
