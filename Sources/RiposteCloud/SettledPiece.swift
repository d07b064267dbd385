import Foundation
import RiposteCore

/// A piece of an utterance as a service has understood it for good.
struct SettledPiece: Sendable {
    var text: String
    /// 0 to 1; nil where the service tells none.
    var confidence: Double?
    var language: String?
    var words: [Transcript.Word]

    init(_ text: String, confidence: Double?, language: String?, words: [Transcript.Word]) {
        self.text = text.trimmingCharacters(in: .whitespacesAndNewlines)
        (self.confidence, self.language, self.words) = (confidence, language, words)
    }

    static func join(_ texts: [String]) -> String {
        texts.map { $0.trimmingCharacters(in: .whitespacesAndNewlines) }.filter { !$0.isEmpty }.joined(separator: " ")
    }
}

extension Transcript {
    /// What all pieces say; each counts for the confidence by its length.
    /// - Parameter assumedConfidence: of a piece without one.
    init(
        of pieces: [SettledPiece], kind: Kind, for request: TranscriptionRequest, assumedConfidence: Double
    ) {
        let pieces = pieces.filter { !$0.text.isEmpty }
        let length = pieces.reduce(0) { $0 + $1.text.count }
        let confidence = pieces.reduce(0.0) { $0 + ($1.confidence ?? assumedConfidence) * Double($1.text.count) }
        self.init(
            text: SettledPiece.join(pieces.map(\.text)), kind: kind,
            language: request.language ?? pieces.lazy.compactMap(\.language).first,
            confidence: length > 0 ? min(1, confidence / Double(length)) : 0,
            noSpeechProbability: pieces.isEmpty && kind == .final ? 1 : 0)
        if request.wantsWords { words = pieces.flatMap(\.words) }
    }
}
