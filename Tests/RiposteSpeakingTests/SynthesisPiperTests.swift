import Foundation
import RiposteCore
import RiposteTesting
import Testing

@testable import RiposteSpeaking

@Suite struct SynthesisPiperTests {
    private func folder(_ description: String) throws -> URL {
        let folder = try TestResources.temporaryFolder()
        try Data(description.utf8).write(to: folder.appendingPathComponent("xx_YY-anna-low.onnx.json"))
        return folder
    }

    private let description = """
        {"audio": {"sample_rate": 16000}, "espeak": {"voice": "xx"}, "language": {"code": "xx_YY"}, "num_speakers": 2,
         "inference": {"noise_scale": 0.3, "length_scale": 1.5, "noise_w": 0.1},
         "speaker_id_map": {"anna": 0, "b_erta": 1},
         "phoneme_id_map": {"_": [0], "^": [1], "$": [2], "a": [3, 7], "ã": [4], "c": [5], "̧": [6], "!": [8]}}
        """

    @Test func descriptionIsRead() throws {
        let folder = try folder(description)
        defer { try? FileManager.default.removeItem(at: folder) }
        let model = folder.appendingPathComponent("xx_YY-anna-low.onnx")
        let voice = try PiperVoiceDescription(besides: model)
        #expect(voice.inference?.lengthScale == 1.5)
        // A start, a pad after each phoneme, an end; accents apart; what is unknown is left out.
        #expect(voice.ids(of: "aç?a") == [1, 0, 3, 7, 0, 5, 0, 6, 0, 3, 7, 0, 2])
        #expect(voice.ids(of: "!?") == nil)
        let engine = try PiperSynthesizer(model: model) { { $0 } }
        #expect(engine.sampleRate == 16_000)
        #expect(engine.voices.map(\.name) == ["anna/anna", "anna/b_erta"])
        #expect(engine.voices.allSatisfy { $0.language == "xx-YY" })
    }

    /// Some voices are given letters.
    @Test func textVoicesAreGivenLetters() async throws {
        let text = description.replacing("\"num_speakers\"", with: "\"phoneme_type\": \"text\", \"num_speakers\"")
        let folder = try folder(text)
        defer { try? FileManager.default.removeItem(at: folder) }
        let model = folder.appendingPathComponent("xx_YY-anna-low.onnx")
        #expect(try PiperVoiceDescription(besides: model).ids(of: "AÇ") == [1, 0, 3, 7, 0, 5, 0, 6, 0, 2])
        let engine = try PiperSynthesizer(model: model, lexicons: folder)
        #expect(!engine.understandsPhonemes)
        try Data(text.replacing("\"text\"", with: "\"pinyin\"").utf8).write(to: model.appendingPathExtension("json"))
        let error = #expect(throws: RiposteError.self) { try PiperSynthesizer(model: model, lexicons: nil) }
        #expect(error?.code == .badInput && error?.message.contains("pinyin") == true)
    }

    @Test(arguments: ["", "{}", #"{"audio": {"sample_rate": 0}, "phoneme_id_map": {}}"#])
    func damagedDescriptionsAreErrors(text: String) throws {
        let folder = try folder(text)
        defer { try? FileManager.default.removeItem(at: folder) }
        let error = #expect(throws: RiposteError.self) {
            try PiperSynthesizer(model: folder.appendingPathComponent("xx_YY-anna-low.onnx")) { { $0 } }
        }
        #expect(error?.code == .corrupt)
        let missing = #expect(throws: RiposteError.self) {
            try PiperSynthesizer(model: folder.appendingPathComponent("nobody.onnx")) { { $0 } }
        }
        #expect(missing?.code == .storage)
    }

    /// The network speaks phonemes: about two seconds for a sentence that takes two seconds.
    @Test(.enabled(if: SynthesisModels.joe != nil, SynthesisModels.hint), .timeLimit(.minutes(10)))
    func joeSpeaksPhonemes() async throws {
        let engine = try PiperSynthesizer(model: try #require(SynthesisModels.joe)) { { $0 } }
        var samples: [Float] = []
        for try await frame in engine.speak("ðə tˈaɪmɚɹ ɪz sˈɛt fɔːɹ tˈɛn mˈɪnɪts.") { samples += frame.audio.samples }
        #expect((1.3...2.6).contains(Double(samples.count) / 22_050))
        let level = (samples.reduce(0) { $0 + $1 * $1 } / Float(samples.count)).squareRoot()
        #expect((0.04...0.2).contains(level), "\(level)")
    }
}
