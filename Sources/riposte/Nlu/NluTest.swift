import ArgumentParser
import Foundation
import RiposteCore
import RiposteDialog

extension NluCommand {
    struct Test: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Tests: each example is understood by what was trained without it.")

        @OptionGroup var options: UnderstandingOptions

        @Option(help: "Into how many parts the examples are cut.")
        var folds = 5

        @Option(help: ArgumentHelp("Write the confusion matrix as a picture to this SVG file.", valueName: "file"))
        var picture: String?

        @Option(
            help: ArgumentHelp("Write every sentence that was not understood as a line of JSON.", valueName: "file"))
        var errors: String?

        @Option(help: "At most so many errors and confusions are printed.")
        var most = 20

        func run() async throws {
            let data = try options.read()
            let embedder = try Assembly().embedder(threads: ProcessInfo.processInfo.activeProcessorCount)
            let validation = try CrossValidation(
                embedder: embedder, configuration: options.configuration, folds: folds)
            let progress = TrainingDisplay()
            let evaluation = try await validation.run(data) { progress.show($0) }
            progress.finish()
            print(EvaluationText(evaluation, most: most).text)
            if let picture { try write(Data(ConfusionPicture(evaluation).svg().utf8), to: picture) }
            if let errors { try write(try Self.lines(evaluation.errors), to: errors) }
        }

        private func write(_ data: Data, to path: String) throws {
            do {
                try data.write(to: URL(fileURLWithPath: path), options: .atomic)
            } catch {
                throw RiposteError(.storage, .configuration, "\(path) cannot be written.", underlying: error)
            }
        }

        private struct ErrorLine: Encodable {
            var text: String
            var meant: String
            var understood: String
            var confidence: Double
        }

        private static func lines(_ errors: [UnderstandingEvaluation.Outcome]) throws -> Data {
            let encoder = JSONEncoder()
            encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
            return try errors.reduce(into: Data()) { data, error in
                let line = ErrorLine(
                    text: error.text, meant: error.meant, understood: error.understood,
                    confidence: error.message.intent?.confidence ?? 0)
                data += try encoder.encode(line) + Data("\n".utf8)
            }
        }
    }
}
