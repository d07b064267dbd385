import Foundation

extension WaveFormat {
    /// Turns whole frames of bytes into mono samples: the mean of the channels, within −1 … 1; what is not a
    /// number becomes 0.
    func decode(_ bytes: UnsafeRawBufferPointer) -> [Float] {
        let frames = bytes.count / bytesPerFrame
        guard frames > 0, let base = bytes.baseAddress else { return [] }
        return [Float](unsafeUninitializedCapacity: frames) { output, initialized in
            let sample = reader(base)
            let (width, channels) = (bytesPerSample, channels)
            let share = 1 / Float(channels)
            var at = 0
            for frame in 0..<frames {
                var sum: Float = 0
                var channel = 0
                while channel < channels {
                    sum += sample(at)
                    at &+= width
                    channel &+= 1
                }
                output[frame] = sum * share
            }
            initialized = frames
        }
    }

    /// Reads one sample at a byte offset.
    private func reader(_ base: UnsafeRawPointer) -> (Int) -> Float {
        func bounded(_ value: Float) -> Float { value.isFinite ? min(1, max(-1, value)) : 0 }
        switch (encoding, bytesPerSample) {
        case (.integer, 1):
            return { (Float(base.load(fromByteOffset: $0, as: UInt8.self)) - 128) / 128 }
        case (.integer, 2):
            return { Float(Int16(littleEndian: base.loadUnaligned(fromByteOffset: $0, as: Int16.self))) / 32_768 }
        case (.integer, 3):
            return { at in
                let low = Int32(base.load(fromByteOffset: at, as: UInt8.self))
                let middle = Int32(base.load(fromByteOffset: at + 1, as: UInt8.self))
                let high = Int32(base.load(fromByteOffset: at + 2, as: Int8.self))
                return Float(high << 16 | middle << 8 | low) / 8_388_608
            }
        case (.integer, _):
            return {
                Float(Int32(littleEndian: base.loadUnaligned(fromByteOffset: $0, as: Int32.self))) / 2_147_483_648
            }
        case (.float, 4):
            return { at in
                let bits = UInt32(littleEndian: base.loadUnaligned(fromByteOffset: at, as: UInt32.self))
                return bounded(Float(bitPattern: bits))
            }
        case (.float, _):
            return { at in
                let bits = UInt64(littleEndian: base.loadUnaligned(fromByteOffset: at, as: UInt64.self))
                return bounded(Float(Double(bitPattern: bits)))
            }
        case (.aLaw, _):
            return { Self.aLaw(base.load(fromByteOffset: $0, as: UInt8.self)) }
        case (.muLaw, _):
            return { Self.muLaw(base.load(fromByteOffset: $0, as: UInt8.self)) }
        }
    }

    /// ITU-T G.711 A-law: sign, a three-bit exponent, a four-bit mantissa, every other bit inverted.
    static func aLaw(_ code: UInt8) -> Float {
        let value = code ^ 0x55
        let exponent = Int((value >> 4) & 7)
        let mantissa = Int(value & 15) << 4
        let magnitude = exponent == 0 ? mantissa + 8 : (mantissa + 0x108) << (exponent - 1)
        return Float(value & 0x80 != 0 ? magnitude : -magnitude) / 32_768
    }

    /// ITU-T G.711 µ-law: all bits inverted; sign, a three-bit exponent, a four-bit mantissa, bias 132.
    static func muLaw(_ code: UInt8) -> Float {
        let value = ~code
        let magnitude = ((Int(value & 15) << 3) + 0x84) << Int((value >> 4) & 7)
        return Float(value & 0x80 != 0 ? 0x84 - magnitude : magnitude - 0x84) / 32_768
    }
}
