import Foundation
import RiposteAudio
import RiposteCore
import RiposteListening
import RiposteTesting
import Testing

// Needs the prepared model and the recordings: `riposte models fetch whisper-tiny.en`, RIPOSTE_RECORDINGS.
@Suite(
    .enabled(if: PreparedModels.hasWhisper("whisper-tiny.en", .int8), "no whisper-tiny.en"),
    .enabled(if: TestResources.recordings != nil, "no recordings; set RIPOSTE_RECORDINGS"))
struct WhisperTranscriberTests {
    /// "Make me a double shot medium roast cappuccino with a lot of cream."
    static let order = "089f79a8-6e8f-4a0f-8ef9-32008dc2dad2.wav"

    /// One for all tests: loading it takes longer than most of them.
    static let tiny = WhisperTranscriber(folder: PreparedModels.whisperTiny ?? URL(fileURLWithPath: "/"))

    private func samples(_ name: String = "commands/\(Self.order)") throws -> [Float] {
        let folder = try #require(TestResources.recordings)
        return try WaveFile(reading: folder.appendingPathComponent(name)).samples
    }

    @Test func conforms() async throws {
        try await TranscriberConformance.check(
            Self.tiny, speech: samples(), words: ["double", "cappuccino", "a lot of cream"])
    }

    @Test func saysHowSureItIs() async throws {
        // Alone it hears a "medium rose", and is not sure of it.
        let unsure = try await Self.tiny.transcribe(samples())
        #expect(unsure.confidence < 0.8 && unsure.noSpeechProbability < 0.5)
        let request = TranscriptionRequest(phrases: ["medium roast", "double shot", "cappuccino"])
        let clear = try await Self.tiny.transcribe(samples(), request)
        #expect(clear.text.lowercased().contains("medium roast") && clear.confidence > 0.8)
        #expect(clear.language == "en")
        let noise = SeededSound.whiteNoise(count: try samples().count, amplitude: 0.3, seed: 3)
        let muddled = try await Self.tiny.transcribe(zip(samples(), noise).map { $0 + $1 }, request)
        #expect(muddled.confidence < clear.confidence)
    }

    @Test func whatWasSaidBeforeSetsTheWords() async throws {
        var request = TranscriptionRequest()
        request.prompt = "Light roast, medium roast, dark roast."
        #expect(try await Self.tiny.transcribe(samples(), request).text.contains("medium roast"))
        request.prompt = "  \n"
        let plain = try await Self.tiny.transcribe(samples())
        #expect(try await Self.tiny.transcribe(samples(), request).text == plain.text)
        // As much as anybody gives: the end of it counts.
        request.prompt = String(repeating: "A light roast coffee, please. ", count: 400) + "A medium roast cappuccino."
        #expect(try await Self.tiny.transcribe(samples(), request).text.contains("cappuccino"))
    }

    @Test(arguments: [Float(0.001), 0.1])
    func noiseHasNoWords(amplitude: Float) async throws {
        let noise = SeededSound.whiteNoise(count: 48_000, amplitude: amplitude)
        let transcript = try await guarded().transcribe(noise)
        #expect(transcript.isEmpty, "\(transcript)")
    }

    @Test func kitchenNoiseHasNoWords() async throws {
        let noise = try samples("kitchen-noise.wav")
        for start in stride(from: 0, to: 20 * 16_000, by: 5 * 16_000) {
            let transcript = try await guarded().transcribe(Array(noise[start..<(start + 5 * 16_000)]))
            #expect(transcript.isEmpty, "\(start / 16_000) s: \(transcript)")
        }
    }

    @Test func voiceActivityLetsSpeechThrough() async throws {
        let free = try await Self.tiny.transcribe(samples())
        #expect(try await guarded().transcribe(samples()).text == free.text)
    }

    /// With voice activity in front, as where no session listens.
    private func guarded() throws -> WhisperTranscriber {
        let scorer = try SileroScorer(folder: #require(PreparedModels.sileroVAD))
        return WhisperTranscriber(folder: try #require(PreparedModels.whisperTiny), voiceActivity: scorer)
    }

    @Test func loudnessDoesNotMatter() async throws {
        let samples = try samples()
        let words = Self.words(try await Self.tiny.transcribe(samples).text)
        let faint = Self.words(try await Self.tiny.transcribe(samples.map { $0 * 0.03 }).text)
        // Rounding may turn a word that is nearly a tie.
        #expect(faint.difference(from: words).insertions.count <= 1, "\(faint)")
    }

    @Test func longSoundIsCutAtQuietPlaces() async throws {
        // Over a minute of different orders: three of Whisper's windows.
        var long: [Float] = []
        var words: [String] = []
        for file in TestResources.spokenOrders.prefix(9) {
            let samples = try WaveFile(reading: file).samples
            words += Self.words(try await Self.tiny.transcribe(samples).text)
            long += samples
        }
        #expect(long.count > 60 * 16_000)
        let transcript = try await Self.tiny.transcribe(long)
        let found = Self.words(transcript.text)
        // What is understood of the orders in a row is nearly what is understood of each alone.
        let difference = found.difference(from: words).insertions.count
        #expect(Double(difference) < 0.25 * Double(words.count), "\(transcript.text)")
        #expect(abs(found.count - words.count) < words.count / 5)
    }

    private static func words(_ text: String) -> [String] {
        text.lowercased().split { !$0.isLetter && !$0.isNumber }.map(String.init)
    }

    @Test func aLanguageTheModelDoesNotKnowIsAnError() async throws {
        let error = await #expect(throws: RiposteError.self) {
            _ = try await Self.tiny.transcribe([], .init(language: "de"))
        }
        #expect(error?.code == .badInput && error?.message.contains("de") == true)
    }

    @Test func aFolderWithoutTheModelIsAnError() async throws {
        let folder = try TestResources.temporaryFolder()
        defer { try? FileManager.default.removeItem(at: folder) }
        let error = await #expect(throws: RiposteError.self) {
            try await WhisperTranscriber(folder: folder).load()
        }
        #expect(error?.code == .corrupt)
    }

    // Needs whisper-base.
    @Test(.enabled(if: PreparedModels.hasWhisper("whisper-base", .int8), "no whisper-base"))
    func languageIsDetected() async throws {
        let base = WhisperTranscriber(folder: try #require(PreparedModels.whisperBase))
        let detected = try await base.detectLanguage(of: samples())
        #expect(detected.language == "en" && detected.probability > 0.8)
        let transcript = try await base.transcribe(samples(), .init(language: nil))
        #expect(transcript.language == "en" && transcript.text.contains("cream"))
    }
}
