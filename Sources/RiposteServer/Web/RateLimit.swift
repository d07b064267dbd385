import RiposteCore
import Synchronization

/// So much a second, and a little more at once. A pure value.
struct TokenBucket: Sendable {
    /// What may be taken a second, in the long run.
    let rate: Double
    /// What may be taken at once.
    let burst: Double
    private var level: Double
    private var last: ContinuousClock.Instant

    init(rate: Double, burst: Double, now: ContinuousClock.Instant = .now) {
        self.rate = rate
        self.burst = burst
        level = burst
        last = now
    }

    /// Takes some.
    /// - Returns: seconds until there is so much; 0 where it could be taken. Nothing is taken before.
    mutating func take(_ amount: Double = 1, now: ContinuousClock.Instant = .now) -> Double {
        fill(now)
        // More than there can ever be is had when it is full.
        let needed = min(amount, burst)
        guard level < needed else {
            level -= amount
            return 0
        }
        return (needed - level) / rate
    }

    /// Takes some in any case, and owes it where there is not so much.
    /// - Returns: seconds until nothing is owed.
    mutating func draw(_ amount: Double = 1, now: ContinuousClock.Instant = .now) -> Double {
        fill(now)
        level -= amount
        return max(0, -level / rate)
    }

    /// Whether nothing was taken lately.
    mutating func isFull(now: ContinuousClock.Instant = .now) -> Bool {
        fill(now)
        return level >= burst
    }

    private mutating func fill(_ now: ContinuousClock.Instant) {
        level = min(burst, level + max(0, (now - last) / .seconds(1)) * rate)
        last = max(last, now)
    }
}

/// How often each client may ask.
final class RateLimit: Sendable {
    let rate: Double
    private let burst: Double
    private let buckets = Mutex<[String: TokenBucket]>([:])
    /// So many clients are kept apart; those that asked nothing lately are forgotten first.
    private static let mostClients = 4_096

    init(rate: Double, burst: Double) {
        self.rate = rate
        self.burst = burst
    }

    /// - Returns: seconds that the client has to wait; nil: it may ask now.
    func ask(_ client: String, now: ContinuousClock.Instant = .now) -> Double? {
        buckets.withLock { buckets in
            if buckets[client] == nil, buckets.count >= Self.mostClients {
                for (name, bucket) in buckets {
                    var bucket = bucket
                    if bucket.isFull(now: now) { buckets[name] = nil }
                }
                // All of them are busy: one more is one too many.
                if buckets.count >= Self.mostClients { return 1 }
            }
            let wait = buckets[client, default: TokenBucket(rate: rate, burst: burst, now: now)].take(now: now)
            return wait > 0 ? wait : nil
        }
    }
}
