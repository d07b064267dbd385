import Foundation
import RiposteSpeaking
import Testing

private let hasMultilingualModel: Bool = {
    let environment = ProcessInfo.processInfo.environment
    let root = environment["RIPOSTE_MODELS"] ?? (environment["HOME"] ?? "") + "/.cache/riposte"
    return ["silero-vad", "whisper-base"].allSatisfy {
        FileManager.default.fileExists(atPath: "\(root)/\($0)/receipt.json")
    }
}()

/// Other languages than English, spoken by espeak-ng.
@Suite(
    .enabled(if: CommandRun.executable != nil, "the command riposte was not built"),
    .enabled(if: hasMultilingualModel, "no silero-vad and whisper-base in the store"),
    .enabled(if: (try? VoiceCatalogue.synthesizer(for: "de")) != nil, "no espeak-ng: apt install libespeak-ng1"))
struct TranscribeLanguageTests {
    private struct Line: Decodable {
        var text: String
        var language: String?
        var languageProbability: Double?
    }

    private func run(_ arguments: [String], in folder: TemporaryFolder) async throws -> CommandRun {
        let run = try CommandRun(arguments, in: folder.url)
        try await run.wait()
        return run
    }

    private func speech(_ text: String, voice: String, in folder: TemporaryFolder) async throws -> String {
        let file = folder.url.appending(path: "\(voice).wav").path
        let run = try await run(["say", "--voice", voice, "-o", file, text], in: folder)
        try #require(run.status == 0, "\(run.standardError)")
        return file
    }

    private func line(_ arguments: [String], in folder: TemporaryFolder) async throws -> Line {
        let run = try await run(["transcribe", "--format", "json"] + arguments, in: folder)
        try #require(run.status == 0, "\(run.standardError)")
        return try JSONDecoder().decode(Line.self, from: Data(run.standardOutput.utf8))
    }

    @Test(arguments: [
        ("de", "Guten Morgen. Ich möchte heute gerne einen Kaffee und zwei Brötchen bestellen.", "bestellen"),
        ("es", "Buenos días. Hoy quiero pedir un café con leche y dos panes, por favor.", "café"),
        ("fr", "Bonjour. Je voudrais commander un café et deux croissants, s'il vous plaît.", "café"),
    ])
    func theLanguageIsDetected(code: String, text: String, word: String) async throws {
        let folder = try TemporaryFolder()
        let voice = code == "fr" ? "fr-fr" : code
        let file = try await speech(text, voice: voice, in: folder)
        let found = try await line([file], in: folder)
        #expect(found.language == code, "\(found)")
        #expect(found.languageProbability.map { (0.3...1).contains($0) } == true, "\(found)")
        #expect(found.text.lowercased().contains(word), "\(found)")

        // Told the language, it has nothing to find out.
        let told = try await line(["--language", code, file], in: folder)
        #expect(told.language == code && told.languageProbability == nil)

        // Of a few it may be, one is chosen, and the probabilities of those few add up to 1.
        let among = try await line(["--language", "ja,\(code)", file], in: folder)
        #expect(among.language == code)
        #expect((among.languageProbability ?? 0) >= (found.languageProbability ?? 1))
        #expect(try await line(["--language", "ja,ko", file], in: folder).language.map(["ja", "ko"].contains) == true)
    }

    @Test func germanIsTranslatedIntoEnglish() async throws {
        let folder = try TemporaryFolder()
        let file = try await speech(
            "Guten Morgen. Ich möchte heute gerne einen Kaffee und zwei Brötchen bestellen.", voice: "de", in: folder)
        let english = try await line(["--task", "translate", file], in: folder)
        #expect(english.language == "de")
        #expect(english.text.lowercased().contains("coffee"), "\(english)")
    }

    @Test func whatIsNoTaskOrLanguageIsTold() async throws {
        let folder = try TemporaryFolder()
        for arguments in [["--task", "sing"], ["--language", "de,,en"], ["--language", ""]] {
            let run = try await run(["transcribe"] + arguments + ["x.wav"], in: folder)
            #expect(run.status == 2, "\(arguments): \(run.standardError)")
        }
    }
}
