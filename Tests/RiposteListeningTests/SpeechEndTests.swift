import Foundation
import RiposteAudio
import RiposteListening
import RiposteTesting
import Testing

struct SpeechEndTests {
    struct Reference: Decodable {
        struct File: Decodable {
            var speechEndSeconds: Double
            var suspect: Bool
        }
        var files: [String: File]
    }

    private func tone(_ seconds: Double, _ amplitude: Float) -> [Float] {
        (0..<Int(seconds * 16_000)).map { amplitude * sin(Float($0) * 0.3) }
    }

    // Needs the recordings of spoken orders.
    @Test(.enabled(if: TestResources.recordings != nil, "no recordings; set RIPOSTE_RECORDINGS"))
    func isWithin60MillisecondsOfTheTrueEnd() throws {
        let folder = try #require(TestResources.recordings).appendingPathComponent("commands")
        let reference = try JSONDecoder().decode(
            Reference.self, from: Data(contentsOf: folder.appendingPathComponent("speech-ends.json")))
        let files = reference.files.filter { !$0.value.suspect }
        #expect(files.count > 100)
        var right = 0
        for (name, truth) in files {
            let samples = try WaveFile(reading: folder.appendingPathComponent(name)).samples
            let position = try #require(SpeechEnd().position(in: samples[...]))
            if abs(Double(position) / 16_000 - truth.speechEndSeconds) <= 0.06 { right += 1 }
        }
        #expect(Double(right) >= 0.95 * Double(files.count), "\(right) of \(files.count)")
    }

    @Test func faintEndBelongsToTheSpeech() {
        // −30 dB of the loudest is speech, −40 dB is not.
        let samples = tone(0.9, 0.5) + tone(0.3, 0.5 * 0.0316) + tone(0.6, 0.005)
        #expect(SpeechEnd().position(in: samples[...]) == 19_200)
    }

    @Test func lateNoiseIsLeftOutWhenVoiceActivityIsKnown() {
        let noise = tone(0.9, 0.5) + tone(1.2, 0) + tone(0.03, 0.5 * 0.04) + tone(0.3, 0)
        #expect(SpeechEnd().position(in: noise[...]) == 34_080)
        #expect(SpeechEnd().position(in: noise[...], voiceEnd: 15_000) == 15_000)
        #expect(SpeechEnd().position(in: noise[...], voiceEnd: 14_000) == 14_400)
        // A faint end near the last voice is no noise.
        #expect(SpeechEnd().position(in: noise[...], voiceEnd: 30_000) == 34_080)
    }

    @Test func digitalSilenceHasNoEnd() {
        #expect(SpeechEnd().position(in: tone(1, 0)[...]) == nil)
        #expect(SpeechEnd().position(in: []) == nil)
    }

    @Test func positionsCountFromTheSlicesFirstSample() {
        let samples = tone(0.5, 0) + tone(0.3, 0.5) + tone(0.5, 0)
        #expect(SpeechEnd().position(in: samples[8000...]) == 4800)
    }
}
