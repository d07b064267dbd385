import Foundation
import RiposteCore
import RiposteTesting
import Testing

@testable import riposte

struct PhraseOptionsTests {
    private func phrases(in text: String) throws -> [String] {
        let folder = try TestResources.temporaryFolder()
        defer { try? FileManager.default.removeItem(at: folder) }
        let file = folder.appendingPathComponent("phrases.txt")
        try Data(text.utf8).write(to: file)
        return try PhraseOptions.phrases(in: file.path)
    }

    @Test func aLineIsAPhrase() throws {
        #expect(
            try phrases(in: "iced mocha\n\n  light roast  # of coffee\r\n# nothing\ncafé\n") == [
                "iced mocha", "light roast", "café",
            ])
    }

    @Test(arguments: ["", "\n# only this\n"])
    func aFileWithoutPhrasesIsAnError(text: String) throws {
        let error = #expect(throws: RiposteError.self) { try phrases(in: text) }
        #expect(error?.code == .badInput)
    }

    @Test func aMissingFileIsNamed() {
        let error = #expect(throws: RiposteError.self) { try PhraseOptions.phrases(in: "/nowhere/phrases.txt") }
        #expect(error?.code == .badInput && error?.message.contains("/nowhere/phrases.txt") == true)
    }

    @Test func theExampleIsReadable() throws {
        let file = TestResources.packageRoot.appendingPathComponent("Examples/CoffeeMaker/phrases.txt")
        let phrases = try PhraseOptions.phrases(in: file.path)
        #expect(phrases.contains("iced mocha") && Set(phrases).count == phrases.count)
    }
}
