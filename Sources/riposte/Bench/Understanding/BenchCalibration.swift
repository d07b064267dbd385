import ArgumentParser
import Foundation
import RiposteCore
import RiposteDialog

/// What the confidence of small projects is made of.
struct BenchCalibration: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "calibration",
        abstract: "Fits the confidence that small projects begin with, on projects drawn from a large corpus.",
        discussion: """
            Draws small projects from the part train of a corpus in the form of CLINC150, and fits to what they make of the \
            parts val and oos_val. The weights are those of IntentClassifier.usualCalibration.
            """)

    @Option(help: "A JSON file with the parts train, val and oos_val: lists of [text, intent].")
    var train = "../shared/text/clinc150-train-val.json"

    @Option(help: "How many projects are drawn.")
    var projects = 24

    @Option(help: "Write the figures as JSON to this file.")
    var json: String?

    func validate() throws {
        guard (2...1_000).contains(projects) else { throw ValidationError("--projects takes 2 to 1000.") }
    }

    func run() async throws {
        let corpus = try IntentCorpus(file: train)
        let (training, validation) = (corpus.part("train"), corpus.part("val"))
        var configuration = CalibrationFit.Configuration()
        configuration.projects = projects
        let embedder = try Assembly().embedder(threads: ProcessInfo.processInfo.activeProcessorCount)
        try await embedder.load()
        let display = TrainingDisplay()
        let result = try await CalibrationFit(embedder: embedder, configuration: configuration).run(
            TrainingData(examples: training.sentences),
            validation: TrainingData(examples: validation.sentences, outOfScope: validation.outOfScope)
        ) { display.show($0) }
        display.finish()
        let weights = result.weights.map { String(format: "%.2f", $0) }.joined(separator: ", ")
        print("weights: [\(weights)], bias: \(String(format: "%.2f", result.bias))")
        var report = BenchReport()
        report.add(
            "fitted to the other half", figure: "Brier score", "%", 100 * result.outcomes.brierScore, n: result.count)
        report.add("as it is", figure: "Brier score", "%", 100 * result.present.brierScore, n: result.count)
        Reliability(result.outcomes.map { ($0.confidence, $0.isRight) }).fill(&report, "fitted to the other half")
        Reliability(result.present.map { ($0.confidence, $0.isRight) }).fill(&report, "as it is")
        try report.publish(to: json)
    }
}
