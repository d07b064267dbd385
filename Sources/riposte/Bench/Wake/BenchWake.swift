import ArgumentParser
import Foundation
import RiposteAudio
import RiposteCore
import RiposteListening

/// How well wake words are heard.
struct BenchWake: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "wake",
        abstract: "Measures wake words: misses against false alarms, delay, processor time.",
        discussion: """
            FOLDER has a folder of recordings for each word, named after it. Each engine that knows a word hears all of \
            them, clean and in noise, and all other speech there is; every threshold is judged by one hearing.
            """)

    enum Engine: String, ExpressibleByArgument, CaseIterable {
        case porcupine, openwakeword, phrase
        case phraseDefault = "phrase-default"
        case verified
    }

    @Argument(help: "A folder with a folder of WAV files for each word.")
    var folder: String

    @Option(parsing: .upToNextOption, help: "Only these words.")
    var words: [String] = []

    @Option(parsing: .upToNextOption, help: "The engines: porcupine, openwakeword, phrase, phrase-default, verified.")
    var engines = Engine.allCases

    @Option(parsing: .upToNextOption, help: "Other speech: WAV files, or folders of them.")
    var other: [String] = []

    @Option(help: "A file of sentences, a line each, to be spoken by all English voices there are as other speech.")
    var texts: String?

    @Option(help: "Minutes of that at most.")
    var minutes = 60.0

    @Option(help: "A WAV file of noise to mix in.")
    var noise: String?

    @Option(help: "How far the speech is above the noise, in decibels.")
    var snr = 10.0

    @Option(help: "Recordings of each word at most; 0 takes all.")
    var limit = 0

    @Option(help: "Write the figures as JSON to this file.")
    var json: String?

    @Option(help: "Write the curves as a picture (SVG) to this file.")
    var svg: String?

    @Option(help: "Write every moment an engine took note of to this file, a line of JSON for each word and engine.")
    var moments: String?

    @Option(
        help: """
            What --moments wrote of an earlier measurement with the same --texts: of those, hear only where an engine had a \
            score of 0.2 (the recogniser) or 0.005 (behind Porcupine), as anything else would be no alarm.
            """)
    var again: String?

    func run() async throws {
        let sounds = try WakeSounds(folder: folder, only: words, others: other, limit: limit)
        if svg != nil, sounds.others.isEmpty, texts == nil {
            throw RiposteError(
                .badInput, .configuration, "A picture (--svg) needs other speech: name some with --other or --texts.")
        }
        let mixer = try noise.map(NoiseMixer.init)
        let assembly = WakeAssembly()
        let engines = try engines.map { try assembly.trial($0, words: sounds.words.map(\.word)) }
        var tallies: [WakeTally] = []
        for engine in engines {
            for (word, recordings) in sounds.words where engine.knows(word) {
                var tally = WakeTally(engine: engine.name, word: word)
                try await hear(recordings, mixer, engine, &tally)
                tallies.append(tally)
            }
        }
        try await hearOthers(sounds, engines, &tallies)
        tallies += WakeTally.together(tallies)
        if let moments { try write(tallies, to: moments) }
        let curves = engines.map { Curve(name: $0.name, thresholds: $0.thresholds, label: $0.label) } + [Self.together]
        let report = report(tallies, curves)
        try report.publish(to: json)
        if let svg { try picture(tallies, curves).write(toFile: svg, atomically: true, encoding: .utf8) }
    }

    /// What is reported of an engine.
    private struct Curve {
        var name: String
        var thresholds: [Double]
        var label: (Double) -> String
    }

    /// Porcupine with the recogniser, as `--verify` has it; the thresholds are those of the recogniser alone.
    private static var together: Curve {
        Curve(name: WakeTally.togetherName, thresholds: [0.1, 0.3, 0.5, 0.67, 0.8, 0.87, 0.9, 0.95, 0.98]) {
            String(format: "threshold %.2f", $0)
        }
    }

    private var conditions: [String] { noise == nil ? ["clean"] : ["clean", condition] }
    private var condition: String { "\(Int(snr)) dB" }

    private func hear(
        _ recordings: [WakeSounds.Sound], _ mixer: NoiseMixer?, _ engine: any WakeTrialEngine, _ tally: inout WakeTally
    ) async throws {
        for recording in recordings {
            let end = SpeechEnd().position(in: recording.samples[...]) ?? recording.samples.count
            var versions = ["clean": recording.samples]
            versions[condition] = mixer?.mixed(recording.samples, name: recording.name, decibels: snr)
            for (condition, samples) in versions {
                let moments = try await engine.moments(of: tally.word, in: samples)
                tally.trials[condition, default: []].append(.init(file: recording.name, end: end, moments: moments))
            }
        }
    }

    private func hearOthers(
        _ sounds: WakeSounds, _ engines: [any WakeTrialEngine], _ tallies: inout [WakeTally]
    ) async throws {
        for file in sounds.others {
            let sound = WakeSounds.Sound(name: file.path, samples: try WaveFile(reading: file).samples)
            try await hear(sound, engines, &tallies)
        }
        guard let texts else { return }
        var speech = try await SpokenTexts(file: texts, without: sounds.words.map(\.word))
        let earlier = try again.map(Self.earlier)
        let wanted = earlier.map { Set($0.flatMap(\.suspicious)) }
        var seconds = 0.0
        var told = 0
        while seconds < minutes * 60, let sound = try await speech.next(only: wanted) {
            seconds += Double(sound.samples.count) / 16_000
            try await hear(sound, engines, &tallies)
            if Int(seconds / 60) > told {
                told = Int(seconds / 60)
                FileHandle.standardError.write(Data("other speech: \(told) of \(Int(minutes)) minutes\n".utf8))
            }
        }
        guard let earlier else { return }
        for index in tallies.indices {
            let same = earlier.first { $0.engine == tallies[index].engine && $0.word == tallies[index].word }
            (tallies[index].otherSeconds, tallies[index].otherSounds) = (
                same?.otherSeconds ?? 0, same?.otherSounds ?? 0
            )
        }
    }

    private static func earlier(_ path: String) throws -> [WakeTally] {
        let lines = try String(contentsOf: URL(fileURLWithPath: path), encoding: .utf8).split(separator: "\n")
        return try lines.map { try JSONDecoder().decode(WakeTally.self, from: Data($0.utf8)) }
    }

    private func hear(
        _ sound: WakeSounds.Sound, _ engines: [any WakeTrialEngine], _ tallies: inout [WakeTally]
    ) async throws {
        for index in tallies.indices {
            guard let engine = engines.first(where: { $0.name == tallies[index].engine }) else { continue }
            let moments = try await engine.moments(of: tallies[index].word, in: sound.samples)
            if !moments.isEmpty { tallies[index].others[sound.name] = moments }
            tallies[index].otherSounds += 1
            tallies[index].otherSeconds += Double(sound.samples.count) / 16_000
        }
    }

    private func report(_ tallies: [WakeTally], _ curves: [Curve]) -> BenchReport {
        var report = BenchReport()
        for engine in curves {
            let own = tallies.filter { $0.engine == engine.name }
            for threshold in engine.thresholds {
                for tally in own {
                    let name = "\(engine.name), \(engine.label(threshold)), \(tally.word)"
                    for condition in conditions {
                        report.add(
                            name, share: "missed, \(condition)", tally.missed(at: threshold, condition),
                            of: tally.count(condition))
                    }
                    report.add(
                        name, figure: "false alarms in \(String(format: "%.2f", tally.otherSeconds / 3_600)) hours",
                        "", Double(tally.falseAlarms(at: threshold)), n: tally.otherSounds)
                    report.add(name, "delay, clean", "ms", tally.delays(at: threshold, "clean"))
                }
            }
        }
        return report
    }

    private func picture(_ tallies: [WakeTally], _ curves: [Curve]) -> String {
        var lines: [WakeCurve.Line] = []
        var hours = 0.0
        for engine in curves {
            let own = tallies.filter { $0.engine == engine.name }
            hours = max(hours, own.map { $0.otherSeconds / 3_600 }.max() ?? 0)
            for condition in conditions where !own.isEmpty {
                let points = engine.thresholds.map { threshold in
                    let trials = own.reduce(0) { $0 + $1.count(condition) }
                    let missed = own.reduce(0) { $0 + $1.missed(at: threshold, condition) }
                    let alarms = own.reduce(0) { $0 + $1.falseAlarms(at: threshold) }
                    let heard = own.reduce(0) { $0 + $1.otherSeconds } / 3_600
                    return WakeCurve.Point(
                        label: engine.label(threshold), falseAlarms: heard > 0 ? Double(alarms) / heard : 0,
                        missed: trials > 0 ? Double(missed) / Double(trials) : 0)
                }
                lines.append(.init(name: "\(engine.name), \(condition)", points: points))
            }
        }
        let words = Set(tallies.map(\.word)).sorted().joined(separator: ", ")
        return WakeCurve(title: "Wake words missed: \(words)", hours: hours, lines: lines).svg()
    }

    private func write(_ tallies: [WakeTally], to path: String) throws {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        let lines = try tallies.map { String(decoding: try encoder.encode($0), as: UTF8.self) }
        try (lines.joined(separator: "\n") + "\n").write(toFile: path, atomically: true, encoding: .utf8)
    }
}
