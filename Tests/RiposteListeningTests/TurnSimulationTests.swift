import Foundation
import RiposteListening
import Testing

/// The policy on the evidence of 120 spoken orders, each as it was said and twice with a pause of 0.4–1.2 s put in
/// (`Tools/turns/turn_evidence.py`): what was promised of it, and that each kind of evidence earns its keep.
struct TurnSimulationTests {
    private static let orders = Result { try Fixture.decode([TurnSimulation.Order].self, from: "turn-evidence.json") }

    /// What became of all orders of some kinds.
    struct Summary {
        var latencies: [Double]
        var takenBack: Double
        /// The share with more than 200 ms of an answer heard while the speaker went on.
        var disturbed: Double
        var detections: Double

        init(_ outcomes: [TurnSimulation.Outcome]) {
            let count = Double(outcomes.count)
            latencies = outcomes.map(\.latency).sorted()
            takenBack = Double(outcomes.count { !$0.takenBack.isEmpty }) / count
            disturbed = Double(outcomes.count { $0.takenBack.contains { $0 > 0.2 } || $0.latency < 0 }) / count
            detections = Double(outcomes.map(\.detections).reduce(0, +)) / count
        }

        func latency(_ part: Double) -> Double {
            latencies[min(Int(part * Double(latencies.count)), latencies.count - 1)]
        }
    }

    private func summary(_ simulation: TurnSimulation, _ kinds: Set<String>) throws -> Summary {
        let orders = try Self.orders.get().filter { kinds.contains($0.kind) }
        #expect(orders.count == 120 * kinds.count)
        return Summary(orders.map(simulation.run))
    }

    @Test func ordersAsTheyWereSaidAreAnsweredSoonAndNotTooSoon() throws {
        let found = try summary(TurnSimulation(), ["plain"])
        #expect(found.latency(0.5) <= 0.45)
        #expect(found.latency(0.95) <= 0.8)
        #expect(found.disturbed <= 0.01)
        #expect(found.takenBack <= 0.05)
        #expect(found.detections <= 1.5)
    }

    @Test func withAPauseInTheOrderItIsQuickerThanAFixedSilenceAndInterruptsHalfAsOften() throws {
        let found = try summary(TurnSimulation(), ["phrase", "word"])
        var plain = TurnSimulation()
        plain.fixedSilence = 0.7
        let fixed = try summary(plain, ["phrase", "word"])
        #expect(found.disturbed <= 0.2)
        #expect(found.disturbed < 0.6 * fixed.disturbed)
        #expect(found.latency(0.5) < fixed.latency(0.5) - 0.2)
    }

    @Test func everyKindOfEvidenceHelps() throws {
        let all = try summary(TurnSimulation(), ["plain"])
        var deaf = TurnSimulation()
        deaf.ignoresSound = true
        #expect(try summary(deaf, ["plain"]).latency(0.5) > all.latency(0.5) + 0.1)
        var wordless = TurnSimulation()
        wordless.ignoresText = true
        #expect(try summary(wordless, ["plain"]).latency(0.5) > all.latency(0.5) + 0.1)
        var once = TurnSimulation()
        once.looksTwice = false
        #expect(try summary(once, ["plain"]).latency(0.95) > all.latency(0.95) + 0.1)
    }

    /// Makes the table of the policy's frontier, for choosing its numbers; RIPOSTE_TURN_TABLE names a file for it.
    @Test func frontier() throws {
        var table =
            "| | latency median / p95 | disturbed | taken back | with a pause put in: median / p95 | disturbed |\n"
        table += "|---|---|---|---|---|---|\n"
        func add(_ name: String, _ simulation: TurnSimulation) throws {
            let plain = try summary(simulation, ["plain"])
            let paused = try summary(simulation, ["phrase", "word"])
            let cells = [
                name, String(format: "%.0f / %.0f", plain.latency(0.5) * 1000, plain.latency(0.95) * 1000),
                String(format: "%.1f %%", plain.disturbed * 100), String(format: "%.1f %%", plain.takenBack * 100),
                String(format: "%.0f / %.0f", paused.latency(0.5) * 1000, paused.latency(0.95) * 1000),
                String(format: "%.1f %%", paused.disturbed * 100),
            ]
            table += "| " + cells.joined(separator: " | ") + " |\n"
        }
        for silence in [0.2, 0.3, 0.4, 0.5, 0.7] {
            var simulation = TurnSimulation()
            simulation.fixedSilence = silence
            try add("fixed \(silence)", simulation)
        }
        for tolerance in [0.01, 0.02, 0.03, 0.04, 0.06, 0.1] {
            var simulation = TurnSimulation()
            simulation.policy.configuration.tolerance = tolerance
            try add("tolerance \(tolerance)", simulation)
        }
        #expect(table.split(separator: "\n").count == 13)
        guard let file = ProcessInfo.processInfo.environment["RIPOSTE_TURN_TABLE"] else { return }
        try table.write(toFile: file, atomically: true, encoding: .utf8)
    }
}
