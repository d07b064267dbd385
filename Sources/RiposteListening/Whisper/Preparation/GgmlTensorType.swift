import RiposteCore

/// How whisper.cpp stores numbers: as they are, or 32 at a time with a scale.
///
/// A block of 32 begins with its scale, a half-precision number. The types that end in 1 have another one behind it,
/// what zero stands for. Those of 5 bits then have the fifth bits, a bit for each number. Then come the lower four bits:
/// byte j has number j in its lower half and number j + 16 in its upper one. Of 8 bits, each number is a byte.
enum GgmlTensorType: Int32, CustomStringConvertible {
    case float32 = 0
    case float16 = 1
    case fourBits = 2
    case fourBitsWithMinimum = 3
    case fiveBits = 6
    case fiveBitsWithMinimum = 7
    case eightBits = 8

    /// - Throws: `.badInput` for a type that is not read.
    init(code: Int32, tensor: String) throws {
        guard let type = GgmlTensorType(rawValue: code) else {
            throw RiposteError(
                .badInput, .models,
                "\(tensor) is stored as type \(code), which is not read; f32, f16, q4_0, q4_1, q5_0, q5_1 and q8_0 are. "
                    + "Quantise the model to one of these.")
        }
        self = type
    }

    var description: String {
        switch self {
        case .float32: "f32"
        case .float16: "f16"
        case .fourBits: "q4_0"
        case .fourBitsWithMinimum: "q4_1"
        case .fiveBits: "q5_0"
        case .fiveBitsWithMinimum: "q5_1"
        case .eightBits: "q8_0"
        }
    }

    /// Numbers that are stored together.
    var block: Int {
        switch self {
        case .float32, .float16: 1
        default: 32
        }
    }

    /// The bytes of a block.
    private var blockBytes: Int {
        switch self {
        case .float32: 4
        case .float16: 2
        case .fourBits: 2 + 16
        case .fourBitsWithMinimum: 4 + 16
        case .fiveBits: 2 + 4 + 16
        case .fiveBitsWithMinimum: 4 + 4 + 16
        case .eightBits: 2 + 32
        }
    }

    /// The bytes of so many numbers, a multiple of `block`.
    func bytes(of count: Int) -> Int { count / block * blockBytes }

    /// The numbers of whole blocks. Not for the types that are no blocks.
    func floats(_ bytes: [UInt8]) -> [Float] {
        let blocks = bytes.count / blockBytes
        return bytes.withUnsafeBufferPointer { source in
            [Float](unsafeUninitializedCapacity: blocks * 32) { target, initialized in
                for index in 0..<blocks {
                    let block = UnsafeBufferPointer(rebasing: source[(index &* blockBytes)...])
                    let values = UnsafeMutableBufferPointer(rebasing: target[(index &* 32)...])
                    self == .eightBits ? Self.widenBytes(block, into: values) : widenNibbles(block, into: values)
                }
                initialized = blocks * 32
            }
        }
    }

    private static func half(_ source: UnsafeBufferPointer<UInt8>, at index: Int) -> Float {
        HalfPrecision.floats[Int(source[index]) | Int(source[index + 1]) << 8]
    }

    private static func widenBytes(
        _ block: UnsafeBufferPointer<UInt8>, into values: UnsafeMutableBufferPointer<Float>
    ) {
        let scale = half(block, at: 0)
        for index in 0..<32 { values[index] = Float(Int8(bitPattern: block[2 + index])) * scale }
    }

    private func widenNibbles(
        _ block: UnsafeBufferPointer<UInt8>, into values: UnsafeMutableBufferPointer<Float>
    ) {
        let hasMinimum = self == .fourBitsWithMinimum || self == .fiveBitsWithMinimum
        let hasFifthBits = self == .fiveBits || self == .fiveBitsWithMinimum
        let scale = Self.half(block, at: 0)
        var place = hasMinimum ? 4 : 2
        var fifths: UInt32 = 0
        if hasFifthBits {
            for byte in 0..<4 { fifths |= UInt32(block[place + byte]) << UInt32(8 * byte) }
            place += 4
        }
        // Without a minimum, the middle of what can be stored is zero.
        let zero: Float = hasMinimum ? 0 : hasFifthBits ? 16 : 8
        let minimum = hasMinimum ? Self.half(block, at: 2) : 0
        for index in 0..<16 {
            let byte = block[place + index]
            let low = Int32(byte & 15) | Int32(fifths >> UInt32(index) & 1) << 4
            let high = Int32(byte >> 4) | Int32(fifths >> UInt32(index + 16) & 1) << 4
            values[index] = (Float(low) - zero) * scale + minimum
            values[index + 16] = (Float(high) - zero) * scale + minimum
        }
    }
}
