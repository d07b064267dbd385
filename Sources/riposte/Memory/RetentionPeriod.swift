import ArgumentParser
import Foundation

/// How long something is kept: "30d", "12h", "90m", "45s".
struct RetentionPeriod: ExpressibleByArgument, Equatable, Sendable {
    let seconds: Double

    private static let units: [Character: Double] = ["s": 1, "m": 60, "h": 3_600, "d": 86_400, "w": 604_800]

    init?(argument: String) {
        guard let unit = argument.last.flatMap({ Self.units[$0] }), let count = Int(argument.dropLast()), count > 0,
            count <= 100_000
        else { return nil }
        seconds = Double(count) * unit
    }

    /// Where it began that ends now.
    func start(_ now: Date = Date()) -> Date { now.addingTimeInterval(-seconds) }
}
