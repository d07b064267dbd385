/// How easily one row of sounds is taken for another: the cheapest way to change, add and drop sounds.
enum SoundDistance {
    /// 0 for the same, 1 for nothing in common; by the length of the longer one.
    ///
    /// - Parameter limit: what is farther is of no interest, and may come out nearer than it is, but beyond the limit.
    static func relative(_ one: [UInt8], _ other: [UInt8], limit: Float = .infinity) -> Float {
        distance(one, other, limit, replacements, omissions)
    }

    /// The plain share of letters changed, added and dropped, by the length of the longer one.
    static func spelling(_ one: [UInt8], _ other: [UInt8], limit: Float = .infinity) -> Float {
        distance(one, other, limit, plainReplacements, plainOmissions)
    }

    /// The firm sounds of a row, a bit each.
    static func firmSounds(_ sounds: [UInt8]) -> UInt64 {
        sounds.reduce(0) { "AEIOUHWYR".utf8.contains($1) ? $0 : $0 | 1 << UInt64($1 & 63) }
    }

    /// What the distance is at least, by the firm sounds of both: each that the other lacks costs half of one.
    static func leastRelative(_ one: UInt64, _ other: UInt64, longest: Int) -> Float {
        let missing = max((one & ~other).nonzeroBitCount, (other & ~one).nonzeroBitCount)
        return Float(missing) * 0.5 / Float(max(longest, 1))
    }

    private static func distance(
        _ one: [UInt8], _ other: [UInt8], _ limit: Float, _ replacements: [Float], _ omissions: [Float]
    ) -> Float {
        let longest = Float(max(one.count, other.count))
        guard longest > 0 else { return 0 }
        let most = limit * longest
        return withUnsafeTemporaryAllocation(of: Float.self, capacity: other.count + 1) { row in
            one.withUnsafeBufferPointer { one in
                other.withUnsafeBufferPointer { other in
                    replacements.withUnsafeBufferPointer { replace in
                        omissions.withUnsafeBufferPointer { drop in
                            fill(row, one, other, most, replace, drop) / longest
                        }
                    }
                }
            }
        }
    }

    private static func fill(
        _ row: UnsafeMutableBufferPointer<Float>, _ one: UnsafeBufferPointer<UInt8>,
        _ other: UnsafeBufferPointer<UInt8>, _ most: Float, _ replace: UnsafeBufferPointer<Float>,
        _ drop: UnsafeBufferPointer<Float>
    ) -> Float {
        row.initialize(repeating: 0)
        var column = 0
        while column < other.count {
            row[column &+ 1] = row[column] + drop[Int(other[column])]
            column &+= 1
        }
        for sound in one {
            let dropped = drop[Int(sound)]
            let costs = Int(sound) << 8
            var diagonal = row[0]
            row[0] += dropped
            var least = row[0]
            column = 0
            while column < other.count {
                let against = Int(other[column])
                var best = diagonal + replace[costs | against]
                diagonal = row[column &+ 1]
                if diagonal + dropped < best { best = diagonal + dropped }
                let added = row[column] + drop[against]
                if added < best { best = added }
                row[column &+ 1] = best
                if best < least { least = best }
                column &+= 1
            }
            // It only grows from here.
            if least > most { return least }
        }
        return row[other.count]
    }

    // MARK: Costs

    /// Sounds of one line are often taken for each other.
    private static let families = [
        "AEIOU", "TD", "PB", "KG", "FV", "SZ", "CJX", "SX", "MN", "0FT", "LR", "CT", "CK", "WV",
    ]

    /// What replacing costs, by the first sound and the second.
    private static let replacements: [Float] = {
        var costs = plainReplacements
        for family in families {
            for one in family.utf8 {
                for other in family.utf8 where one != other {
                    costs[Int(one) << 8 | Int(other)] = "AEIOU".utf8.contains(one) ? 0.3 : 0.5
                }
            }
        }
        return costs
    }()

    private static let plainReplacements: [Float] = (0..<65_536).map { $0 >> 8 == $0 & 255 ? 0 : 1 }

    /// What leaving a sound out costs.
    private static let omissions: [Float] = (0..<256).map { sound in
        "AEIOUHWYR".utf8.contains(UInt8(sound)) ? 0.5 : 0.8
    }
    private static let plainOmissions = [Float](repeating: 1, count: 256)
}
