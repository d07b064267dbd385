import Foundation
import RiposteCore

/// A file of large constants that one or more ONNX graphs beside it refer to.
///
/// ONNX Runtime maps such a file instead of reading it, so graphs that share one share its pages. Values are
/// written as they come and nothing is kept in memory. It belongs to one thread at a time.
public final class OnnxWeightFile {
    /// Where a constant lies.
    public struct Region: Sendable, Equatable {
        /// The file's name, relative to the graph.
        public let file: String
        /// Bytes from the file's start.
        public let offset: Int
        /// Bytes.
        public let length: Int

        public init(file: String, offset: Int, length: Int) {
            self.file = file
            self.offset = offset
            self.length = length
        }
    }

    /// Constants of a page or more begin on a page, so that they can be mapped by themselves.
    private static let page = 4096
    /// Smaller ones begin where a vector register may load from.
    private static let line = 64

    private let name: String
    private let handle: FileHandle
    private var offset = 0

    /// Creates the file, or empties it. Throws `.storage` if it cannot.
    public init(url: URL) throws {
        name = url.lastPathComponent
        do {
            try Data().write(to: url)
            handle = try FileHandle(forWritingTo: url)
        } catch {
            throw RiposteError(.storage, .models, "Cannot write \(url.path).", underlying: error)
        }
    }

    /// Appends a constant, little-endian as ONNX wants it.
    public func append(_ bytes: UnsafeRawBufferPointer) throws -> Region {
        let alignment = bytes.count >= Self.page ? Self.page : Self.line
        let padding = (alignment - offset % alignment) % alignment
        do {
            if padding > 0 { try handle.write(contentsOf: Data(count: padding)) }
            // One piece per write: a matrix can be larger than what a copy should cost.
            let piece = 4 << 20
            for start in stride(from: 0, to: bytes.count, by: piece) {
                let part = UnsafeRawBufferPointer(rebasing: bytes[start..<min(start + piece, bytes.count)])
                try handle.write(contentsOf: Data(part))
            }
        } catch {
            throw RiposteError(.storage, .models, "Cannot write \(name): is the disk full?", underlying: error)
        }
        let region = Region(file: name, offset: offset + padding, length: bytes.count)
        offset = region.offset + region.length
        return region
    }

    /// Appends the memory of an array of numbers.
    public func append<T: BitwiseCopyable>(_ values: [T]) throws -> Region {
        try values.withUnsafeBytes { try append($0) }
    }

    /// Makes the file complete. Throws `.storage` if what was written does not reach the disk.
    public func close() throws {
        do {
            try handle.close()
        } catch {
            throw RiposteError(.storage, .models, "Cannot write \(name).", underlying: error)
        }
    }
}
