import ArgumentParser
import Foundation
import RiposteCore
import RiposteDialog

extension NluCommand {
    struct Test: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Tests what is understood, and holds a project's own conversations.",
            discussion: """
                Each example is understood by what was trained without it (cross-validation); of a project the \
                conversations in tests/ are held after that. The exit code is 1 when one of them goes another way.
                """)

        @OptionGroup var options: UnderstandingOptions

        @Option(
            name: [.customLong("cross-validation"), .customLong("folds")],
            help: ArgumentHelp("Into how many parts the examples are cut, 2 to 20.", valueName: "n"))
        var folds = 5

        @Flag(inversion: .prefixedNo, help: "Test what is understood.")
        var understanding = true

        @Flag(inversion: .prefixedNo, help: "Hold the project's conversations.")
        var conversations = true

        @Option(help: ArgumentHelp("Write the confusion matrix as a picture to this SVG file.", valueName: "file"))
        var picture: String?

        @Option(
            help: ArgumentHelp("Write every sentence that was not understood as a line of JSON.", valueName: "file"))
        var errors: String?

        @Option(help: "At most so many errors and confusions are printed.")
        var most = 20

        func validate() throws {
            guard (2...20).contains(folds) else { throw ValidationError("--cross-validation takes 2 to 20.") }
            guard most >= 0 else { throw ValidationError("--most takes 0 or more.") }
            if !understanding, picture != nil || errors != nil {
                throw ValidationError("--picture and --errors are made of what --no-understanding leaves out.")
            }
        }

        func run() async throws {
            let source = try options.read()
            // What is wrong in the tests is told before minutes of training.
            let stories = conversations ? try source.project?.tests() ?? [] : []
            if understanding { try await validate(source) }
            guard conversations, let project = source.project else { return }
            if understanding { print("") }
            guard !stories.isEmpty else { return print("There are no conversations in tests/.") }
            let report = try await hold(stories, with: project)
            print(RehearsalText(report).text)
            if !report.differences.isEmpty { throw ExitCode(1) }
        }

        private func validate(_ source: UnderstandingOptions.Source) async throws {
            let embedder = try Assembly().embedder(threads: ProcessInfo.processInfo.activeProcessorCount)
            let validation = try CrossValidation(
                embedder: embedder, configuration: options.configuration, folds: folds)
            let progress = TrainingDisplay()
            let evaluation = try await validation.run(source.data) { progress.show($0) }
            progress.finish()
            print(EvaluationText(evaluation, most: most).text)
            if let picture { try write(Data(ConfusionPicture(evaluation).svg().utf8), to: picture) }
            if let errors { try write(try Self.lines(evaluation.errors), to: errors) }
        }

        private func hold(_ stories: [Story], with project: DialogProject) async throws -> Rehearsal.Report {
            let understanding = try await options.understanding(of: project.training)
            return try await DialogResponder(folder: project.folder) { _ in understanding }.rehearse(stories)
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
