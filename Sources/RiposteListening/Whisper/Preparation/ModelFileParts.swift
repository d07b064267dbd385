import Foundation
import RiposteCore

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#elseif canImport(Darwin)
    import Darwin
#endif

/// A file, or one file in pieces, read as if it were whole, where it is asked for and no further.
final class ModelFileParts {
    private let parts: [(start: Int, descriptor: Int32)]
    /// Bytes.
    let count: Int

    /// - Throws: `.storage` if one cannot be read.
    init(urls: [URL]) throws {
        var start = 0
        var parts: [(start: Int, descriptor: Int32)] = []
        for url in urls {
            let descriptor = open(url.path, O_RDONLY | O_CLOEXEC)
            guard descriptor >= 0 else {
                for part in parts { close(part.descriptor) }
                throw RiposteError(
                    .storage, .models, "\(url.path) cannot be read: \(String(cString: strerror(errno))).")
            }
            parts.append((start, descriptor))
            start += Int(lseek(descriptor, 0, SEEK_END))
        }
        self.parts = parts
        count = start
    }

    deinit {
        for part in parts { close(part.descriptor) }
    }

    /// The numbers in a range of bytes.
    /// - Throws: `.corrupt` where the file ends before.
    func array<T: BitwiseCopyable>(_: T.Type, at range: Range<Int>) throws -> [T] {
        guard range.lowerBound >= 0, range.upperBound <= count else { throw Self.endsEarly }
        let length = range.count / MemoryLayout<T>.stride
        return try [T](unsafeUninitializedCapacity: length) { values, initialized in
            try read(into: UnsafeMutableRawBufferPointer(values), from: range.lowerBound)
            initialized = length
        }
    }

    private func read(into target: UnsafeMutableRawBufferPointer, from offset: Int) throws {
        var done = 0
        while done < target.count {
            let position = offset + done
            guard let part = parts.last(where: { $0.start <= position }) else { throw Self.endsEarly }
            let rest = UnsafeMutableRawBufferPointer(rebasing: target[done...])
            let length = pread(part.descriptor, rest.baseAddress, rest.count, off_t(position - part.start))
            if length > 0 {
                done += length
            } else if length < 0, errno != EINTR {
                throw RiposteError(
                    .storage, .models, "The model file cannot be read: \(String(cString: strerror(errno))).")
            } else if length == 0 {
                // At the end of a piece the next one goes on, unless the piece has become shorter.
                guard parts.contains(where: { $0.start == position && $0.descriptor != part.descriptor }) else {
                    throw Self.endsEarly
                }
            }
        }
    }

    private static let endsEarly = RiposteError(.corrupt, .models, "The model file ends early: it is cut off.")
}

/// Reads a file's table from front to back.
struct ModelFileReader {
    let parts: ModelFileParts
    private(set) var offset = 0

    /// What has been read ahead, and from where on.
    private var buffer: [UInt8] = []
    private var bufferStart = 0
    private static let readAhead = 1 << 16

    init(parts: ModelFileParts) { self.parts = parts }

    /// A number, little-endian.
    mutating func integer<T: FixedWidthInteger & BitwiseCopyable>(_: T.Type) throws -> T {
        try bytes(MemoryLayout<T>.size).reversed().reduce(0) { $0 << 8 | T(truncatingIfNeeded: $1) }
    }

    mutating func bytes(_ length: Int) throws -> ArraySlice<UInt8> {
        if offset < bufferStart || offset + length > bufferStart + buffer.count {
            let end = max(offset + length, min(offset + Self.readAhead, parts.count))
            buffer = try parts.array(UInt8.self, at: offset..<end)
            bufferStart = offset
        }
        let start = offset - bufferStart
        offset += length
        return buffer[start..<(start + length)]
    }

    /// - Throws: `.corrupt` where the file ends before.
    mutating func skip(_ length: Int) throws {
        guard length >= 0, offset + length <= parts.count else {
            throw RiposteError(.corrupt, .models, "The model file ends early: it is cut off.")
        }
        offset += length
    }
}
