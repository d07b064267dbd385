/// How far a transcript is from another: the fewest words to replace, insert and delete.
struct WordErrors {
    private(set) var errors = 0
    /// Words of the references.
    private(set) var words = 0

    /// Errors for each word of the references; 0 without any.
    var rate: Double { words > 0 ? Double(errors) / Double(words) : 0 }

    mutating func add(_ words: [String], reference: [String]) {
        errors += Self.distance(words, reference)
        self.words += reference.count
    }

    static func distance(_ first: [String], _ second: [String]) -> Int {
        var row = Array(0...second.count)
        for (index, word) in first.enumerated() {
            var diagonal = row[0]
            row[0] = index + 1
            for column in second.indices {
                let replaced = diagonal + (word == second[column] ? 0 : 1)
                diagonal = row[column + 1]
                row[column + 1] = min(replaced, diagonal + 1, row[column] + 1)
            }
        }
        return row[second.count]
    }
}
