import Foundation
import RiposteCore
import RiposteInference
import RiposteTesting
import Testing

@testable import RiposteSpeaking

/// The voices as they are asked for by name, with their models.
@Suite(.serialized) struct SynthesisVoicesTests {
    /// Whole conversations of text to sound: the conformance of every voice that comes with models.
    @Test(
        .enabled(if: SynthesisModels.hibari != nil && SynthesisModels.joe != nil, SynthesisModels.hint),
        .timeLimit(.minutes(10)), arguments: ["heart", "joe"])
    func conforms(name: String) async throws {
        let voice = try VoiceCatalogue.synthesizer(for: name)
        let violations = await SynthesizerConformance(voice).violations()
        #expect(violations == [], "\(violations)")
    }

    /// All voices are about as loud.
    @Test(
        .enabled(if: SynthesisModels.hibari != nil && SynthesisModels.joe != nil, SynthesisModels.hint),
        .timeLimit(.minutes(10)))
    func voicesAreAlikeInLoudness() async throws {
        var names = ["heart", "joe"]
        if (try? EspeakLibrary()) != nil { names.append("en-us") }
        var levels: [Double] = []
        for name in names {
            let voice = try VoiceCatalogue.synthesizer(for: name)
            var samples: [Float] = []
            for try await frame in voice.speak("The weather is fine today.", options: .init(volume: 1)) {
                samples += frame.audio.samples
            }
            let loud = samples.filter { abs($0) > 0.01 }
            let power = loud.reduce(0.0) { $0 + Double($1 * $1) } / Double(max(loud.count, 1))
            levels.append(10 * log10(power))
            #expect(samples.allSatisfy { abs($0) < 1 })
        }
        let spread = (levels.max() ?? 0) - (levels.min() ?? 0)
        #expect(spread < 4, "\(zip(names, levels).map { "\($0): \($1) dBFS" })")
        #expect(levels.allSatisfy { (-24 ... -14).contains($0) }, "\(levels)")
    }

    /// Speech that nobody listens to any more does not hold up the next one.
    @Test(.enabled(if: SynthesisModels.hibari != nil, SynthesisModels.hint), .timeLimit(.minutes(10)))
    func abandonedSpeechEndsSoon() async throws {
        let voice = HibariSynthesizer(folder: try #require(SynthesisModels.hibari))
        try await voice.load()
        let text = String(repeating: "This is a rather long sentence that takes a while to speak. ", count: 50)
        do {
            let speech = voice.speak(text)
            for try await _ in speech { break }
        }
        let clock = ContinuousClock()
        let duration = try await clock.measure {
            for try await _ in voice.speak("Yes?") { break }
        }
        #expect(duration < .seconds(20), "\(duration)")
    }

    private func emptyCatalogue() throws -> (VoiceCatalogue, URL) {
        let folder = try TestResources.temporaryFolder()
        return (VoiceCatalogue(store: ModelStore(configuration: .init(root: folder))), folder)
    }

    @Test func missingModelsAreNamed() throws {
        let (catalogue, folder) = try emptyCatalogue()
        defer { try? FileManager.default.removeItem(at: folder) }
        for (voice, model) in [("heart", "hibari"), ("joe", "piper-joe")] {
            let error = #expect(throws: RiposteError.self) { try catalogue.synthesizer(for: voice) }
            #expect(error?.code == .modelMissing)
            #expect(error?.message.contains("riposte models fetch \(model)") == true)
        }
        let heart = try #require(catalogue.voices.first)
        #expect(heart.name == VoiceCatalogue.defaultVoice)
        #expect(catalogue.listings.first?.missingModels == ["hibari"])
        #expect(Set(catalogue.voices.map(\.name)).count == catalogue.voices.count)
    }

    /// What is in use is shared, and what is not is let go of.
    @Test func enginesAreShared() throws {
        final class Engine: Sendable {}
        let engines = SharedEngines()
        var made = 0
        func engine(_ key: String) -> Engine {
            engines.object(key) {
                made += 1
                return Engine()
            }
        }
        let first = engine("a")
        #expect(engine("a") === first && made == 1)
        #expect(engine("b") !== first && made == 2)
        withExtendedLifetime(first) { _ = engine("b") }
        #expect(made == 3)
    }

    @Test func unknownVoicesAreErrors() throws {
        let (catalogue, folder) = try emptyCatalogue()
        defer { try? FileManager.default.removeItem(at: folder) }
        let error = #expect(throws: RiposteError.self) { try catalogue.synthesizer(for: "nobody") }
        #expect(error?.code == .badInput)
        #expect(error?.message.contains("heart") == true)
        for (typo, meant) in [("jeo", "joe"), ("Heart", "heart"), ("jf_alfa", "jf_alpha")] {
            let error = #expect(throws: RiposteError.self) { try catalogue.synthesizer(for: typo) }
            #expect(error?.message.contains("Did you mean '\(meant)'?") == true, "\(error?.message ?? "")")
        }
        let file = #expect(throws: RiposteError.self) { try catalogue.synthesizer(for: "/nowhere/voice.onnx") }
        #expect(file?.code == .storage)
    }
}
