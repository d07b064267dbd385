import Foundation
import RiposteCore

/// The vocabulary of a Moonshine model: from token ids to text.
///
/// The file has the tokens' bytes in the order of their ids, each behind its length: a byte, or two if the first is 128 or
/// more, which then counts 128 less and the second 128 for each. A word begins with "▁" in the place of a space.
struct MoonshineTokenizer: Sendable {
    static let start = 1
    static let end = 2

    private let tokens: [[UInt8]]

    /// - Throws: `.corrupt` if the file is not there or is none.
    init(contentsOf file: URL) throws {
        guard let data = try? Data(contentsOf: file) else {
            throw RiposteError(.corrupt, .transcription, "\(file.path) cannot be read; fetch the model again.")
        }
        let bytes = [UInt8](data)
        var tokens: [[UInt8]] = []
        var index = 0
        var isWhole = true
        while index < bytes.count {
            var length = Int(bytes[index])
            index += 1
            if length >= 128, index < bytes.count {
                length += Int(bytes[index]) * 128 - 128
                index += 1
            }
            isWhole = index + length <= bytes.count
            guard isWhole else { break }
            tokens.append(Array(bytes[index..<(index + length)]))
            index += length
        }
        guard isWhole, tokens.count > Self.end else {
            throw RiposteError(.corrupt, .transcription, "\(file.path) is no vocabulary; fetch the model again.")
        }
        self.tokens = tokens
    }

    var count: Int { tokens.count }

    /// The text of ids, without space around it.
    func text(of ids: [Int]) -> String {
        let bytes = ids.filter { $0 > Self.end && tokens.indices.contains($0) }.flatMap { tokens[$0] }
        return String(decoding: bytes, as: UTF8.self).replacing("▁", with: " ")
            .trimmingCharacters(in: .whitespacesAndNewlines)
    }
}
