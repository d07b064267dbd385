/// Measures of how much a text repeats itself: what a recogniser that is caught in a loop gives away.
enum Repetition {
    /// How many times shorter the text would be when packed, by a Lempel–Ziv parse with typical code lengths.
    ///
    /// It stands in for the ratio zlib reaches, to which Whisper's limit of 2.4 belongs: both are near 1 for a sentence
    /// and far above the limit for a loop. Empty text gives 0.
    static func compressionRatio(of text: String) -> Double {
        let bytes = Array(text.utf8)
        guard !bytes.isEmpty else { return 0 }
        var bits = containerBits
        // The latest places where each three bytes occurred.
        var places: [Int: [Int]] = [:]
        var index = 0
        while index < bytes.count {
            let length = longestMatch(in: bytes, at: index, places)
            bits += length >= 3 ? matchBits : literalBits
            let end = index + max(length >= 3 ? length : 1, 1)
            while index < end {
                if let key = key(bytes, index) { places[key, default: []].append(index) }
                index += 1
            }
        }
        return Double(8 * bytes.count) / bits
    }

    /// Whether the last tokens are one phrase over and over: at least four times and at least twelve tokens.
    static func isLoop(_ tokens: [Int]) -> Bool { loop(in: tokens) != nil }

    /// The tokens up to the first round of the phrase they end in over and over.
    static func withoutLoop(_ tokens: [Int]) -> [Int] {
        guard let loop = loop(in: tokens) else { return tokens }
        return Array(tokens.prefix(tokens.count - loop.period * (loop.rounds - 1)))
    }

    private static func loop(in tokens: [Int]) -> (period: Int, rounds: Int)? {
        for period in 1...24 where tokens.count >= max(12, 4 * period) {
            var same = 0
            while same + period < tokens.count,
                tokens[tokens.count - 1 - same] == tokens[tokens.count - 1 - same - period]
            { same += 1 }
            let rounds = same / period + 1
            if rounds >= 4, rounds * period >= 12 { return (period, rounds) }
        }
        return nil
    }

    // Bits zlib takes on English: its frame, a letter (short texts use its fixed code or pay for a table), and a match
    // (length and distance). Fitted to zlib on sentences and loops of 20 to 800 bytes.
    private static let containerBits = 80.0
    private static let literalBits = 7.4
    private static let matchBits = 14.0
    private static let longest = 258

    private static func key(_ bytes: [UInt8], _ index: Int) -> Int? {
        guard index + 2 < bytes.count else { return nil }
        return Int(bytes[index]) << 16 | Int(bytes[index + 1]) << 8 | Int(bytes[index + 2])
    }

    private static func longestMatch(in bytes: [UInt8], at index: Int, _ places: [Int: [Int]]) -> Int {
        guard let key = key(bytes, index), let candidates = places[key] else { return 0 }
        var best = 0
        for candidate in candidates.suffix(16) {
            var length = 0
            while length < longest, index + length < bytes.count, bytes[candidate + length] == bytes[index + length] {
                length += 1
            }
            best = max(best, length)
        }
        return best
    }
}
