import Foundation

/// Samples from the bytes of 16-bit sound, little endian, that come in pieces of any length.
struct PCMDecoder {
    private var odd: UInt8?
    /// Samples so far.
    private(set) var count = 0

    /// The samples that are whole with these bytes, −1 … 1.
    mutating func decode(_ bytes: some Sequence<UInt8>) -> [Float] {
        var samples: [Float] = []
        for byte in bytes {
            guard let low = odd else {
                odd = byte
                continue
            }
            odd = nil
            samples.append(Float(Int16(bitPattern: UInt16(low) | UInt16(byte) << 8)) / 32_768)
        }
        count += samples.count
        return samples
    }
}
