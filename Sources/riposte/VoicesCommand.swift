import ArgumentParser
import Foundation
import RiposteCore
import RiposteSpeaking

/// The voices there are.
struct VoicesCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "voices",
        abstract: "Lists the voices, and what is missing for those that cannot speak yet.",
        discussion: "Voices of espeak-ng are listed when it is installed: apt install libespeak-ng1")

    @Option(help: "Only voices of this language: en, en-US, de …")
    var language: String?

    @Flag(help: "Print JSON: an array with an object for each voice.")
    var json = false

    func run() async throws {
        let catalogue = VoiceCatalogue(store: ModelsCommand.store)
        let rows = catalogue.voices.filter(isWanted).map { Row($0, missing: catalogue.missingModels(for: $0)) }
        if json {
            let encoder = JSONEncoder()
            encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
            print(String(decoding: try encoder.encode(rows), as: UTF8.self))
        } else {
            print(Self.table(rows))
        }
    }

    private func isWanted(_ voice: Voice) -> Bool {
        guard let language = language?.lowercased() else { return true }
        let own = voice.language.lowercased()
        return own == language || own.hasPrefix(language + "-")
    }

    /// A voice as programs read it. The keys are fixed; more may be added.
    struct Row: Encodable {
        var name: String
        var engine: String
        var language: String
        var gender: String?
        var licence: String
        /// Whether this is the one that speaks when none is asked for.
        var isDefault: Bool
        /// Models to fetch before it can speak.
        var missing: [String]

        enum CodingKeys: String, CodingKey {
            case name, engine, language, gender, licence, missing
            case isDefault = "default"
        }

        init(_ voice: Voice, missing: [String]) {
            name = voice.name
            engine = voice.engine
            language = voice.language
            gender = voice.gender
            licence = voice.licence
            isDefault = voice.name == VoiceCatalogue.defaultVoice
            self.missing = missing
        }
    }

    private static func table(_ rows: [Row]) -> String {
        let header = ["voice", "language", "gender", "engine", "licence", ""]
        let cells = rows.map { row in
            let note = row.missing.isEmpty ? "" : "riposte models fetch " + row.missing.joined(separator: " ")
            let name = row.name + (row.isDefault ? " (default)" : "")
            return [name, row.language, row.gender ?? "", row.engine, row.licence, note]
        }
        let widths = header.indices.map { column in ([header] + cells).map { $0[column].count }.max() ?? 0 }
        return ([header] + cells).map { row in
            zip(row, widths).map { $0.padding(toLength: $1, withPad: " ", startingAt: 0) }
                .joined(separator: "  ").trimmingCharacters(in: .whitespaces)
        }.joined(separator: "\n")
    }
}
