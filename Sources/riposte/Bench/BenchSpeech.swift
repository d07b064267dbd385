import ArgumentParser
import RiposteCore

/// How soon a voice sounds.
struct BenchSpeech: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "tts", abstract: "Measures the voices: time to the first sound and to the last.")

    @Option(help: "The voices to compare.")
    var voice: [String] = ["heart", "joe"]

    @Option(help: "How often each sentence is spoken.")
    var runs = 7

    @Option(help: "Write the figures as JSON to this file.")
    var json: String?

    private static let sentences = [
        "One moment.",
        "Your timer is set for ten minutes.",
        "The kitchen lights are on, the front door is locked, and it will be about twenty degrees this afternoon.",
    ]

    func run() async throws {
        var report = BenchReport()
        for voice in voice {
            let synthesizer = try Assembly().synthesizer(voice)
            try await synthesizer.load()
            for sentence in Self.sentences {
                var first: [Double] = []
                var whole: [Double] = []
                var seconds = 0.0
                for run in 0...runs {
                    let start = ContinuousClock.now
                    var samples = 0
                    var sounded: Double?
                    for try await frame in synthesizer.speak(sentence, options: SpeechOptions(voice: voice)) {
                        sounded = sounded ?? (ContinuousClock.now - start) / .milliseconds(1)
                        samples += frame.audio.samples.count
                    }
                    // The first run warms caches.
                    guard run > 0, let sounded else { continue }
                    first.append(sounded)
                    whole.append((ContinuousClock.now - start) / .milliseconds(1))
                    seconds = Double(samples) / Double(synthesizer.sampleRate)
                }
                let length = (seconds * 10).rounded() / 10
                report.add(voice, "first sound of \(length) s", "ms", first)
                report.add(voice, "all of \(length) s", "ms", whole)
            }
        }
        try report.publish(to: json)
    }
}
