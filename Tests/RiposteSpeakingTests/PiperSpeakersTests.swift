import Foundation
import RiposteCore
import RiposteInference
import RiposteTesting
import Testing

@testable import RiposteSpeaking

/// A Piper voice with several speakers, in a network that was made for it: speaker n hums n + 1 fifths of a second.
@Suite(.enabled(if: (try? OnnxRuntime.shared()) != nil, "needs ONNX Runtime; riposte models fetch onnxruntime"))
struct PiperSpeakersTests {
    private func makeVoice(in folder: URL, _ description: String) throws -> URL {
        var graph = OnnxGraph(name: "hum")
        _ = graph.input("input", .int64, [1, "n"])
        _ = graph.input("input_lengths", .int64, [1])
        let scales = graph.input("scales", .float, [3])
        let speaker = graph.input("sid", .int64, [1])
        let number = graph.apply("Cast", [speaker], ["to": .integer(1)])
        let count = graph.apply("Add", [number, graph.floats([1])])
        let pace = graph.apply("Gather", [scales, graph.integers([1])])
        let length = graph.apply("Mul", [graph.apply("Mul", [count, pace]), graph.floats([100])])
        let repeats = graph.apply("Cast", [length], ["to": .integer(7)])
        let shape = graph.apply("Concat", [graph.integers([1, 1, 1]), repeats], ["axis": .integer(0)])
        let wave = graph.floats((0..<32).map { $0 < 16 ? 0.2 : -0.2 }, shape: [1, 1, 1, 32])
        graph.output(graph.apply("Tile", [wave, shape]), as: "output", .float, [1, 1, 1, "m"])
        let model = folder.appendingPathComponent("xx_YY-anna-low.onnx")
        try graph.write(to: model)
        try Data(description.utf8).write(to: model.appendingPathExtension("json"))
        return model
    }

    private func description(_ speakers: String) -> String {
        """
        {"audio": {"sample_rate": 16000}, "espeak": {"voice": "en-us"}, "language": {"code": "en_US"}, \(speakers),
         "phoneme_id_map": {"_": [0], "^": [1], "$": [2], "a": [3]}}
        """
    }

    private func seconds(
        _ voice: some Synthesizer, _ options: SpeechOptions = .init(), text: String = "aaa"
    ) async throws -> Double {
        var count = 0
        for try await frame in voice.speak(text, options: options) { count += frame.audio.samples.count }
        return Double(count) / Double(voice.sampleRate)
    }

    @Test(.timeLimit(.minutes(10))) func speakersAreChosen() async throws {
        let folder = try TestResources.temporaryFolder()
        defer { try? FileManager.default.removeItem(at: folder) }
        let model = try makeVoice(
            in: folder, description(#""num_speakers": 3, "speaker_id_map": {"zoe": 0, "carl": 2, "berta": 1}"#))
        let voice = try PiperSynthesizer(model: model) { { $0 } }
        #expect(voice.voices.map(\.name) == ["anna/zoe", "anna/berta", "anna/carl"])
        for (name, expected) in [(nil, 0.2), ("anna/berta", 0.4), ("anna/carl", 0.6)] {
            let heard = try await seconds(voice, .init(voice: name))
            #expect(abs(heard - expected) < 0.05, "\(name ?? "default"): \(heard)")
        }
        // Half as fast; an octave higher takes as long.
        #expect(abs(try await seconds(voice, .init(voice: "anna/carl", rate: 87.5)) - 1.2) < 0.05)
        #expect(abs(try await seconds(voice, .init(voice: "anna/carl", pitch: 2)) - 0.6) < 0.05)
        let error = await #expect(throws: RiposteError.self) { try await seconds(voice, .init(voice: "anna/dora")) }
        #expect(error?.code == .badInput)
        var configuration = PiperSynthesizer.Configuration()
        configuration.speaker = "carl"
        let carl = try PiperSynthesizer(model: model, configuration: configuration) { { $0 } }
        #expect(abs(try await seconds(carl) - 0.6) < 0.05)
        configuration.speaker = "dora"
        #expect(throws: RiposteError.self) {
            try PiperSynthesizer(model: model, configuration: configuration) { { $0 } }
        }
    }

    /// Speakers without names have numbers.
    @Test func numbersAreNames() throws {
        let folder = try TestResources.temporaryFolder()
        defer { try? FileManager.default.removeItem(at: folder) }
        let model = try makeVoice(in: folder, description(#""num_speakers": 3"#))
        let voice = try PiperSynthesizer(model: model) { { $0 } }
        #expect(voice.voices.map(\.name) == ["anna/0", "anna/1", "anna/2"])
    }

    /// The catalogue finds what is in the user's folder, by name and by path.
    @Test(.timeLimit(.minutes(10))) func ownVoicesAreFound() async throws {
        let folder = try TestResources.temporaryFolder()
        defer { try? FileManager.default.removeItem(at: folder) }
        let model = try makeVoice(
            in: folder, description(#""num_speakers": 2, "speaker_id_map": {"zoe": 0, "carl": 1}"#))
        try Data("no voice".utf8).write(to: folder.appendingPathComponent("broken.onnx"))
        try Data("no voice".utf8).write(to: folder.appendingPathComponent("broken.npz"))
        let catalogue = VoiceCatalogue(ownVoices: folder)
        let own = catalogue.voices.filter { $0.name.hasPrefix("anna/") }
        #expect(own.map(\.name) == ["anna/zoe", "anna/carl"])
        let listings = catalogue.listings
        #expect(listings.map(\.voice) == catalogue.voices)
        #expect(listings.filter { own.contains($0.voice) }.allSatisfy { ($0.byteCount ?? 0) > 100 })
        for name in ["anna/carl", model.path + "/carl"] {
            let voice = try catalogue.synthesizer(for: name)
            #expect(voice.voices.contains { $0.name == "anna/carl" })
            guard SynthesisModels.hibari != nil else { continue }
            for (asked, expected) in [(nil, 0.4), (name, 0.4), ("anna/zoe", 0.2)] {
                let heard = try await seconds(voice, .init(voice: asked), text: "My, my.")
                #expect(abs(heard - expected) < 0.05, "\(asked ?? "nobody"): \(heard)")
            }
        }
        // Speakers of one file are one engine, which goes when nobody needs it.
        let (zoe, carl) = try (catalogue.synthesizer(for: "anna/zoe"), catalogue.synthesizer(for: model.path + "/1"))
        let engines = [zoe, carl].compactMap { ($0 as? ChosenVoice)?.engine }
        #expect(engines.count == 2 && engines[0] === engines[1])
        #expect((carl as? ChosenVoice)?.voice == "anna/carl")
        #expect((zoe as? ChosenVoice)?.identity != (carl as? ChosenVoice)?.identity)
        #expect(VoiceCatalogue.isFile(model.path) && VoiceCatalogue.isFile("a/b.npz/af_sky"))
        #expect(!VoiceCatalogue.isFile("anna/carl") && !VoiceCatalogue.isFile("heart"))
        #expect(throws: RiposteError.self) { try catalogue.synthesizer(for: model.path + "/dora") }
        #expect(throws: RiposteError.self) { try catalogue.synthesizer(for: folder.path + "/broken.onnx") }
    }
}
