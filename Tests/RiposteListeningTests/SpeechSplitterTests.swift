import Foundation
import RiposteAudio
import RiposteCore
import RiposteListening
import RiposteTesting
import Testing

struct SpeechSplitterTests {
    /// The loudest sample of a window is its probability.
    struct PeakScorer: WindowScorer {
        let windowLength = 512
        mutating func score(_ window: ArraySlice<Float>) -> Float { window.map(abs).max() ?? 0 }
        mutating func reset() {}
    }

    /// Seconds of a constant level; the sample's value is the probability.
    private func sound(_ parts: (seconds: Double, level: Float)...) -> [Float] {
        parts.flatMap { [Float](repeating: $0.level, count: Int($0.seconds * 16_000) / 512 * 512) }
    }

    private func pieces(
        _ samples: [Float], by length: Int = 16_000
    ) throws -> [SpeechSplitter<PeakScorer>.Piece] {
        var splitter = SpeechSplitter(PeakScorer())
        var pieces: [SpeechSplitter<PeakScorer>.Piece] = []
        for start in stride(from: 0, to: samples.count, by: length) {
            pieces += try splitter.append(Array(samples[start..<min(start + length, samples.count)]))
        }
        return try pieces + splitter.finish()
    }

    @Test func speechBetweenSilencesIsAPiece() throws {
        let samples = sound((2, 0), (3, 0.9), (2, 0), (1, 0.9), (2, 0))
        let pieces = try pieces(samples)
        #expect(pieces.count == 2)
        #expect(pieces[0].speech == 62 * 512..<(62 + 93) * 512)
        // Half a second before, 0.3 s after.
        #expect(pieces[0].position == 62 * 512 - 8000)
        #expect(pieces[0].samples.count == 8000 + 93 * 512 + 4800)
        #expect(pieces[0].samples.elementsEqual(samples[pieces[0].position...].prefix(pieces[0].samples.count)))
    }

    @Test(arguments: [1, 100, 512, 7777, 1_000_000])
    func theSizeOfTheReadsDoesNotMatter(length: Int) throws {
        let samples = sound((2, 0), (3, 0.9), (0.3, 0), (2, 0.9), (2, 0), (40, 0.9), (1, 0), (1, 0.8))
        #expect(try pieces(samples, by: length) == pieces(samples))
    }

    @Test func noPieceIsTooLongAndNothingIsLost() throws {
        // Two minutes without a pause, but with a dip now and then.
        var parts: [Float] = []
        for index in 0..<12 { parts += sound((9.5, 0.9 - Float(index) / 100), (0.2, 0.4)) }
        let pieces = try pieces(sound((1, 0)) + parts + sound((2, 0)))
        #expect(pieces.count >= 5)
        for piece in pieces { #expect(piece.samples.count <= 28 * 16_000 + 512) }
        for (piece, next) in zip(pieces, pieces.dropFirst()) {
            #expect(piece.position + piece.samples.count == next.position)
            // Cut in a dip.
            #expect((next.samples.first ?? 1) == 0.4)
        }
    }

    @Test func speechUpToTheEndIsAPiece() throws {
        let pieces = try pieces(sound((1, 0), (1, 0.9)) + [0.9, 0.9, 0.9])
        #expect(pieces.count == 1)
        #expect(pieces[0].position + pieces[0].samples.count == 31 * 512 + 31 * 512 + 3)
    }

    @Test func silenceHasNoPieces() throws {
        #expect(try pieces(sound((10, 0.2))).isEmpty)
        #expect(try pieces([]).isEmpty)
        #expect(try pieces([0.9]).isEmpty)
    }

    // Needs the models and the recordings.
    @Test(
        .enabled(if: PreparedModels.sileroVAD != nil, "no silero-vad"),
        .enabled(if: PreparedModels.hasWhisper("whisper-tiny.en", .int8), "no whisper-tiny.en"),
        .enabled(if: TestResources.recordings != nil, "no recordings; set RIPOSTE_RECORDINGS"))
    func aRecordingIsTranscribedInSegments() async throws {
        let whisper = WhisperTranscriber(folder: try #require(PreparedModels.whisperTiny))
        let scorer = try SileroScorer(folder: #require(PreparedModels.sileroVAD))
        let transcriber = RecordingTranscriber(transcriber: whisper, voiceActivity: scorer)
        var sound: [Float] = []
        for file in TestResources.spokenOrders.prefix(5) { sound += try WaveFile(reading: file).samples }
        var position = 0
        var heard = 0.0
        let segments = try await transcriber.segments {
            defer { position += 10_000 }
            return position < sound.count ? Array(sound[position..<min(position + 10_000, sound.count)]) : nil
        } progress: {
            heard = $0
        }
        #expect(segments.count >= 5)
        #expect(abs(heard - Double(sound.count) / 16_000) < 1e-6)
        for (segment, next) in zip(segments, segments.dropFirst()) { #expect(segment.end <= next.start) }
        #expect(segments.allSatisfy { $0.start < $0.end && !$0.transcript.isEmpty })
        #expect(segments.map(\.transcript.text).joined().lowercased().contains("cappuccino"))
    }
}
