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
            let source = try options.read()
            let understanding = try await options.understanding(of: source.data)
            if !text.isEmpty {
                for sentence in text { try await write(sentence, source, understanding) }
                return
            }
            while let sentence = readLine() { try await write(sentence, source, understanding) }
        }

        private func write(
            _ sentence: String, _ source: UnderstandingOptions.Source, _ understanding: ProjectUnderstanding
        ) async throws {
            let message = source.judged(
                try await understanding.parse(Transcript(text: sentence), expecting: expecting))
            let encoder = JSONEncoder()
            encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
            let line = Line(
                text: message.text, intent: message.intent, ranking: Array(message.ranking.prefix(10)),
                entities: message.entities)
            FileHandle.standardOutput.write(try encoder.encode(line) + Data("\n".utf8))
        }
    }
}
