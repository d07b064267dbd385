import ArgumentParser
import Foundation
import RiposteCore
import RiposteSpeaking

/// The voices there are.
struct VoicesCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "voices",
        abstract: "Lists the voices, and what is missing for those that cannot speak yet.",
        discussion: """
            Voices of espeak-ng are listed when it is installed: apt install libespeak-ng1. Voices of your own, Piper's \
            (NAME.onnx with NAME.onnx.json) and Kokoro's (.npz, .npy, .bin), are looked for in \
            ~/.local/share/riposte/voices, or where RIPOSTE_VOICES says. The speed is how many times faster than real \
            time a voice is on this machine; --measure finds it out.
            """)

    @Option(help: "Only voices of this language: en, en-US, de …")
    var language: String?

    @Option(help: "Only voices of this engine: hibari, piper, kokoro, espeak-ng.")
    var engine: String?

    @Flag(help: "Speak with a voice of each engine's models, and remember how fast it was.")
    var measure = false

    @OptionGroup var cloud: CloudOptions

    @Flag(help: "Print JSON: an array with an object for each voice.")
    var json = false

    func run() async throws {
        let catalogue = VoiceCatalogue(store: ModelsCommand.store)
        let services = try await cloud.voices().filter(isWanted)
        let listings = catalogue.listings.filter { isWanted($0.voice) }
        var speeds = VoiceSpeeds(ModelsCommand.store.root.appendingPathComponent("voice-speeds.json"))
        if measure { try await speeds.measure(listings, catalogue) }
        let rows =
            listings.map { Row($0, speed: speeds[$0.voice]) } + services.map { Row(.init(voice: $0), speed: nil) }
        if json {
            let encoder = JSONEncoder()
            encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
            print(String(decoding: try encoder.encode(rows), as: UTF8.self))
        } else {
            print(Self.table(rows))
        }
    }

    private func isWanted(_ voice: Voice) -> Bool {
        if let engine, voice.engine != engine { return false }
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
        /// Bytes of its model, stored or to be fetched.
        var byteCount: Int?
        /// How many times faster than real time it speaks on this machine, where that is known.
        var speed: Double?
        /// Whether this is the one that speaks when none is asked for.
        var isDefault: Bool
        /// Models to fetch before it can speak.
        var missing: [String]

        enum CodingKeys: String, CodingKey {
            case name, engine, language, gender, licence, byteCount, speed, missing
            case isDefault = "default"
        }

        init(_ listing: VoiceCatalogue.Listing, speed: Double?) {
            let voice = listing.voice
            name = voice.name
            engine = voice.engine
            language = voice.language
            gender = voice.gender
            licence = voice.licence
            byteCount = listing.byteCount
            self.speed = speed
            isDefault = voice.name == VoiceCatalogue.defaultVoice
            missing = listing.missingModels
        }
    }

    private static func table(_ rows: [Row]) -> String {
        let header = ["voice", "language", "gender", "engine", "licence", "size", "speed", ""]
        let cells = rows.map { row in
            let note = row.missing.isEmpty ? "" : "riposte models fetch " + row.missing.joined(separator: " ")
            let name = row.name + (row.isDefault ? " (default)" : "")
            let size = row.byteCount.map { "\(max(1, $0 / 1_000_000)) MB" } ?? ""
            let speed = row.speed.map { "\(Int($0.rounded())) ×" } ?? ""
            return [name, row.language, row.gender ?? "", row.engine, row.licence, size, speed, note]
        }
        let widths = header.indices.map { column in ([header] + cells).map { $0[column].count }.max() ?? 0 }
        return ([header] + cells).map { row in
            zip(row, widths).map { $0.padding(toLength: $1, withPad: " ", startingAt: 0) }
                .joined(separator: "  ").trimmingCharacters(in: .whitespaces)
        }.joined(separator: "\n")
    }
}
