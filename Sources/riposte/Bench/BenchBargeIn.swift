import ArgumentParser
import Foundation
import RiposteConversation
import RiposteCore

/// Interruptions in simulated rooms.
struct BenchBargeIn: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "barge-in",
        abstract:
            "Speaks in simulated rooms while people, backchannels and noises are heard, and measures what stops it.",
        discussion: """
            Each trial has a room of its own, with the echo at -20, -10 or 0 dB beside the person. Time counts from \
            when the voice can be heard (the first 10 ms within 20 dB of its loudest) to the last sound of the \
            assistant, the loudspeaker's 20 ms included. The policy's numbers were chosen on the even trials; \
            --half odd has the others.
            """)

    enum Half: String, ExpressibleByArgument { case even, odd, all }

    @OptionGroup var engines: EngineOptions

    @Argument(help: "Folders of WAV files, each one utterance: what people interrupt with.")
    var folders: [String]

    @Option(help: "At most so many recordings of a folder; 0 takes all.")
    var limit = 0

    @Option(help: "Which trials: even, odd, or all.")
    var half = Half.odd

    @Option(help: "Minutes of its own speech with nobody else in the room.")
    var minutes = 10.0

    @Option(help: "Write the figures as JSON to this file.")
    var json: String?

    @Flag(help: "Print a line for each trial.")
    var verbose = false

    func run() async throws {
        let bench = try await BargeInBench(engines, folders: folders, limit: limit)
        var report = BenchReport()
        var people: [BargeInTrial.Result] = []
        for (index, sound) in bench.sounds.people.enumerated() where takes(index) {
            let result = try await bench.trial(index).run(sound)
            people.append(result)
            show(result, sound.name)
        }
        report.addInterruptions(people)
        var others: [(name: String, result: BargeInTrial.Result)] = []
        for (index, sound) in (bench.sounds.others + bench.sounds.others).enumerated() where takes(index) {
            let result = try await bench.trial(10_000 + index).run(sound)
            others.append((sound.name, result))
            show(result, sound.name)
        }
        report.addOthers(others)
        var alone: [BargeInTrial.Result] = []
        var seconds = 0.0
        while seconds < minutes * 60 {
            let trial = bench.trial(20_000 + alone.count, isLong: true)
            let result = try await trial.run(nil)
            alone.append(result)
            seconds += Double(trial.speech.count) / 16_000
            show(result, "its own speech")
        }
        report.addAlone(alone, seconds: seconds)
        try report.publish(to: json)
    }

    private func takes(_ index: Int) -> Bool {
        // By pairs, so that either half has every echo level and kind.
        half == .all || (index / 3 % 2 == 0) == (half == .even)
    }

    private func show(_ result: BargeInTrial.Result, _ name: String) {
        guard verbose else { return }
        func text(_ seconds: Double?) -> String { seconds.map { String(format: "%.3f", $0) } ?? "-" }
        print(
            "  \(name): ducked \(text(result.duckedAfter)) silent \(text(result.silenceAfter)) "
                + "held \(text(result.heldFor)) interrupted \(result.isInterrupted) whole \(result.isWhole) "
                + "ducks \(result.ducks) “\(result.transcript ?? "")”")
    }
}

/// What all trials share.
struct BargeInBench {
    let sounds: BargeInSounds
    private let parts: Session.Parts
    private let configuration: Session.Configuration
    private let speeches: [(text: String, speech: [Float])]

    init(_ engines: EngineOptions, folders: [String], limit: Int) async throws {
        let assembly = Assembly()
        sounds = try await BargeInSounds(folders: folders, assembly: assembly, limit: limit)
        parts = try assembly.parts(engines, source: { throw CancellationError() }, sink: NoSink())
        configuration = try engines.sessionConfiguration()
        try await parts.synthesizer.load()
        var speeches: [(text: String, speech: [Float])] = []
        for text in Self.texts {
            speeches.append((text, try await BargeInSounds.speak(text, parts.synthesizer, configuration.speech)))
        }
        self.speeches = speeches
    }

