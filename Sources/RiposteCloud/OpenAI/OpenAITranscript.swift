import Foundation
import RiposteCore

/// What a server answers to a recording: `json` or `verbose_json`. Servers differ in what they leave out.
struct OpenAITranscript: Decodable {
    struct Segment: Decodable {
        var averageLogProbability: Double?
        var noSpeechProbability: Double?
        var start: Double?
        var end: Double?

        enum CodingKeys: String, CodingKey {
            case start, end
            case averageLogProbability = "avg_logprob"
            case noSpeechProbability = "no_speech_prob"
        }
    }

    struct Word: Decodable {
        var word: String
        var start: Double
        var end: Double
    }

    var text: String
    var language: String?
    var segments: [Segment]?
    var words: [Word]?

    func transcript(_ request: TranscriptionRequest, assumedConfidence: Double) -> Transcript {
        let text = text.trimmingCharacters(in: .whitespacesAndNewlines)
        let confidence = confidence ?? assumedConfidence
        var transcript = Transcript(text: text, language: request.language ?? code, confidence: confidence)
        transcript.noSpeechProbability = min(1, max(0, segments?.compactMap(\.noSpeechProbability).min() ?? 0))
        if request.wantsWords {
            transcript.words = (words ?? []).map {
                .init(
                    text: $0.word.trimmingCharacters(in: .whitespaces), start: $0.start, end: $0.end,
                    confidence: confidence)
            }
        }
        return transcript
    }

    /// The likelihood of a token on average, over all segments by their length.
    private var confidence: Double? {
        var (sum, length) = (0.0, 0.0)
        for segment in segments ?? [] {
            guard let value = segment.averageLogProbability else { continue }
            let seconds = max(0.1, (segment.end ?? 0) - (segment.start ?? 0))
            sum += value * seconds
            length += seconds
        }
        return length > 0 ? min(1, max(0, exp(sum / length))) : nil
    }

    /// Whisper's servers say "english", others "en".
    private var code: String? {
        guard let language, !language.isEmpty else { return nil }
        if language.count <= 3 { return language }
        let english = Locale(identifier: "en")
        return Locale.LanguageCode.isoLanguageCodes.first {
            english.localizedString(forLanguageCode: $0.identifier)?.lowercased() == language.lowercased()
        }?.identifier
    }
}
