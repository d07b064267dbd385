/// An engine under test: hears one word in one sound and gives every moment it takes note of, so that all thresholds can
/// be judged by one hearing.
protocol WakeTrialEngine: Sendable {
    var name: String { get }
    /// Thresholds that are worth a row.
    var thresholds: [Double] { get }
    /// What a threshold is called by this engine's users: "sensitivity 0.7".
    func label(_ threshold: Double) -> String
    /// Whether it can hear a word at all.
    func knows(_ word: String) -> Bool
    func moments(of word: String, in sound: [Float]) async throws -> [WakeMoment]
}
