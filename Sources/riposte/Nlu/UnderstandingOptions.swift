import ArgumentParser
import Foundation
import RiposteCore
import RiposteDialog

/// What is to be understood; the same for all commands of `nlu`.
struct UnderstandingOptions: ParsableArguments {
    @Option(help: ArgumentHelp("A dialog project in Rasa's format (domain.yml, data/).", valueName: "dir"))
    var project: String?

    @Option(
        help: ArgumentHelp(
            "Instead of a project, a JSON file of examples: training data with entities, or lists of [text, intent] as "
                + "CLINC150 has them.",
            valueName: "file"))
    var examples: String?

    @Option(help: "Below this confidence, 0 to 1, a sentence is none of the intents.")
    var refusal = ProjectUnderstanding.Configuration().refusal

    func validate() throws {
        guard (project == nil) != (examples == nil) else {
            throw ValidationError("Either --project or --examples says what is to be understood.")
        }
        guard (0...1).contains(refusal) else { throw ValidationError("--refusal takes 0 to 1.") }
    }

    var configuration: ProjectUnderstanding.Configuration {
        var configuration = ProjectUnderstanding.Configuration()
        configuration.refusal = refusal
        return configuration
    }

    /// What was read.
    struct Source {
        var data: TrainingData
        /// nil where there are only examples.
        var project: DialogProject?

        /// What is too uncertain for the project's own thresholds is none of its intents.
        func judged(_ message: ParsedMessage) -> ParsedMessage { project?.settings.judged(message) ?? message }
    }

    /// - Throws: `.badInput` for a file that cannot be read or is neither form; as `DialogProject` for a project.
    func read() throws -> Source {
        if let project {
            let project = try DialogProject(reading: URL(fileURLWithPath: project))
            for warning in project.warnings { Failure.report("warning: \(warning)") }
            return Source(data: project.training, project: project)
        }
        let examples = examples ?? ""
        guard let bytes = try? Data(contentsOf: URL(fileURLWithPath: examples)) else {
            throw RiposteError(.badInput, .configuration, "\(examples) cannot be read.")
        }
        if let data = try? JSONDecoder().decode(TrainingData.self, from: bytes) { return Source(data: data) }
        let part = try IntentCorpus(file: examples).part("train")
        guard !part.isEmpty else {
            throw RiposteError(.badInput, .configuration, "\(examples) has no part \u{201C}train\u{201D}.")
        }
        return Source(data: TrainingData(examples: part.sentences, outOfScope: part.outOfScope))
    }

    /// What understands it, from the cache or trained on all cores now. A sentence is then best off on one.
    func understanding(of data: TrainingData) async throws -> ProjectUnderstanding {
        let cache = Assembly().understandingCache
        let single = try Assembly().embedder()
        if cache.read(try TrainedUnderstanding.key(of: data, embedder: single)) == nil {
            let embedder = try Assembly().embedder(threads: ProcessInfo.processInfo.activeProcessorCount)
            let progress = TrainingDisplay()
            let result = try await UnderstandingTrainer(embedder: embedder).train(data) { progress.show($0) }
            progress.finish()
            try cache.store(result.trained)
        }
        let understanding = ProjectUnderstanding(data, embedder: single, cache: cache, configuration: configuration)
        try await understanding.load()
        return understanding
    }
}
