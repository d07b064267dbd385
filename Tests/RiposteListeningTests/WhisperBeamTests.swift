import Foundation
import RiposteAudio
import RiposteInference
import RiposteTesting
import Testing

@testable import RiposteListening

// Needs the prepared model and the recordings.
@Suite(
    .enabled(if: PreparedModels.hasWhisper("whisper-tiny.en", .int8), "no whisper-tiny.en"),
    .enabled(if: TestResources.recordings != nil, "no recordings; set RIPOSTE_RECORDINGS"))
struct WhisperBeamTests {
    private func decoded(
        _ file: URL, _ beam: BeamSearch, phrases: [String] = []
    ) throws -> (recognizer: WhisperRecognizer, hypothesis: WhisperDecoding.Hypothesis) {
        var configuration = WhisperTranscriber.Configuration()
        configuration.beam = beam
        configuration.phraseBeam = beam
        let recognizer = try WhisperRecognizer(
            folder: #require(PreparedModels.whisperTiny), configuration: configuration)
        var spectrogram = recognizer.spectrogram()
        spectrogram.append(try WaveFile(reading: file).samples)
        var hints = WhisperRecognizer.Hints()
        hints.language = "en"
        hints.allowsFallback = false
        hints.bias = PhraseBias(phrases, boost: 10, tokenizer: recognizer.model.tokenizer)
        return (recognizer, try recognizer.recognize(spectrogram, hints, run: RunHandle()).hypothesis)
    }

    /// What is kept of each text is consistent, and the winner's mean is seldom below that of the greedy text.
    @Test func beamsScoreAtLeastAsWell() throws {
        var better = 0
        let files = TestResources.spokenOrders.prefix(6)
        for file in files {
            let greedy = try decoded(file, BeamSearch(width: 1)).hypothesis
            let beam = try decoded(file, BeamSearch()).hypothesis
            #expect(beam.isComplete)
            #expect(beam.logProbabilities.count == beam.tokens.count + 1)
            #expect(beam.plainLogProbabilities.count == beam.tokens.count + 1)
            #expect(beam.margins.count == beam.tokens.count + 1)
            #expect(abs(beam.noSpeechProbability - greedy.noSpeechProbability) < 1e-6)
            if beam.averageLogProbability >= greedy.averageLogProbability - 0.01 { better += 1 }
        }
        #expect(better >= files.count - 1)
    }

    /// A search that begins late begins with what is clear.
    @Test func aLateSearchKeepsWhatIsClear() throws {
        let file = TestResources.spokenOrders[2]
        let greedy = try decoded(file, BeamSearch(width: 1)).hypothesis
        let late = try decoded(file, BeamSearch(width: 3, margin: 0.5)).hypothesis
        let clear = greedy.margins.prefix { $0 >= 0.5 }.count
        #expect(clear > 0)
        #expect(late.tokens.prefix(min(clear, greedy.tokens.count)) == greedy.tokens.prefix(clear))
        #expect(try decoded(file, BeamSearch(width: 3, margin: 0)).hypothesis == greedy)
    }

    @Test func phrasesAreFoundWhereSomethingLikeThemWasSaid() throws {
        let phrases = ["light roast", "iced mocha", "americano", "house coffee"]
        for file in TestResources.spokenOrders.prefix(4) {
            for beam in [BeamSearch(width: 1), BeamSearch(width: 3), BeamSearch(width: 3, margin: 0.5)] {
                let (recognizer, hypothesis) = try decoded(file, beam, phrases: phrases)
                #expect(hypothesis.isComplete && hypothesis.logProbabilities.allSatisfy { $0 < 1e-3 })
                let text = recognizer.text(of: hypothesis.tokens).lowercased()
                // Nobody says a phrase twice.
                for phrase in phrases { #expect(text.ranges(of: phrase).count <= 1, "\(text)") }
            }
        }
    }
}
