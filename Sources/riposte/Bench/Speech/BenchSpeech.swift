import ArgumentParser
import Foundation
import RiposteCore
import RiposteSpeaking

/// How soon a voice sounds, how much it costs, and how well it is understood.
struct BenchSpeech: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "tts",
        abstract:
            "Measures the voices: time to the first sound and to the last, level, streaming, and what is understood.",
        discussion: """
            Without options: sentences one by one, and answers that arrive word by word as from a language model. With \
            --read-back FILE instead: every line of the file is spoken, and a recogniser writes down what it hears.
            """)

    @Option(help: "The voices to compare.")
    var voice: [String] = ["heart", "joe"]

    @Option(help: "How often each sentence is spoken.")
    var runs = 7

    @Option(help: "How fast they speak, in words a minute (80 to 450).")
    var rate = 175.0

    @Option(help: ArgumentHelp("Have the lines of this text read out and transcribed.", valueName: "file"))
    var readBack: String?

    @Option(help: "The recogniser that writes down what it hears.")
    var model = "base"

    @Flag(help: "Print the sentences that were not understood.")
    var showWrong = false

    @Option(help: "Write the figures as JSON to this file.")
    var json: String?

    func validate() throws {
        guard (80...450).contains(rate) else { throw ValidationError("--rate takes 80 to 450 words a minute.") }
        guard runs > 0 else { throw ValidationError("--runs is at least 1.") }
    }

    func run() async throws {
        var report = BenchReport()
        let voices = VoiceCatalogue(store: ModelsCommand.store)
        for voice in voice {
            let synthesizer = try voices.synthesizer(for: voice)
            try await synthesizer.load()
            let options = SpeechOptions(rate: rate)
            if let readBack {
                let measurement = try ReadBack(file: readBack, model: model, showsWrong: showWrong)
                try await measurement.measure(voice, synthesizer, options, &report)
            } else {
                try await SpeechLatency(runs: runs).measure(voice, synthesizer, options, &report)
                try await StreamedAnswers(runs: max(1, runs / 4)).measure(voice, synthesizer, options, &report)
            }
        }
        try report.publish(to: json)
    }
}
