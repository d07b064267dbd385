/// A length of time as it is said.
enum SpokenDuration {
    /// "10 minutes", "1 hour and 30 minutes", "90 seconds".
    static func phrase(_ seconds: Double) -> String {
        SpokenList.joined(parts(seconds).map { SpokenNumber.count($0.count, $0.unit) })
    }

    /// As it stands before a noun: "10 minute", "1 hour 30 minute".
    static func adjective(_ seconds: Double) -> String {
        parts(seconds).map { "\($0.count) \($0.unit)" }.joined(separator: " ")
    }

    /// What is left of something, as exact as one wants to hear it: seconds matter only within the last ten minutes.
    static func remaining(_ seconds: Double) -> String {
        if seconds < 1 { return "less than a second" }
        if seconds <= 600 { return phrase(seconds) }
        if seconds < 86_400 { return phrase((seconds / 60).rounded() * 60) }
        return "about " + phrase((seconds / 3600).rounded() * 3600)
    }

    private static func parts(_ seconds: Double) -> [(count: Int, unit: String)] {
        let whole = Int(min(max(seconds.rounded(), 0), 1e12))
        if whole == 0 { return [(0, "second")] }
        // "90 seconds" is how it is said; "75 seconds" too.
        if whole != 60, whole <= 90 { return [(whole, "second")] }
        let parts = [
            (whole / 86_400, "day"), (whole % 86_400 / 3600, "hour"), (whole % 3600 / 60, "minute"),
            (whole % 60, "second"),
        ]
        return parts.filter { $0.0 > 0 }.map { (count: $0.0, unit: $0.1) }
    }
}

/// Things in a row: "a", "a and b", "a, b, and c".
enum SpokenList {
    static func joined(_ items: [String], _ conjunction: String = "and") -> String {
        guard items.count > 2, let last = items.last else { return items.joined(separator: " \(conjunction) ") }
        return items.dropLast().joined(separator: ", ") + ", \(conjunction) " + last
    }
}
