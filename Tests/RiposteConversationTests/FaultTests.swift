import Foundation
import RiposteCore
import RiposteTesting
import Testing

@testable import RiposteConversation

/// A thousand sessions in which engines and devices fail, stall, hang, fall silent, break off, or give nothing.
/// `RIPOSTE_FIRST_SEED=1000` runs another thousand.
@Suite(.timeLimit(.minutes(10))) struct FaultTests {
    @Test func noFaultHangsASessionOrSpoilsItsMemory() async {
        let courses = await withTaskGroup(of: FaultySession.Course.self) { group in
            var courses: [FaultySession.Course] = []
            let first = ProcessInfo.processInfo.environment["RIPOSTE_FIRST_SEED"].flatMap { UInt64($0) } ?? 0
            for seed in first..<(first + 1_000) {
                // As many at once as keep two cores busy: most wait for something that does not come.
                if seed >= first + 24, let course = await group.next() { courses.append(course) }
                group.addTask { await FaultySession(plan: FaultPlan(seed: seed)).run() }
            }
            for await course in group { courses.append(course) }
            return courses
        }
        let problems = courses.flatMap(\.problems)
        #expect(problems.isEmpty, "\(problems.count): \(problems.prefix(20).joined(separator: "\n"))")
        // It was no walk through empty rooms.
        let outcomes = courses.flatMap(\.outcomes)
        for outcome in [TurnOutcome.answered, .reprompted, .dropped, .interrupted] {
            #expect(outcomes.count { $0 == outcome } >= 50, "\(outcome) of \(outcomes.count)")
        }
    }
}
