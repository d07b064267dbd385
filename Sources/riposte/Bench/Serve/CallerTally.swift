import Foundation
import RiposteCore

/// What became of what callers said, and what it cost the server.
actor CallerTally {
    private(set) var latencies: [Double] = []
    private(set) var early = 0
    private(set) var unanswered = 0
    private(set) var cut = 0
    /// Calls that the server refused, or that could not be made.
    private(set) var refused: [String: Int] = [:]
    private(set) var conversations = 0
    /// Rude calls that were made.
    private(set) var rude: [RudeCaller: Int] = [:]
    private(set) var mostMegabytes = 0.0

    var said: Int { latencies.count + early + unanswered + cut }

    func add(_ outcome: SimulatedCaller.Outcome) {
        switch outcome {
        case .answered(let latency): latencies.append(latency)
        case .early: early += 1
        case .unanswered: unanswered += 1
        case .cut: cut += 1
        }
    }

    func began() { conversations += 1 }

    func wasRefused(_ error: any Error) { refused["\(error)", default: 0] += 1 }

    func made(_ call: RudeCaller) { rude[call, default: 0] += 1 }

    func used(_ usage: ServerProcess.Usage) { mostMegabytes = max(mostMegabytes, usage.megabytes) }

    /// In seconds; the share of answers that came within it.
    func latency(share: Double) -> Double? {
        guard !latencies.isEmpty else { return nil }
        let sorted = latencies.sorted()
        return sorted[min(sorted.count - 1, Int((share * Double(sorted.count)).rounded(.up)) - 1)]
    }
}

/// Many callers at once, who talk with a server for a while.
struct CallerCrowd: Sendable {
    let server: ServerProcess
    let speech: [CallerSpeech]
    let seed: UInt64
    let tally = CallerTally()

    /// What the server has used between two moments.
    struct Cost: Sendable {
        /// Processors, all the time.
        var processors = 0.0
        /// The most memory, less what there was at the start, in megabytes.
        var megabytes = 0.0
    }

    /// So many callers talk for so many seconds; each ends the sentence that it has begun.
    /// - Parameter turns: after so many a caller hangs up and calls again; nil: it stays on the line.
    @discardableResult
    func talk(callers: Int, seconds: Double, turns: Int? = nil) async -> Cost {
        let before = server.usage
        let start = ContinuousClock.now
        let end = start + .seconds(seconds)
        await withTaskGroup(of: Void.self) { group in
            group.addTask { await watch(until: end) }
            for number in 0..<callers {
                group.addTask { await stay(number, of: callers, until: end, turns: turns) }
            }
        }
        guard let before, let after = server.usage else { return Cost() }
        let elapsed = (ContinuousClock.now - start) / .seconds(1)
        let most = await tally.mostMegabytes
        return Cost(
            processors: (after.processorSeconds - before.processorSeconds) / elapsed,
            megabytes: max(0, most - before.megabytes))
    }

    /// Conversations of one sentence each, until there were so many.
    func converse(callers: Int, conversations: Int, progress: @escaping @Sendable (Int) -> Void) async {
        await withTaskGroup(of: Void.self) { group in
            for number in 0..<callers {
                group.addTask {
                    var random = SeededGenerator(seed: seed &+ UInt64(number))
                    while await tally.conversations < conversations, server.isRunning {
                        progress(await tally.conversations)
                        await converse(turns: 1, until: nil, using: &random)
                    }
                }
            }
        }
    }

    /// Rude calls, one after the other, until the time has come.
    func annoy(_ number: Int, until end: ContinuousClock.Instant) async {
        var random = SeededGenerator(seed: seed &+ 1_000 &+ UInt64(number))
        while ContinuousClock.now < end, server.isRunning {
            guard let kind = RudeCaller.allCases.randomElement(using: &random),
                let words = speech.randomElement(using: &random)
            else { return }
            try? await kind.call(
                server.address, words, for: Double.random(in: 0.5...kind.longest, using: &random), using: &random)
            await tally.made(kind)
            try? await Task.sleep(for: .seconds(Double.random(in: 0...1, using: &random)))
        }
    }

    private func watch(until end: ContinuousClock.Instant) async {
        while ContinuousClock.now < end {
            if let usage = server.usage { await tally.used(usage) }
            try? await Task.sleep(for: .milliseconds(500))
        }
    }

    private func stay(_ number: Int, of callers: Int, until end: ContinuousClock.Instant, turns: Int?) async {
        var random = SeededGenerator(seed: seed &+ UInt64(number))
        // People do not all begin to speak at the same moment.
        let delay = 4 * (Double(number) + Double.random(in: 0..<1, using: &random)) / Double(callers)
        try? await Task.sleep(for: .seconds(delay))
        while ContinuousClock.now < end, server.isRunning {
            await converse(turns: turns, until: end, using: &random)
        }
    }

    private func converse(turns: Int?, until end: ContinuousClock.Instant?, using random: inout SeededGenerator) async {
        do {
            let (caller, events) = try await SimulatedCaller.call(server.address)
            await tally.began()
            var said = 0
            while said < turns ?? .max, end.map({ ContinuousClock.now < $0 }) ?? true,
                let words = speech.randomElement(using: &random)
            {
                let outcome = await caller.say(words, events)
                await tally.add(outcome)
                guard outcome != .cut, outcome != .unanswered else { break }
                said += 1
                await caller.think()
            }
            await caller.client.close()
        } catch {
            await tally.wasRefused(error)
            try? await Task.sleep(for: .seconds(1))
        }
    }
}
