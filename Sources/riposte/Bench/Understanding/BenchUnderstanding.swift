import ArgumentParser
import Foundation
import RiposteCore
import RiposteDialog

/// How well and how fast intents are understood.
struct BenchUnderstanding: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "nlu",
        abstract: "Measures the understanding of intents on CLINC150 or a corpus of the same form.",
        discussion: """
            Trains on the parts train and oos_train of a file, chooses the confidence below which an utterance is \
            refused on val and oos_val, and counts on another file's test and oos_test. Without another file, one \
            half of val gives the threshold for the other.
            """)

    @Option(help: "A JSON file with the parts train, oos_train, val and oos_val: lists of [text, intent].")
    var train = "../shared/text/clinc150-train-val.json"

    @Option(help: "A JSON file of the same form to test with.")
    var test: String?

    @Option(help: "How much in-scope accuracy, in points, refusing may cost on the validation part.")
    var cost = 0.7

    @Option(help: "How many sentences are timed, each by itself on one core.")
    var timed = 300

    @Flag(help: "Leave the out-of-scope examples out of training.")
    var withoutOutOfScope = false

    @Option(help: "Write the figures as JSON to this file.")
    var json: String?

    func run() async throws {
        let corpus = try IntentCorpus(file: train)
        let (training, validation) = (corpus.part("train"), corpus.part("val"))
        guard !training.sentences.isEmpty, !validation.sentences.isEmpty else {
            throw RiposteError(.badInput, .configuration, "\(train) lacks the parts train and val.")
        }
        let test = try self.test.map { try IntentCorpus(file: $0).testPart() }
        let data = TrainingData(
            examples: training.sentences, outOfScope: withoutOutOfScope ? [] : training.outOfScope)
        var report = BenchReport()

        let embedder = try Assembly().embedder(threads: ProcessInfo.processInfo.activeProcessorCount)
        try await embedder.load()
        let start = ContinuousClock.now
        let result = try await UnderstandingTrainer(embedder: embedder).train(data)
        let seconds = (ContinuousClock.now - start) / .seconds(1)
        report.add(
            "training on \(data.examples.count) sentences", figure: "time", "s", seconds, n: data.examples.count)

        let cache = try TemporaryCache(storing: result.trained)
        defer { cache.remove() }
        let single = try Assembly().embedder(threads: 1)
        let understanding = ProjectUnderstanding(data, embedder: single, cache: cache.cache)
        try await understanding.load()
        let known = RefusalThreshold(
            inScope: try await judge(validation.sentences, understanding),
            outOfScope: try await judge(outside(validation), understanding))
        if let test {
            let threshold = known.highest(costing: cost / 100)
            let tested = RefusalThreshold(
                inScope: try await judge(test.sentences, understanding),
                outOfScope: try await judge(outside(test), understanding))
            add("test", tested, threshold, &report)
            Reliability((tested.inScope + tested.outOfScope).map { ($0.confidence, $0.isRight) }).fill(&report, "test")
        } else {
            addHalves(known, &report)
            Reliability((known.inScope + known.outOfScope).map { ($0.confidence, $0.isRight) })
                .fill(&report, "validation")
        }
        try await time((test ?? validation).sentences, understanding, &report)
        try report.publish(to: json)
    }

    private func outside(_ part: IntentCorpus.Part) -> [TrainingData.Example] {
        part.outOfScope.map { TrainingData.Example($0, intent: ParsedMessage.outOfScope) }
    }

    private func judge(
        _ sentences: [TrainingData.Example], _ understanding: ProjectUnderstanding
    ) async throws -> [RefusalThreshold.Sentence] {
        var judged: [RefusalThreshold.Sentence] = []
        for sentence in sentences {
            let message = try await understanding.parse(Transcript(text: sentence.text), expecting: [])
            let first = message.ranking.first { $0.name != ParsedMessage.outOfScope }
            judged.append(.init(confidence: first?.confidence ?? 0, isRight: first?.name == sentence.intent))
        }
        return judged
    }

    private func add(
        _ name: String, _ sentences: RefusalThreshold, _ threshold: Double, _ report: inout BenchReport
    ) {
        let (inScope, outOfScope) = (sentences.inScope, sentences.outOfScope)
        report.add(name, share: "in scope right, nothing refused", inScope.count { $0.isRight }, of: inScope.count)
        report.add(
            name, share: "in scope right", inScope.count { $0.isRight && $0.confidence >= threshold },
            of: inScope.count)
        report.add(
            name, share: "out of scope refused", outOfScope.count { $0.confidence < threshold }, of: outOfScope.count)
        report.add(name, figure: "threshold", "", threshold, n: inScope.count + outOfScope.count)
    }

    /// Each half of the validation part with the threshold of the other.
    private func addHalves(_ all: RefusalThreshold, _ report: inout BenchReport) {
        func half(_ first: Int) -> RefusalThreshold {
            RefusalThreshold(
                inScope: all.inScope.enumerated().filter { $0.offset % 2 == first }.map(\.element),
                outOfScope: all.outOfScope.enumerated().filter { $0.offset % 2 == first }.map(\.element))
        }
        for (name, tested, other) in [("first half", 0, 1), ("second half", 1, 0)] {
            add(name, half(tested), half(other).highest(costing: cost / 100), &report)
        }
    }

    private func time(
        _ sentences: [TrainingData.Example], _ understanding: ProjectUnderstanding, _ report: inout BenchReport
    ) async throws {
        // Spread over the corpus, which is ordered by intent.
        let step = max(1, sentences.count / max(timed, 1))
        var times: [Double] = []
        for index in stride(from: 0, to: sentences.count, by: step) {
            let start = ContinuousClock.now
            _ = try await understanding.parse(Transcript(text: sentences[index].text), expecting: [])
            times.append((ContinuousClock.now - start) / .milliseconds(1))
        }
        report.add("a sentence on one core", "understood", "ms", times)
    }
}

/// A cache for one run.
private struct TemporaryCache {
    let cache: UnderstandingCache

    init(storing trained: TrainedUnderstanding) throws {
        cache = UnderstandingCache(
            folder: FileManager.default.temporaryDirectory.appending(path: "riposte-\(UUID().uuidString)"))
        try cache.store(trained)
    }

    func remove() { try? FileManager.default.removeItem(at: cache.folder) }
}
