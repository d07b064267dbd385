import ArgumentParser
import Foundation
import RiposteSpeaking

/// How written text is read; the same for every command that speaks.
struct ReadingOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "A file with how words are said: WORD = SAID or WORD = /PHONEMES/, one a line; # begins a comment.",
            valueName: "file"))
    var dictionary: String?

    /// - Throws: `storage` for a file that cannot be read, `badInput` with the line that is wrong.
    func reading() throws -> TextReading {
        guard let dictionary else { return TextReading() }
        return TextReading(dictionary: try PronunciationDictionary(contentsOf: URL(fileURLWithPath: dictionary)))
    }
}