    func trial(_ index: Int, isLong: Bool = false) -> BargeInTrial {
        let (text, speech) = speeches[index % speeches.count]
        let times = isLong ? 3 : 1
        return BargeInTrial(
            parts: parts, configuration: configuration,
            text: Array(repeating: text, count: times).joined(separator: " "),
            speech: Array(repeating: speech, count: times).flatMap { $0 }, echo: [-20, -10, 0][index % 3], seed: index)
    }

    private static let texts = [
        """
        Today it will be cloudy in the morning, with some rain until about eleven. In the afternoon the sun comes out, \
        and it gets as warm as eighteen degrees. Tonight it stays dry, and tomorrow looks much the same, but with a \
        little more wind from the west. You will want an umbrella if you leave before noon.
        """,
        """
        For this recipe you need two eggs, a cup of flour, and half a cup of milk. Mix the flour and the milk first, \
        then add the eggs, one after the other. Let the batter rest for ten minutes while the pan gets hot. Bake each \
        pancake until its edge is brown, turn it over, and give it one more minute.
        """,
        """
        You have four appointments today. The first one is at nine, with the dentist. At half past ten there is a \
        meeting about the new kitchen, which may take an hour. Lunch is with Maria at the harbour. And at five you \
        promised to pick up the bicycle, because the shop closes at six and stays closed until Monday.
        """,
        """
        The museum was built in eighteen ninety, on the ground of an old brewery. It shows paintings from three \
        centuries, and a collection of clocks that is the largest in the country. The entrance is free on Sundays. From \
        the tower you can see the whole town, the river, and on clear days the mountains behind it.
        """,
    ]
}

/// Takes the place of a loudspeaker until there is one.
private struct NoSink: AudioSink {
    func play(
        _ speech: AsyncThrowingStream<AudioFrame, any Error>, onStart: @escaping @Sendable (Double) -> Void
    ) async throws -> Int { 0 }
}

extension BenchReport {
    fileprivate mutating func addInterruptions(_ results: [BargeInTrial.Result]) {
        let name = "interruptions"
        add(name, "voice to softer", "ms", results.compactMap { $0.duckedAfter.map { $0 * 1000 } })
        add(name, "voice to silence", "ms", results.compactMap { $0.silenceAfter.map { $0 * 1000 } })
        add(name, share: "silent within 250 ms", results.count { $0.silenceAfter ?? 1 <= 0.25 }, of: results.count)
        add(name, share: "stopped for good", results.count(where: \.isInterrupted), of: results.count)
        add(
            name, share: "softer or silent before the voice", results.count { $0.stops > 1 && $0.heldFor != nil },
            of: results.count)
    }

    fileprivate mutating func addOthers(_ results: [(name: String, result: BargeInTrial.Result)]) {
        for (name, kinds) in [("backchannels", false), ("coughs and doors", true)] {
            let some = results.filter { ($0.name.hasPrefix("cough") || $0.name.hasPrefix("door")) == kinds }.map(
                \.result)
            add(name, share: "stopped it for good", some.count(where: \.isInterrupted), of: some.count)
            add(name, share: "made it softer", some.count { $0.ducks > 0 }, of: some.count)
            add(name, share: "held it", some.count { $0.silenceAfter != nil && !$0.isInterrupted }, of: some.count)
            add(name, share: "after which it said all of it", some.count(where: \.isWhole), of: some.count)
            add(name, "held for", "ms", some.compactMap { $0.isInterrupted ? nil : $0.heldFor.map { $0 * 1000 } })
        }
    }

    fileprivate mutating func addAlone(_ results: [BargeInTrial.Result], seconds: Double) {
        let name = String(format: "%.1f minutes of its own speech", seconds / 60)
        add(name, share: "stretches with an interruption", results.count(where: \.isInterrupted), of: results.count)
        add(name, "times softer", "", results.map { Double($0.ducks) })
        add(name, "times held", "", results.map { Double($0.stops) })
    }
}
