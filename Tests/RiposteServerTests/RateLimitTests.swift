import RiposteCore
import Testing

@testable import RiposteServer

@Suite struct RateLimitTests {
    @Test func givesSoMuchASecond() {
        let start = ContinuousClock.now
        var bucket = TokenBucket(rate: 10, burst: 5, now: start)
        for _ in 0..<5 { #expect(bucket.take(now: start) == 0) }
        #expect(abs(bucket.take(now: start) - 0.1) < 1e-9)
        #expect(bucket.take(now: start + .seconds(0.11)) == 0)
        #expect(bucket.take(now: start + .seconds(0.12)) > 0)
        // What was not taken does not pile up.
        let later = start + .seconds(100)
        for _ in 0..<5 { #expect(bucket.take(now: later) == 0) }
        #expect(bucket.take(now: later) > 0)
    }

    @Test func givesMoreAtOnceThanThereIsOnlyWhenItIsFull() {
        let start = ContinuousClock.now
        var bucket = TokenBucket(rate: 10, burst: 5, now: start)
        #expect(bucket.take(50, now: start) == 0)
        // It is paid for afterwards.
        #expect(bucket.take(now: start + .seconds(1)) > 3)
        #expect(bucket.take(now: start + .seconds(5)) == 0)
    }

    @Test func keepsClientsApartAndForgetsThem() {
        let limit = RateLimit(rate: 1, burst: 1)
        let start = ContinuousClock.now
        #expect(limit.ask("a", now: start) == nil)
        #expect(limit.ask("a", now: start) != nil)
        #expect(limit.ask("b", now: start) == nil)
        for number in 0..<10_000 { _ = limit.ask("\(number)", now: start) }
        #expect(limit.ask("new", now: start) != nil)
        #expect(limit.ask("new", now: start + .seconds(2)) == nil)
    }
}
