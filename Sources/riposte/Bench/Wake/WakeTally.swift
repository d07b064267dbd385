import Foundation
import RiposteListening

/// What an engine made of a word: in recordings of it, and in other speech.
struct WakeTally: Codable {
    /// One recording of the word.
    struct Trial: Codable {
        var file: String
        /// Where the word really ends, in samples.
        var end: Int
        var moments: [WakeMoment]
    }

    var engine: String
    var word: String
    /// Trials by condition: "clean", "10 dB".
    var trials: [String: [Trial]] = [:]
    /// Moments in other speech, by sound.
    var others: [String: [WakeMoment]] = [:]
    var otherSounds = 0
    var otherSeconds = 0.0

    /// The other sounds in which anything could be an alarm.
    var suspicious: [String] {
        let least = engine == "phrase" ? 0.2 : engine == "porcupine, verified" ? 0.005 : .infinity
        return others.filter { $0.value.contains { $0.score >= least } }.map(\.key)
    }

    static let togetherName = "porcupine and recogniser"

    /// What Porcupine, verified, and the recogniser hear together, where both were measured.
    static func together(_ tallies: [WakeTally]) -> [WakeTally] {
        tallies.filter { $0.engine == "porcupine, verified" }.compactMap { verified in
            guard let phrase = tallies.first(where: { $0.engine == "phrase" && $0.word == verified.word }) else {
                return nil
            }
            var both = verified
            both.engine = togetherName
            for (condition, trials) in verified.trials {
                both.trials[condition] = zip(trials, phrase.trials[condition] ?? []).map { confirmed, written in
                    var trial = confirmed
                    trial.moments = merged(confirmed.moments, written.moments)
                    return trial
                }
            }
            both.others = verified.others.mapValues { merged($0, []) }
            for (name, moments) in phrase.others { both.others[name] = merged(verified.others[name] ?? [], moments) }
            return both
        }
    }

    private static func merged(_ confirmed: [WakeMoment], _ written: [WakeMoment]) -> [WakeMoment] {
        let sure = confirmed.filter {
            $0.score >= VerifiedWakeWordDetector.Configuration(isConfirmed: $0.confirmation != nil).threshold
        }.map { WakeMoment(position: $0.position, score: 1) }
        return (sure + written).sorted { $0.position < $1.position }
    }

    func missed(at threshold: Double, _ condition: String) -> Int {
        (trials[condition] ?? []).count { $0.moments.told(at: threshold).isEmpty }
    }

    func count(_ condition: String) -> Int { trials[condition]?.count ?? 0 }

    func falseAlarms(at threshold: Double) -> Int { others.values.reduce(0) { $0 + $1.told(at: threshold).count } }

    /// From the true end of the word to when it is told, in milliseconds.
    func delays(at threshold: Double, _ condition: String) -> [Double] {
        (trials[condition] ?? []).compactMap { trial in
            trial.moments.told(at: threshold).first.map { Double($0 - trial.end) / 16 }
        }
    }
}
