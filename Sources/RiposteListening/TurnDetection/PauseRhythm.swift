import func Foundation.exp
import func Foundation.log

/// How one speaker pauses inside their turns: how long, and how often.
///
/// It begins with what speakers do in general and moves towards this one with every turn; older pauses count less, so
/// that another speaker at the same microphone is followed too. A pure value; keep one for each conversation.
public struct PauseRhythm: Sendable, Equatable {
    public struct Configuration: Sendable, Equatable {
        /// The median pause inside a turn, in seconds, before anything is known of the speaker. Default 0.6.
        public var typicalPause = 0.6
        /// Pauses inside turns for each turn, before anything is known. Default 0.1: 22 in 207 spoken orders.
        public var typicalPausesPerTurn = 0.1
        /// How many turns of the speaker weigh as much as what is typical. Default 10: one pause hardly tells.
        public var typicalWeight = 10.0
        /// What an observation still weighs one turn later. Default 0.9: the last ten turns or so count.
        public var memory = 0.9

        public init() {}
    }

    public let configuration: Configuration

    /// Sums over the speaker's turns, faded.
    private var turns = 0.0
    private var pauses = 0.0
    private var logPauses = 0.0

    public init(configuration: Configuration = .init()) {
        self.configuration = configuration
    }

    /// The speaker went on after a pause, in the same turn. Also to be told when an answer was taken back.
    /// - Parameter pause: in seconds, from the end of the speech before to the start of the speech after it.
    public mutating func wentOn(after pause: Double) {
        pauses += 1
        logPauses += log(max(pause, 0.05))
    }

    /// A turn has ended with its endpoint.
    public mutating func turnEnded() {
        turns = (turns + 1) * configuration.memory
        pauses *= configuration.memory
        logPauses *= configuration.memory
    }

    /// The median pause inside a turn of this speaker, in seconds.
    public var medianPause: Double {
        let weight = configuration.typicalWeight
        return exp((weight * log(configuration.typicalPause) + logPauses) / (weight + pauses))
    }

    /// Pauses inside a turn for each turn of this speaker.
    public var pausesPerTurn: Double {
        let weight = configuration.typicalWeight
        return (weight * configuration.typicalPausesPerTurn + pauses) / (weight + turns)
    }
}
