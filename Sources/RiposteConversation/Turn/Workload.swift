/// How much the machine can do, told by how late transcripts come, and what is left undone when it is busy.
///
///     full ──2 late──▶ fewerPartials ──2 late──▶ noSpeculation
///          ◀─2 timely─               ◀─2 timely─
///
/// What is late leaves no doubt and what is timely is twice as quick: in between nothing changes, so that it does not
/// go back and forth. A pure value.
public struct Workload: Sendable, Equatable {
    /// What is done.
    public enum Level: String, Sendable, Codable, CaseIterable {
        /// Everything.
        case full
        /// Partial transcripts are made less often.
        case fewerPartials
        /// No partial transcripts; the answer is prepared at the endpoint, not at the first pause.
        case noSpeculation
    }

    public struct Configuration: Sendable, Equatable, Codable {
        /// A partial transcript that takes longer than this, in seconds, is late. Default 0.9: three times what lies
        /// between two.
        public var latePartial = 0.9
        /// A final transcript that takes longer than this, in seconds, is late. Default 1.5: it takes 0.1 to 0.5 on
        /// two idle cores.
        public var lateFinal = 1.5
        /// A transcript within this share of it is timely.
        public var timelyShare = 0.5
        /// So many late ones in a row, of either kind, and less is done; so many timely ones, and more.
        public var inARow = 2
        /// With `fewerPartials`, so many times longer lies between them.
        public var fewerPartials = 4.0

        public init() {}
    }

    public enum Work: Sendable {
        case partial, final
    }

    public let configuration: Configuration
    public private(set) var level = Level.full
    /// Late ones in a row; timely ones are counted below zero.
    private var count = 0

    public init(configuration: Configuration = .init()) { self.configuration = configuration }

    /// A transcript was made.
    /// - Parameter seconds: from when it was asked for until it was there.
    public mutating func finished(_ work: Work, after seconds: Double) {
        let limit = work == .partial ? configuration.latePartial : configuration.lateFinal
        if seconds > limit {
            count = max(count, 0) + 1
        } else if seconds <= limit * configuration.timelyShare {
            count = min(count, 0) - 1
        } else {
            count = 0
        }
        guard abs(count) >= configuration.inARow, let index = Level.allCases.firstIndex(of: level) else { return }
        level = Level.allCases[min(max(index + count.signum(), 0), Level.allCases.count - 1)]
        count = 0
    }

    /// How long lies between two partial transcripts, in seconds, where `usual` does else; nil: none are made.
    public func partialInterval(_ usual: Double?) -> Double? {
        switch level {
        case .full: usual
        case .fewerPartials: usual.map { $0 * configuration.fewerPartials }
        case .noSpeculation: nil
        }
    }
}
