/// The telephone's sound (ITU-T G.711): a byte a sample at 8 kHz, finer where it is soft.
public enum G711: Sendable, CaseIterable {
    /// North America and Japan ("pcmu").
    case muLaw
    /// The rest of the world ("pcma").
    case aLaw

    /// In hertz.
    public static let sampleRate = 8_000

    /// Samples in −1 … 1 as bytes; what lies outside is clipped, what is no number is silence.
    public func encoded(_ samples: [Float]) -> [UInt8] {
        samples.map { sample in
            let value = sample.isFinite ? Int(max(-32_768, min(32_767, (sample * 32_768).rounded()))) : 0
            switch self {
            case .muLaw: return Self.muLaw(value)
            case .aLaw: return Self.aLaw(value)
            }
        }
    }

    /// Bytes as samples in −1 … 1.
    public func decoded(_ bytes: some Sequence<UInt8>) -> [Float] {
        switch self {
        case .muLaw: bytes.map { Self.muLawTable[Int($0)] }
        case .aLaw: bytes.map { Self.aLawTable[Int($0)] }
        }
    }

    private static let muLawTable = (0...255).map { Float(linear(muLaw: UInt8($0))) / 32_768 }
    private static let aLawTable = (0...255).map { Float(linear(aLaw: UInt8($0))) / 32_768 }

    // Magnitudes are put on segments, each twice as long as the one below: three bits say which, four say where in it.

    /// Added to a magnitude, so that all segments begin at a power of two.
    private static let bias = 0x84

    private static func muLaw(_ value: Int) -> UInt8 {
        let magnitude = min(abs(value), 32_635) + bias
        let segment = Int.bitWidth - magnitude.leadingZeroBitCount - 8
        let code = UInt8(segment << 4 | (magnitude >> (segment + 3)) & 0x0F)
        return ~(value < 0 ? code | 0x80 : code)
    }

    private static func linear(muLaw byte: UInt8) -> Int {
        let code = Int(~byte)
        let magnitude = ((code & 0x0F) << 3 + bias) << (code >> 4 & 7) - bias
        return code & 0x80 == 0 ? magnitude : -magnitude
    }

    private static func aLaw(_ value: Int) -> UInt8 {
        // Two's complement has no positive counterpart of its lowest number: as in the recommendation, −1 is 0's neighbour.
        let magnitude = (value < 0 ? -value - 1 : value) >> 4
        let segment = magnitude < 32 ? (magnitude < 16 ? 0 : 1) : Int.bitWidth - magnitude.leadingZeroBitCount - 4
        let code = UInt8(segment << 4 | (segment < 2 ? magnitude : magnitude >> (segment - 1)) & 0x0F)
        // Every second bit is turned, so that silence is not all zeros on the line.
        return (value < 0 ? code : code | 0x80) ^ 0x55
    }

    private static func linear(aLaw byte: UInt8) -> Int {
        let code = Int(byte ^ 0x55)
        let (segment, place) = (code >> 4 & 7, (code & 0x0F) << 4)
        let magnitude = segment == 0 ? place + 8 : (place + 0x108) << (segment - 1)
        return code & 0x80 == 0 ? -magnitude : magnitude
    }
}
