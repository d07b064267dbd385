#if Cloud
    import Foundation
    import RiposteCore

    /// What was understood, for good, of a piece of an utterance.
    struct SettledSpeech: Sendable {
        var piece: SettledPiece
        var alternatives: [String]
        /// Where it ends, in samples of the utterance.
        var end: Int
        /// Whether the service found its end itself, and not because it was given no more.
        var isOwnEnd: Bool

        /// - Parameter start: of the stream, in samples of the utterance.
        init(
            _ alternatives: [GoogleSpeechRecognitionAlternative], language: String, endSeconds: Double, start: Int,
            isOwnEnd: Bool
        ) {
            let rate = Double(GoogleTranscriber.sampleRate)
            let offset = Double(start) / rate
            let best = alternatives.first ?? .init()
            let words = best.words.map { word in
                Transcript.Word(
                    text: word.word, start: offset + word.startTime.inSeconds, end: offset + word.endTime.inSeconds,
                    confidence: word.confidence > 0 ? min(1, Double(word.confidence)) : Double(best.confidence))
            }
            self.alternatives = alternatives.map { $0.transcript.trimmingCharacters(in: .whitespacesAndNewlines) }
            piece = SettledPiece(
                best.transcript, confidence: best.confidence > 0 ? min(1, Double(best.confidence)) : nil,
                language: GoogleLanguages.code(of: language), words: words)
            end = start + Int(endSeconds * rate)
            self.isOwnEnd = isOwnEnd
        }
    }

    /// A stream to the service, and the stretch of the utterance that it has.
    struct SpeechStretch: Sendable {
        let id: Int
        /// Where the stretch begins and how far it was sent, in samples of the utterance.
        let start: Int
        var sent: Int
        let requests: AsyncStream<GoogleStreamingRecognizeRequest>.Continuation
        var work: Task<Void, Never>?
        var settled: [SettledSpeech] = []
        /// What is understood of the rest, and may change.
        var interim = ""
        /// Whether no more sound is sent.
        var isClosed = false
        /// Whether the service has found the end of the utterance.
        var isOver = false
        /// How the stream ended; nil while it goes on.
        var ending: Result<Void, any Error>?

        /// Where the service had understood everything for good.
        var settledEnd: Int { settled.last.map { min(max($0.end, start), sent) } ?? start }
    }
#endif
