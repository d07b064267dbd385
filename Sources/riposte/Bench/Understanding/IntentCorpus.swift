import Foundation
import RiposteCore
import RiposteDialog

/// Sentences with their intents in the JSON of CLINC150: lists of [text, intent] by the name of a part ("train", "val",
/// "test", and the same with "oos_" in front for what is none of the intents).
struct IntentCorpus: Sendable {
    /// A part: what is in scope, and what is not.
    struct Part: Sendable {
        var sentences: [TrainingData.Example]
        var outOfScope: [String]

        var isEmpty: Bool { sentences.isEmpty && outOfScope.isEmpty }
    }

    private let parts: [String: [[String]]]
    private let file: String

    /// - Throws: `.badInput` if it is no such file.
    init(file: String) throws {
        self.file = file
        do {
            let data = try Data(contentsOf: URL(fileURLWithPath: file))
            parts = try JSONDecoder().decode([String: [[String]]].self, from: data)
        } catch {
            throw RiposteError(
                .badInput, .configuration,
                "\(file) is not the JSON of CLINC150: lists of [text, intent], by part.", underlying: error)
        }
        guard parts.values.allSatisfy({ $0.allSatisfy { $0.count == 2 } }) else {
            throw RiposteError(.badInput, .configuration, "\(file) has a sentence without an intent.")
        }
    }

    /// Empty if the file has no such part.
    func part(_ name: String) -> Part {
        Part(
            sentences: (parts[name] ?? []).map { TrainingData.Example($0[0], intent: $0[1]) },
            outOfScope: (parts["oos_\(name)"] ?? []).map { $0[0] })
    }

    /// The part to test with: "test" if there is one, else everything there is.
    func testPart() throws -> Part {
        let test = part("test")
        if !test.isEmpty { return test }
        let names = parts.keys.filter { !$0.hasPrefix("oos_") }.sorted()
        let all = names.map(part)
        let part = Part(sentences: all.flatMap(\.sentences), outOfScope: all.flatMap(\.outOfScope))
        guard !part.isEmpty else { throw RiposteError(.badInput, .configuration, "There are no sentences in \(file).") }
        return part
    }
}
