import ArgumentParser
import Foundation
import RiposteCore

/// How a wake word that was heard is written: a line each.
enum WakeWordFormat: String, CaseIterable, ExpressibleByArgument {
    case text, json

    /// The line that programs read. Its keys are fixed; more may be added.
    private struct Line: Encodable {
        /// nil: from the microphone.
        var file: String?
        var word: String
        /// When it was noticed, and where the word is thought to be.
        var atMs: Double
        var startMs: Double
        var endMs: Double
        var score: Double
    }

    func line(_ detection: WakeWordDetection, file: String?) throws -> String {
        let at = Waterfall.milliseconds(detection.position)
        guard self == .json else {
            let place = file.map { "\($0)  " } ?? ""
            return place + String(format: "%8.2f s  ", at / 1000) + detection.word
                + (detection.score < 1 ? String(format: "  (%.2f)", detection.score) : "") + "\n"
        }
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        let line = Line(
            file: file, word: detection.word, atMs: at, startMs: Waterfall.milliseconds(detection.speech.lowerBound),
            endMs: Waterfall.milliseconds(detection.speech.upperBound),
            score: (detection.score * 10_000).rounded() / 10_000)
        return String(decoding: try encoder.encode(line), as: UTF8.self) + "\n"
    }
}
