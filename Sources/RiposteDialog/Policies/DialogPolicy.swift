import RiposteCore

/// The role of whatever decides what a dialog does next. Free of side effects.
protocol DialogPolicy: Sendable {
    /// What to do now; nil where it has no opinion.
    func decide(_ tracker: Tracker) -> PolicyDecision?
}

/// An action, and why.
struct PolicyDecision: Equatable {
    var action: String
    /// 0–1.
    var confidence: Double
    /// The rule or story that says so.
    var source: SourcePlace
}
