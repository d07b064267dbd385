import RiposteCore

/// Work for the engines that all conversations share.
struct EngineWork: Sendable {
    /// What kind of work it is, the most urgent first.
    enum Urgency: String, Sendable, CaseIterable, Comparable {
        /// The transcript of what was said up to a pause or the end.
        case final
        /// Whether somebody who pauses is done.
        case turn
        /// The sound of an answer that somebody waits for.
        case speech
        /// What is understood so far of what is being said.
        case partial
        /// The sound of an answer that may never be heard: see `Speculation`.
        case speculation

        /// Whether nobody waits for it: it gives way to everything else, and is left out where there is no time.
        var givesWay: Bool { self > .speech }

        private var rank: Int {
            switch self {
            case .final: 0
            case .turn: 1
            case .speech: 2
            case .partial: 3
            case .speculation: 4
            }
        }

        static func < (first: Self, second: Self) -> Bool { first.rank < second.rank }
    }

    /// An engine; each works on so much at once.
    enum Engine: String, Sendable, CaseIterable {
        case transcription, turns, synthesis
    }

    let engine: Engine
    /// Who wants it.
    let client: Int
    private let asked: Urgency
    private let speculation: Speculation?

    init(_ urgency: Urgency, on engine: Engine, for client: Int, speculation: Speculation? = nil) {
        asked = urgency
        self.engine = engine
        self.client = client
        self.speculation = speculation
    }

    /// What it is now: a speculation can turn out to be needed.
    var urgency: Urgency { speculation?.isConfirmed == false ? .speculation : asked }

    func whenMoreUrgent(_ observer: @escaping @Sendable () -> Void) { speculation?.whenConfirmed(observer) }
}

/// Whose work is done next. A pure value.
///
/// The more urgent work comes first, and among equals that of whom the engines have worked least for, so that nobody has
/// more of them than others who want them too. What gives way waits until nothing else wants or has an engine.
struct WorkOrder: Sendable {
    struct Waiting: Sendable {
        let number: Int
        let work: EngineWork
    }

    /// How much an engine does at once.
    var capacity: [EngineWork.Engine: Int]
    private(set) var waiting: [Waiting] = []
    private(set) var running: [Int: EngineWork] = [:]
    /// Seconds that engines have worked for each client. Whoever comes new begins with what the least of the others has
    /// had: the past is nothing to be made up for.
    private var used: [Int: Double] = [:]
    private var last = 0

    init(capacity: [EngineWork.Engine: Int] = [:]) { self.capacity = capacity }

    /// - Returns: the number of the work.
    mutating func add(_ work: EngineWork) -> Int {
        last += 1
        if used[work.client] == nil { used[work.client] = used.values.min() ?? 0 }
        waiting.append(Waiting(number: last, work: work))
        return last
    }

    /// It is not wanted any more.
    /// - Returns: whether it was waiting.
    @discardableResult
    mutating func remove(_ number: Int) -> Bool {
        guard let index = waiting.firstIndex(where: { $0.number == number }) else { return false }
        waiting.remove(at: index)
        return true
    }

    /// It was done, for so many seconds.
    /// - Returns: what it was; nil where it was not running.
    @discardableResult
    mutating func finish(_ number: Int, after seconds: Double) -> EngineWork? {
        guard let work = running.removeValue(forKey: number) else { return nil }
        used[work.client]? += seconds
        return work
    }

    /// A client is gone.
    mutating func forget(client: Int) { used[client] = nil }

    /// Begins what can be begun.
    /// - Returns: its numbers.
    mutating func begin() -> [Int] {
        var begun: [Int] = []
        for next in sorted where hasRoom(for: next) {
            remove(next.number)
            running[next.number] = next.work
            begun.append(next.number)
        }
        return begun
    }

    /// What is running, gives way, and keeps something from being begun that somebody waits for.
    var inTheWay: [Int] {
        EngineWork.Engine.allCases.flatMap { engine -> [Int] in
            let wanted = waiting.count { $0.work.engine == engine && !$0.work.urgency.givesWay }
            let yielding = running.filter { $0.value.engine == engine && $0.value.urgency.givesWay }.keys.sorted()
            let free = max(0, limit(engine) - running.values.count { $0.engine == engine })
            return Array(yielding.prefix(max(0, wanted - free)))
        }
    }

    private var sorted: [Waiting] {
        waiting.sorted { first, second in
            let (one, other) = (first.work, second.work)
            if one.urgency != other.urgency { return one.urgency < other.urgency }
            let (mine, theirs) = (used[one.client] ?? 0, used[other.client] ?? 0)
            return mine == theirs ? first.number < second.number : mine < theirs
        }
    }

    private func hasRoom(for next: Waiting) -> Bool {
        guard running.values.count(where: { $0.engine == next.work.engine }) < limit(next.work.engine) else {
            return false
        }
        guard next.work.urgency.givesWay else { return true }
        return !waiting.contains { $0.work.urgency < next.work.urgency }
            && !running.values.contains { !$0.urgency.givesWay }
    }

    private func limit(_ engine: EngineWork.Engine) -> Int { capacity[engine] ?? 1 }
}
