import ArgumentParser

/// What is understood: training, trying, testing.
struct NluCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "nlu", abstract: "Trains, tries and tests the understanding of intents and entities.",
        subcommands: [Train.self, Parse.self, Test.self])
}
