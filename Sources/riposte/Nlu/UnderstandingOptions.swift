import ArgumentParser
import Foundation
import RiposteCore
import RiposteDialog

/// What is to be understood; the same for all commands of `nlu`.
struct UnderstandingOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "A JSON file of examples: training data with entities, or lists of [text, intent] as CLINC150 has them.",
            valueName: "file"))
    var examples: String

    @Option(help: "Below this confidence, 0 to 1, a sentence is none of the intents.")
    var refusal = ProjectUnderstanding.Configuration().refusal

    func validate() throws {
        guard (0...1).contains(refusal) else { throw ValidationError("--refusal takes 0 to 1.") }
    }

    var configuration: ProjectUnderstanding.Configuration {
        var configuration = ProjectUnderstanding.Configuration()
        configuration.refusal = refusal
        return configuration
    }

    /// - Throws: `.badInput` for a file that cannot be read or is neither form.
    func read() throws -> TrainingData {
        guard let bytes = try? Data(contentsOf: URL(fileURLWithPath: examples)) else {
            throw RiposteError(.badInput, .configuration, "\(examples) cannot be read.")
        }
        if let data = try? JSONDecoder().decode(TrainingData.self, from: bytes) { return data }
        let part = try IntentCorpus(file: examples).part("train")
        guard !part.isEmpty else {
            throw RiposteError(.badInput, .configuration, "\(examples) has no part \u{201C}train\u{201D}.")
        }
        return TrainingData(examples: part.sentences, outOfScope: part.outOfScope)
    }
}
