import Foundation

/// Numbers as the bytes of a file, little-endian.
enum StoredNumbers {
    static func data<Number: BitwiseCopyable>(of values: [Number]) -> Data {
        values.withUnsafeBufferPointer { Data(buffer: $0) }
    }

    /// Bytes beyond a multiple of a number's size are left out.
    static func values<Number: BitwiseCopyable>(in data: Data, of type: Number.Type = Number.self) -> [Number] {
        let size = MemoryLayout<Number>.size
        let count = data.count / size
        return [Number](unsafeUninitializedCapacity: count) { target, initialized in
            data.withUnsafeBytes { source in
                let bytes = UnsafeRawBufferPointer(rebasing: source[..<(count * size)])
                UnsafeMutableRawBufferPointer(target).copyMemory(from: bytes)
            }
            initialized = count
        }
    }
}
