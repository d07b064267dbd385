import Foundation
import RiposteAudio
import RiposteCore
import RiposteTesting
import Testing

@testable import RiposteListening

struct WordAlignmentTests {
    struct Reference: Decodable {
        var word: String
        var start: Double
        var end: Double
        var confidence: Double
    }

    private func columns(_ attention: [[[Float]]], used: Int? = nil) -> [Int] {
        let (heads, rows, columns) = (attention.count, attention[0].count, attention[0][0].count)
        return attention.flatMap { $0.flatMap { $0 } }.withUnsafeBufferPointer {
            WordAlignment.firstColumns(
                $0, heads: heads, rows: 0..<rows, of: rows, columns: columns, used: used ?? columns)
        }
    }

    /// Three tokens of ten positions each.
    private let diagonal: [[Float]] = (0..<3).map { row in (0..<30).map { $0 / 10 == row ? 1 : 0.01 } }

    @Test func followsTheAttention() {
        #expect(columns([diagonal]) == [0, 10, 20])
    }

    @Test func aHeadThatKnowsNothingDoesNotMatter() {
        let flat = [[Float]](repeating: [Float](repeating: 0.03, count: 30), count: 3)
        #expect(columns([flat, diagonal]) == [0, 10, 20])
    }

    @Test func aStrayPeakIsSmoothedAway() {
        var noisy = diagonal
        noisy[2][3] = 5
        #expect(columns([noisy]) == [0, 10, 20])
    }

    @Test func silenceIsLeftOut() {
        let padded = diagonal.map { $0 + [Float](repeating: 9, count: 8) }
        #expect(columns([padded], used: 30) == [0, 10, 20])
    }

    @Test func pathIsMonotone() {
        let values = SeededSound.whiteNoise(count: 12 * 50, amplitude: 1, seed: 9)
        let firsts = WordAlignment.path(values, rows: 12, columns: 50)
        #expect(firsts.first == 0)
        #expect(zip(firsts, firsts.dropFirst()).allSatisfy { $0 <= $1 })
    }

    @Test func silenceBelongsToNoWord() {
        let words = [("one", 0.0, 2.0), ("two", 2.0, 2.4), ("three", 2.4, 2.8), ("four", 2.8, 9.0)].map {
            Transcript.Word(text: $0.0, start: $0.1, end: $0.2, confidence: 1)
        }
        let trimmed = WhisperRecognizer.withoutSilence(words)
        #expect(abs(trimmed[0].start - 0.6) < 1e-9 && trimmed[0].end == 2)
        #expect(trimmed[1] == words[1] && trimmed[2] == words[2])
        #expect(trimmed[3].start == 2.8 && abs(trimmed[3].end - 4.2) < 1e-9)
        #expect(WhisperRecognizer.withoutSilence([]).isEmpty)
    }

    /// Reference values are faster-whisper's (`Tools/reference/whisper_words.py`).
    // Needs the recordings, and the checkpoint: what the store keeps is in 8 bits.
    @Test(
        .enabled(if: WhisperCheckpoints.areThere, WhisperCheckpoints.hint),
        .enabled(if: TestResources.recordings != nil, "no recordings; set RIPOSTE_RECORDINGS"))
    func timesAreThoseOfFasterWhisper() async throws {
        let references = try #require(
            try Fixture.decode([String: [String: [Reference]]].self, from: "words.json")["tiny.en"])
        var configuration = WhisperTranscriber.Configuration.reference
        configuration.window = .zeroPadded
        let transcriber = WhisperTranscriber(
            folder: try WhisperCheckpoints.prepared("whisper-tiny.en"), configuration: configuration)
        let folder = try #require(TestResources.recordings).appendingPathComponent("commands")
        var request = TranscriptionRequest()
        request.wantsWords = true
        var compared = 0
        var near = 0
        for (file, words) in references {
            let samples = try WaveFile(reading: folder.appendingPathComponent(file)).samples
            let transcript = try await transcriber.transcribe(samples, request)
            #expect(transcript.words.map(\.text).joined(separator: " ") == transcript.text)
            #expect(transcript.words.allSatisfy { $0.start <= $0.end && (0...1).contains($0.confidence) })
            guard transcript.words.map(\.text) == words.map(\.word) else { continue }
            // Where the first word starts is anybody's guess: silence before it belongs to no word.
            for (word, reference) in zip(transcript.words, words).dropFirst() {
                compared += 1
                if abs(word.start - reference.start) <= 0.1 { near += 1 }
            }
        }
        #expect(compared > 60)
        #expect(Double(near) >= 0.9 * Double(compared), "\(near) of \(compared) words start within 0.1 s")
    }
}
