import Foundation
import RiposteCore
import RiposteTesting
import Testing

@testable import RiposteListening

@Suite struct WhisperLanguageTests {
    private func near(_ text: String) -> [String] {
        WhisperLanguage.near(text, among: WhisperLanguage.all.map(\.code)).map(\.code)
    }

    @Test func allAreThereOnce() {
        #expect(WhisperLanguage.all.count == 100)
        #expect(Set(WhisperLanguage.all.map(\.code)).count == 100)
        #expect(WhisperLanguage.all[99] == WhisperLanguage(code: "yue", name: "Cantonese"))
        #expect(WhisperLanguage.all.contains(WhisperLanguage(code: "ht", name: "Haitian Creole")))
    }

    @Test(arguments: [
        ("German", "de"), ("ger", "de"), ("en-GB", "en"), ("pt_br", "pt"), ("eng", "en"), ("Frensh", "fr"),
        ("burmese", "my"),
    ])
    func nearOnesAreFound(text: String, code: String) {
        #expect(near(text).first == code, "\(near(text))")
    }

    @Test func nonsenseIsNearNothing() {
        #expect(near("qqqqqq") == [])
    }

    // Needs whisper-tiny.en and whisper-base.
    @Suite(
        .enabled(if: PreparedModels.hasWhisper("whisper-tiny.en", .int8), "no whisper-tiny.en"),
        .enabled(if: PreparedModels.hasWhisper("whisper-base", .int8), "no whisper-base"))
    struct WithModels {
        private func message(_ folder: URL?, _ request: TranscriptionRequest) async throws -> String {
            let transcriber = WhisperTranscriber(folder: try #require(folder))
            let error = await #expect(throws: RiposteError.self) { _ = try await transcriber.transcribe([], request) }
            #expect(error?.code == .badInput)
            return error?.message ?? ""
        }

        @Test func anEnglishModelRefusesToTranslate() async throws {
            var request = TranscriptionRequest()
            request.task = .translate
            let message = try await message(PreparedModels.whisperTiny, request)
            #expect(message.contains("translate") && message.contains("whisper-base"))
        }

        @Test func anUnknownLanguageIsAnErrorThatNamesNearOnes() async throws {
            let message = try await message(PreparedModels.whisperBase, .init(language: "ger"))
            #expect(message.contains("“ger”") && message.contains("de (German)"), "\(message)")
            var request = TranscriptionRequest(language: nil)
            request.candidateLanguages = ["en", "xx"]
            #expect(try await self.message(PreparedModels.whisperBase, request).contains("“xx”"))
        }

        /// Without sound in it the language is nobody's.
        @Test func silenceHasNoLanguage() async throws {
            let transcriber = WhisperTranscriber(folder: try #require(PreparedModels.whisperBase))
            let transcript = try await transcriber.transcribe(
                [Float](repeating: 0, count: 16_000), .init(language: nil))
            #expect(transcript.language == nil && transcript.languageProbability == nil)
        }
    }
}
