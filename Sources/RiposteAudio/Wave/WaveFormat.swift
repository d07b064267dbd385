import RiposteCore

/// How the samples of a WAVE file are written.
public struct WaveFormat: Sendable, Equatable {
    public enum Encoding: String, Sendable {
        /// Whole numbers; 8 bits are unsigned, more are signed.
        case integer
        case float
        case aLaw
        case muLaw
    }

    public var encoding: Encoding
    public var channels: Int
    /// In hertz.
    public var sampleRate: Int
    /// Bytes a sample of one channel takes in the file.
    public var bytesPerSample: Int

    /// Bytes for one sample of every channel.
    public var bytesPerFrame: Int { bytesPerSample * channels }

    /// Rates that make sense for sound, in hertz.
    static let sampleRates = 1000...384_000

    /// Reads the body of a `fmt ` chunk.
    /// - Parameter name: what to call the file in an error.
    /// - Throws: `.badInput` with what is wrong.
    init(chunk: [UInt8], name: String) throws {
        func failure(_ what: String) -> RiposteError { RiposteError(.badInput, .audio, "\(name): \(what).") }
        guard chunk.count >= 16 else { throw failure("its format chunk is only \(chunk.count) bytes long") }
        var tag = Int(chunk.littleEndian16(at: 0))
        channels = Int(chunk.littleEndian16(at: 2))
        sampleRate = Int(chunk.littleEndian32(at: 4))
        let blockAlign = Int(chunk.littleEndian16(at: 12))
        let bits = Int(chunk.littleEndian16(at: 14))
        if tag == 0xFFFE {
            // WAVE_FORMAT_EXTENSIBLE: the real tag begins the sub-format's identifier.
            guard chunk.count >= 26 else { throw failure("its extensible format chunk is cut short") }
            tag = Int(chunk.littleEndian16(at: 24))
        }
        switch tag {
        case 1: encoding = .integer
        case 3: encoding = .float
        case 6: encoding = .aLaw
        case 7: encoding = .muLaw
        default: throw failure("its encoding (\(Self.name(ofTag: tag))) cannot be read; convert it to PCM first")
        }
        guard channels > 0 else { throw failure("it claims to have 0 channels") }
        guard Self.sampleRates.contains(sampleRate) else {
            throw failure("its sample rate of \(sampleRate) Hz is not one for sound (1000 to 384000)")
        }
        let widths: ClosedRange<Int>
        switch encoding {
        case .integer: widths = 1...4
        case .float: widths = bits == 64 ? 8...8 : 4...4
        case .aLaw, .muLaw: widths = 1...1
        }
        let width = (bits + 7) / 8
        guard bits > 0, widths.contains(width) else { throw failure("it claims to have \(bits) bits a sample") }
        // 24 bits may stand in the upper part of 32.
        bytesPerSample = encoding == .integer && width == 3 && blockAlign == channels * 4 ? 4 : width
        guard blockAlign == bytesPerFrame else {
            throw failure("\(channels) channels of \(bits) bits do not make blocks of \(blockAlign) bytes")
        }
    }

    private static func name(ofTag tag: Int) -> String {
        switch tag {
        case 2, 0x11: "ADPCM"
        case 0x31: "GSM"
        case 0x50: "MPEG"
        case 0x55: "MP3"
        case 0xFF: "AAC"
        default: "number \(tag)"
        }
    }
}

extension [UInt8] {
    func littleEndian16(at index: Int) -> UInt16 { UInt16(self[index]) | UInt16(self[index + 1]) << 8 }

    func littleEndian32(at index: Int) -> UInt32 {
        UInt32(littleEndian16(at: index)) | UInt32(littleEndian16(at: index + 2)) << 16
    }

    func littleEndian64(at index: Int) -> UInt64 {
        UInt64(littleEndian32(at: index)) | UInt64(littleEndian32(at: index + 4)) << 32
    }

    /// Appends a number's bytes, the lowest first.
    mutating func append<Number: FixedWidthInteger>(littleEndian number: Number) {
        for shift in stride(from: 0, to: Number.bitWidth, by: 8) {
            append(UInt8(truncatingIfNeeded: number >> Number(shift)))
        }
    }
}
