import ArgumentParser

/// The figures of the README.
struct BenchCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "bench", abstract: "Measures this machine: the figures of the README.",
        subcommands: [
            BenchTurns.self, BenchBargeIn.self, BenchTranscription.self, BenchSpeech.self, BenchSilence.self,
            BenchWake.self, BenchUnderstanding.self, BenchCalibration.self, BenchOrders.self, BenchServe.self,
        ])
}
