import func Foundation.exp
import func Foundation.log

/// A threshold that follows the room: where other speech comes near the phrase, more is asked for.
///
/// Where a television says something like the phrase all day, what it says scores high without being taken for it; from
/// then on the threshold lies above. It falls back with time. Whoever is not heard says the word once more: what comes
/// near it counts only when nothing as near follows soon.
public struct AmbientThreshold: Sendable, Equatable {
    public struct Configuration: Sendable, Equatable {
        /// So far above the highest score that was not the phrase, in log-odds. Default 0.5.
        public var margin = 0.5
        /// Never so much more than the threshold that was set, in log-odds. Default 1.5.
        public var most = 1.5
        /// What was heard counts one less, in log-odds, after so many seconds. Default 60.
        public var fade = 60.0
        /// What comes near counts only after so many seconds without a repeat. Default 4.
        public var patience = 4.0

        public init() {}
    }

    private let configuration: Configuration
    /// The highest score that was not the phrase, in log-odds, and where it was heard.
    private var peak: Peak?
    /// What was heard last, of which it is not known yet whether it was a try.
    private var pending: Peak?

    private struct Peak: Equatable {
        var score: Double
        var position: Int
    }

    public init(configuration: Configuration = .init()) { self.configuration = configuration }

    /// The threshold now.
    /// - Parameters:
    ///   - base: the one that was set, 0 … 1.
    ///   - position: in samples.
    public func threshold(_ base: Double, at position: Int) -> Double {
        let set = Self.logit(base)
        let counted = [peak, hasSettled(at: position) ? pending : nil].compactMap { $0 }
        guard let highest = counted.map({ faded($0, at: position) }).max() else { return base }
        let wanted = highest + configuration.margin
        return Self.probability(min(max(set, wanted), set + configuration.most))
    }

    /// Something was looked at and was not the phrase.
    public mutating func heard(_ score: Double, at position: Int) {
        let score = Self.logit(score)
        if hasSettled(at: position), let settled = pending {
            if peak.map({ faded($0, at: position) <= faded(settled, at: position) }) ?? true { peak = settled }
            pending = nil
        }
        // What is less like it is no repeat.
        if let pending, score < pending.score - Self.likeness { return }
        pending = Peak(score: score, position: position)
    }

    /// The phrase was told: what came near it just before was a try, or its first half.
    public mutating func told(at position: Int) {
        if !hasSettled(at: position) { pending = nil }
    }

    private func hasSettled(at position: Int) -> Bool {
        guard let pending else { return false }
        return Double(position - pending.position) >= configuration.patience * 16_000
    }

    /// As near, in log-odds.
    private static let likeness = 1.0

    private func faded(_ peak: Peak, at position: Int) -> Double {
        peak.score - Double(position - peak.position) / 16_000 / configuration.fade
    }

    static func probability(_ logit: Double) -> Double { 1 / (1 + exp(-logit)) }

    static func logit(_ probability: Double) -> Double {
        let bounded = min(1 - 1e-9, max(1e-9, probability))
        return log(bounded / (1 - bounded))
    }
}
