import RiposteCore
import RiposteTesting
import Testing

@testable import RiposteSpeaking

/// The voices of espeak-ng, which is not part of Riposte.
/// Needs the library: apt install libespeak-ng1
@Suite(.enabled(if: (try? EspeakLibrary()) != nil, "needs espeak-ng; get it with: apt install libespeak-ng1"))
struct SynthesisEspeakTests {
    @Test(.timeLimit(.minutes(10))) func conforms() async throws {
        let violations = await SynthesizerConformance(try EspeakSynthesizer()).violations()
        #expect(violations == [], "\(violations)")
    }

    @Test func listsVoices() throws {
        let voices = try EspeakSynthesizer().voices
        #expect(voices.count > 50)
        #expect(voices.contains { $0.name == "en-us" && $0.language == "en-US" })
        #expect(voices.contains { $0.name == "de" }, "\(voices.map(\.name))")
        #expect(Set(voices.map(\.name)).count == voices.count)
    }

    /// Voices are found by the names they are listed under. (Some languages cannot read figures in every version.)
    @Test(arguments: ["en-us", "en-gb", "de", "fr-fr", "es", "it", "pl", "ru"])
    func listedVoicesSpeak(name: String) async throws {
        let engine = try EspeakSynthesizer()
        try #require(engine.voices.contains { $0.name == name })
        var count = 0
        for try await frame in engine.speak("12", options: .init(voice: name)) { count += frame.audio.samples.count }
        #expect(count > 4000)
    }

    @Test func pitchIsHeard() async throws {
        var takes: [[Float]] = []
        for pitch in [20, 80] {
            var configuration = EspeakSynthesizer.Configuration()
            configuration.pitch = pitch
            var samples: [Float] = []
            for try await frame in try EspeakSynthesizer(configuration: configuration).speak("Ah.") {
                samples += frame.audio.samples
            }
            takes.append(samples)
        }
        #expect(takes[0] != takes[1])
    }

    @Test func phonemesKeepTheirPunctuation() throws {
        let german = EspeakPronunciation(voice: "de", library: try EspeakLibrary())
        let phonemes = try german.phonemes(of: "Guten Tag, wie geht es Ihnen?")
        #expect(phonemes.hasSuffix("?"))
        #expect(phonemes.contains(", "))
        #expect(phonemes.contains("ɡ"))
        let english = EspeakPronunciation(voice: "en-us", library: try EspeakLibrary())
        #expect(try english.phonemes(of: "It is 3.5, really.").filter { $0 == "," || $0 == "." }.count == 2)
    }
}
