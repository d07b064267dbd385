import Foundation

/// How much of the processors this process has used.
struct ProcessorTime {
    private var seconds = 0.0
    /// Processor seconds so far.
    var usedSeconds: Double { seconds }
    private var elapsed = 0.0

    /// Processor seconds for each second that passed; 1 is one processor all the time.
    var load: Double { elapsed > 0 ? seconds / elapsed : 0 }

    /// Counts what happens in `body`.
    mutating func measure<Result>(_ body: () async throws -> Result) async rethrows -> Result {
        let (used, clock) = (Self.used, ContinuousClock.now)
        let result = try await body()
        seconds += Self.used - used
        elapsed += (ContinuousClock.now - clock) / .seconds(1)
        return result
    }

    private static var used: Double {
        let usage = usage
        return [usage.ru_utime, usage.ru_stime].reduce(0) { $0 + Double($1.tv_sec) + Double($1.tv_usec) / 1e6 }
    }

    /// The most memory this process has had at once, in megabytes.
    static var peakMegabytes: Double {
        #if os(Linux)
            Double(usage.ru_maxrss) / 1024
        #else
            Double(usage.ru_maxrss) / 1_048_576
        #endif
    }

    private static var usage: rusage {
        var usage = rusage()
        #if os(Linux)
            getrusage(__rusage_who_t(RUSAGE_SELF.rawValue), &usage)
        #else
            getrusage(RUSAGE_SELF, &usage)
        #endif
        return usage
    }
}
