import RiposteCore

import func Foundation.log10

/// A voice that is heard while the assistant speaks, as the session follows it until it is clear what it means.
struct Overlap: Sendable {
    /// The turn whose answer it is heard over.
    let turn: Int
    /// Where it began, and where the sound that is wanted of it begins, in samples.
    let start: Int
    let audioStart: Int
    let recognition: TurnRecognition
    /// Until where its sound has been given to the recogniser.
    var recognisedEnd: Int
    /// Voice so far, in seconds.
    var voice = 0.0
    /// Where it ended; nil while it sounds.
    var end: Int?
    /// Whether the silence after it has lasted long enough to end an utterance.
    var isOver = false
    var words: String?
    var confidence = 1.0
    var isWhole = false
    var isAsking = false
    /// When the recogniser was last asked, by length of voice.
    var askedAt = 0.0
    /// Where it may be asked again after it failed.
    var asksAgainAt = 0
    /// The loudest window so far, in decibels.
    var level: Double?
    /// The most by which it exceeded the echo, in decibels.
    var excess: Double?
}

/// How loud the user usually is: the loudest windows of their turns.
struct VoiceLevel: Sendable {
    /// In decibels; nil before the first turn.
    private(set) var usual: Double?
    private var loudest: Double?

    static func decibels(_ power: Float) -> Double { 10 * log10(max(Double(power), 1e-12)) }

    mutating func hear(_ level: Double) { loudest = max(loudest ?? level, level) }

    mutating func turnEnded() {
        guard let level = loudest else { return }
        usual = usual.map { 0.7 * $0 + 0.3 * level } ?? level
        loudest = nil
    }
}

extension [Float] {
    /// Mean square.
    var power: Float { isEmpty ? 0 : reduce(0) { $0 + $1 * $1 } / Float(count) }
}
