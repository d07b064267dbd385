import ArgumentParser
import Foundation
import RiposteCore
import RiposteDialog

extension NluCommand {
    struct Train: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Trains, unless the examples are as they were.")

        @OptionGroup var options: UnderstandingOptions

        @Flag(help: "Train although nothing has changed.")
        var force = false

        func run() async throws {
            let data = try options.read().data
            let cache = Assembly().understandingCache
            let embedder = try Assembly().embedder(threads: ProcessInfo.processInfo.activeProcessorCount)
            let key = try TrainedUnderstanding.key(of: data, embedder: embedder)
            if !force, let known = cache.read(key) {
                print("Nothing has changed: \(known.intents.count) intents are trained already.")
                return
            }
            let progress = TrainingDisplay()
            let start = ContinuousClock.now
            let result = try await UnderstandingTrainer(embedder: embedder).train(data) { progress.show($0) }
            progress.finish()
            try cache.store(result.trained)
            let seconds = (ContinuousClock.now - start) / .seconds(1)
            let inScope = result.heldOut.filter { $0.intent != nil }
            let right = inScope.count { $0.intent == $0.ranking.first?.name }
            print(
                String(
                    format:
                        "Trained on %d examples of %d intents in %.1f s; of those held out, %.1f %% were understood.",
                    data.examples.count, result.trained.intents.count, seconds,
                    100 * Double(right) / Double(max(1, inScope.count))))
        }
    }
}
