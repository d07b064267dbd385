import Foundation
import RiposteCore

/// A file of named arrays as the Safetensors format has it: the length of a header, the header in JSON, the arrays.
///
/// It is mapped, and an array is read when it is asked for.
struct SafetensorsFile {
    private struct Entry: Decodable {
        var dtype: String
        var shape: [Int]
        var offsets: [Int]

        enum CodingKeys: String, CodingKey {
            case dtype, shape
            case offsets = "data_offsets"
        }
    }

    /// More than any header there is.
    private static let longestHeader = 16 << 20
    private static let lengthSize = 8

    private let name: String
    private let data: Data
    private let entries: [String: Entry]
    private let start: Int

    /// - Throws: `.corrupt` if it is no such file.
    init(_ url: URL) throws {
        name = url.lastPathComponent
        let damaged = RiposteError(.corrupt, .models, "\(url.path) is no file of Safetensors.")
        guard let data = try? Data(contentsOf: url, options: .alwaysMapped), data.count > Self.lengthSize else {
            throw damaged
        }
        let length = data.prefix(Self.lengthSize).enumerated()
            .reduce(UInt64(0)) { $0 | UInt64($1.element) << (8 * UInt64($1.offset)) }
        guard length <= UInt64(min(Self.longestHeader, data.count - Self.lengthSize)) else { throw damaged }
        start = Self.lengthSize + Int(length)
        guard let header = try? JSONSerialization.jsonObject(with: data[Self.lengthSize..<start]) as? [String: Any]
        else { throw damaged }
        var entries: [String: Entry] = [:]
        for (name, value) in header where name != "__metadata__" {
            guard let bytes = try? JSONSerialization.data(withJSONObject: value),
                let entry = try? JSONDecoder().decode(Entry.self, from: bytes)
            else { throw damaged }
            entries[name] = entry
        }
        self.data = data
        self.entries = entries
    }

    /// The numbers of an array in single precision, row by row.
    ///
    /// - Throws: `.corrupt` if it is not there, has another shape, or lies outside of the file.
    func floats(_ array: String, shape: [Int]) throws -> [Float] {
        guard let entry = entries[array], entry.dtype == "F32", entry.shape == shape, entry.offsets.count == 2 else {
            throw RiposteError(.corrupt, .models, "\(name) has no array \(array) of shape \(shape).")
        }
        let count = shape.reduce(1, *)
        let (from, to) = (entry.offsets[0], entry.offsets[1])
        guard from >= 0, to - from == count * MemoryLayout<Float>.size, to <= data.count - start else {
            throw RiposteError(.corrupt, .models, "The array \(array) lies outside of \(name).")
        }
        return StoredNumbers.values(in: data[(start + from)..<(start + to)])
    }
}
