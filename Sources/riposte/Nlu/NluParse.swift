import ArgumentParser
import Foundation
import RiposteCore
import RiposteDialog

extension NluCommand {
    struct Parse: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Shows what is understood of sentences: a line of JSON for each.",
            discussion: "Without sentences, each line of standard input is one.")

        @OptionGroup var options: UnderstandingOptions

        @Argument(help: "Sentences.")
        var text: [String] = []

        @Option(help: "An entity that is waited for, as after a question; may be given several times.")
        var expecting: [String] = []

        /// The keys are what programs read.
        private struct Line: Encodable {
            var text: String
            var intent: ParsedMessage.Ranked?
            var ranking: [ParsedMessage.Ranked]
            var entities: [ParsedEntity]
        }

        func run() async throws {
            let data = try options.read()
            // Training wants all cores, once; a sentence is best off on one.
            let cache = Assembly().understandingCache
            let single = try Assembly().embedder()
            if cache.read(try TrainedUnderstanding.key(of: data, embedder: single)) == nil {
                let embedder = try Assembly().embedder(threads: ProcessInfo.processInfo.activeProcessorCount)
                let progress = TrainingDisplay()
                let result = try await UnderstandingTrainer(embedder: embedder)
                    .train(data) { progress.show($0) }
                progress.finish()
                try cache.store(result.trained)
            }
            let understanding = ProjectUnderstanding(
                data, embedder: single, cache: cache, configuration: options.configuration)
            try await understanding.load()
            if !text.isEmpty {
                for sentence in text { try await write(sentence, understanding) }
                return
            }
            while let sentence = readLine() { try await write(sentence, understanding) }
        }

        private func write(_ sentence: String, _ understanding: ProjectUnderstanding) async throws {
            let message = try await understanding.parse(Transcript(text: sentence), expecting: expecting)
            let encoder = JSONEncoder()
            encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
            let line = Line(
                text: message.text, intent: message.intent, ranking: Array(message.ranking.prefix(10)),
                entities: message.entities)
            FileHandle.standardOutput.write(try encoder.encode(line) + Data("\n".utf8))
        }
    }
}
