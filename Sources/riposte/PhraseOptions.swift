import ArgumentParser
import Foundation
import RiposteCore

/// Phrases that a recogniser is to favour; the same for every command that recognises.
struct PhraseOptions: ParsableArguments {
    @Option(help: "A file of phrases that are likely to be said, one a line; # begins a comment.")
    var phrases: String?

    @Option(help: "How strongly they are favoured, 0 to 20.")
    var boost = 10.0

    @Option(help: "What may have been said before; sets spelling and style.")
    var prompt: String?

    /// More than this make no sense as a hint, and cost time with every word.
    static let limit = 5_000

    func validate() throws {
        guard (0...20).contains(boost) else { throw ValidationError("--boost takes 0 to 20.") }
    }

    /// - Throws: `.badInput` for a file that cannot be read, has no phrases or too many.
    func apply(to request: inout TranscriptionRequest) throws {
        request.prompt = prompt
        guard let phrases else { return }
        request.phrases = try Self.phrases(in: phrases)
        request.boost = boost
    }

    /// The lines of a text file, without comments and empty ones.
    static func lines(in file: String) throws -> [String] {
        let text: String
        do {
            text = try String(contentsOf: URL(fileURLWithPath: file), encoding: .utf8)
        } catch {
            throw RiposteError(.badInput, .configuration, "\(file) cannot be read as text.", underlying: error)
        }
        return text.split(whereSeparator: \.isNewline)
            .map { $0.prefix { $0 != "#" }.trimmingCharacters(in: .whitespaces) }
            .filter { !$0.isEmpty }
    }

    static func phrases(in file: String) throws -> [String] {
        let lines = try lines(in: file)
        guard !lines.isEmpty else { throw RiposteError(.badInput, .configuration, "There are no phrases in \(file).") }
        guard lines.count <= limit else {
            throw RiposteError(
                .badInput, .configuration, "\(file) has \(lines.count) phrases; \(limit) are the most.")
        }
        return lines
    }
}
