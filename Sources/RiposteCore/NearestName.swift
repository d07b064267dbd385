/// Finds the name that was probably meant: of a voice, a key, a setting.
public enum NearestName {
    /// "Did you mean …?", where a name is near enough; else what there is to choose from, if that is little.
    public static func suggestion(for name: String, among names: some Sequence<String>) -> String? {
        let sorted = Set(names).sorted()
        if let near = nearest(to: name, among: sorted) { return "Did you mean \u{201C}\(near)\u{201D}?" }
        guard !sorted.isEmpty, sorted.count <= 12 else { return nil }
        return "There \(sorted.count == 1 ? "is" : "are"): \(sorted.joined(separator: ", "))."
    }

    /// The one with the fewest letters to change, if these are no more than a third.
    public static func nearest(to name: String, among names: [String]) -> String? {
        let letters = Array(name.lowercased())
        guard letters.count <= 100 else { return nil }
        let limit = max(1, letters.count / 3)
        let rated = names.prefix(2_000).map {
            (name: $0, steps: steps(from: letters, to: Array($0.lowercased()), limit))
        }
        return rated.filter { $0.steps <= limit }.min { $0.steps < $1.steps }?.name
    }

    /// How many letters have to be added, dropped, replaced or swapped with their neighbour; more than `limit` is not
    /// counted out.
    static func steps(from one: [Character], to other: [Character], _ limit: Int) -> Int {
        guard abs(one.count - other.count) <= limit else { return limit + 1 }
        var before: [Int] = []
        var last = Array(0...other.count)
        for row in one.indices {
            var next = [row + 1]
            for column in other.indices {
                let isSame = one[row] == other[column]
                var cost = min(last[column + 1] + 1, next[column] + 1, last[column] + (isSame ? 0 : 1))
                if row > 0, column > 0, one[row] == other[column - 1], one[row - 1] == other[column] {
                    cost = min(cost, before[column - 1] + 1)
                }
                next.append(cost)
            }
            (before, last) = (last, next)
        }
        return last[other.count]
    }
}
