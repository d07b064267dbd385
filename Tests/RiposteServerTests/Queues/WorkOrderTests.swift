import RiposteCore
import Testing

@testable import RiposteServer

@Suite struct WorkOrderTests {
    private func work(
        _ urgency: EngineWork.Urgency, on engine: EngineWork.Engine = .transcription, for client: Int = 1
    ) -> EngineWork { EngineWork(urgency, on: engine, for: client) }

    @Test func takesTheMostUrgentFirst() {
        var order = WorkOrder()
        let running = order.add(work(.final))
        #expect(order.begin() == [running])
        let partial = order.add(work(.partial, for: 2))
        let final = order.add(work(.final, for: 3))
        #expect(order.begin() == [])
        order.finish(running, after: 0.2)
        #expect(order.begin() == [final])
        order.finish(final, after: 0.2)
        #expect(order.begin() == [partial])
    }

    @Test func givesEachClientAsMuchAsTheOthers() {
        var order = WorkOrder()
        var begun: [Int] = []
        // Client 1 wants ten times what client 2 wants.
        var owner: [Int: Int] = [:]
        for _ in 0..<10 { owner[order.add(work(.final, for: 1))] = 1 }
        owner[order.add(work(.final, for: 2))] = 2
        while let next = order.begin().first {
            begun.append(owner[next] ?? 0)
            order.finish(next, after: 1)
        }
        #expect(Array(begun.prefix(3)) == [1, 2, 1])
        #expect(begun.count == 11)
    }

    @Test func asksNobodyToMakeUpForThePast() {
        var order = WorkOrder()
        for _ in 0..<5 {
            let number = order.add(work(.final, for: 1))
            #expect(order.begin() == [number])
            order.finish(number, after: 10)
        }
        // Whoever comes new is no worse off than the others, and no better.
        let old = order.add(work(.final, for: 1))
        let new = order.add(work(.final, for: 2))
        #expect(order.begin() == [old])
        order.finish(old, after: 1)
        #expect(order.begin() == [new])
    }

    @Test func letsWorkGiveWayToOtherEngines() {
        var order = WorkOrder()
        let speech = order.add(work(.speech, on: .synthesis))
        #expect(order.begin() == [speech])
        let partial = order.add(work(.partial, for: 2))
        let final = order.add(work(.final, for: 3))
        // Somebody else's answer does not hold up a transcript, but a partial one.
        #expect(order.begin() == [final])
        order.finish(final, after: 0.1)
        #expect(order.begin() == [])
        order.finish(speech, after: 0.1)
        #expect(order.begin() == [partial])
    }

    @Test func tellsWhatIsInTheWay() {
        var order = WorkOrder(capacity: [.transcription: 2])
        let partials = [order.add(work(.partial, for: 1)), order.add(work(.partial, for: 2))]
        #expect(order.begin() == partials)
        #expect(order.inTheWay == [])
        let final = order.add(work(.final, for: 3))
        #expect(order.begin() == [])
        #expect(order.inTheWay == [partials[0]])
        order.finish(partials[0], after: 0)
        #expect(order.begin() == [final])
        #expect(order.inTheWay == [])
    }

    @Test func holdsSpeculationBackUntilItIsConfirmed() {
        var order = WorkOrder()
        let speculation = Speculation()
        let final = order.add(work(.final))
        #expect(order.begin() == [final])
        let answer = order.add(EngineWork(.speech, on: .synthesis, for: 2, speculation: speculation))
        #expect(order.begin() == [])
        speculation.confirm()
        #expect(order.begin() == [answer])
    }
}
