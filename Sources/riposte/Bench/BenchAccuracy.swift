import ArgumentParser
import Foundation
import RiposteAudio
import RiposteCore
import RiposteDialog
import RiposteListening

/// What `bench stt` compares transcripts with.
enum AccuracyReference: String, ExpressibleByArgument, CaseIterable {
    /// Whisper's window of 30 s, in the same precision.
    case full
}

/// How `bench stt` measures what is understood, besides how long it takes.
struct AccuracyOptions: ParsableArguments {
    @Flag(help: "Count the commands understood: those with every slot of the folder's labels.json right.")
    var labels = false

    @Option(help: "A WAV file of noise that is mixed into the recordings.")
    var noise: String?

    @Option(help: "How far speech is above the noise, in decibels; several are measured in turn, beside clean sound.")
    var snr: [Double] = []

    @Option(help: "Also compare with this: full (the window of 30 s). Gives the word error rate.")
    var against: AccuracyReference?

    @Option(help: "Write what confidence is made of, a line of JSON for each transcript, to this file.")
    var evidence: String?

    @Flag(help: "Print the transcripts of the commands that were not understood.")
    var showWrong = false

    var isWanted: Bool { labels || against != nil }

    func validate() throws {
        guard snr.isEmpty || noise != nil else { throw ValidationError("--snr needs --noise.") }
        guard noise == nil || !snr.isEmpty else { throw ValidationError("--noise needs --snr.") }
        guard snr.allSatisfy({ (-20...60).contains($0) }) else { throw ValidationError("--snr takes -20 to 60 dB.") }
    }
}

/// Measures what a recogniser understands of recordings.
struct AccuracyMeasurement {
    /// How one recording was understood.
    struct Outcome {
        var file: String
        var transcript: Transcript
        /// Nil without a label.
        var isRight: Bool?
    }

    struct Recording {
        var file: String
        var samples: [Float]
    }

    let labels: LabelledCommands?
    let mixer: NoiseMixer?
    let options: AccuracyOptions
    let request: TranscriptionRequest
    private let evidence: FileHandle?

    init(folder: String, _ options: AccuracyOptions, _ request: TranscriptionRequest) throws {
        self.options = options
        self.request = request
        labels = options.labels ? try LabelledCommands(folder: URL(fileURLWithPath: folder)) : nil
        evidence = try options.evidence.map { path in
            guard FileManager.default.createFile(atPath: path, contents: nil) else {
                throw RiposteError(.storage, .configuration, "\(path) cannot be written.")
            }
            return try FileHandle(forWritingTo: URL(fileURLWithPath: path))
        }
        mixer = try options.noise.map { try NoiseMixer(file: $0) }
    }

    /// Adds the figures of a recogniser, in clean sound and in each noise.
    func measure(
        _ name: String, _ transcriber: any Transcriber, reference: (any Transcriber)?, _ recordings: [Recording],
        into report: inout BenchReport
    ) async throws {
        let kept = recordings.filter { labels == nil || labels?.labels[$0.file] != nil }
        guard !kept.isEmpty else {
            throw RiposteError(.badInput, .configuration, "None of the recordings has a label.")
        }
        for decibels in [nil] + options.snr.map(Optional.some) {
            let condition = decibels.map { "\($0.formatted()) dB" } ?? "clean"
            var outcomes: [Outcome] = []
            var times: [Double] = []
            var errors = WordErrors()
            for recording in kept {
                let samples =
                    decibels.flatMap { mixer?.mixed(recording.samples, name: recording.file, decibels: $0) }
                    ?? recording.samples
                let start = ContinuousClock.now
                let transcript = try await transcriber.transcribe(samples, request)
                times.append((ContinuousClock.now - start) / .milliseconds(1))
                let isRight = labels.flatMap { $0.isRight(transcript.text, file: recording.file) }
                outcomes.append(Outcome(file: recording.file, transcript: transcript, isRight: isRight))
                if let reference {
                    let other = try await reference.transcribe(samples, request)
                    errors.add(
                        SpokenForm.words(of: transcript.text), reference: SpokenForm.words(of: other.text))
                }
            }
            report.add("\(name), \(condition)", "final transcript", "ms", times)
            try write(outcomes, name: name, condition: condition)
            if labels != nil {
                report.add(
                    "\(name), \(condition)", share: "commands right", outcomes.count { $0.isRight == true },
                    of: outcomes.count)
                Reliability(outcomes.map { ($0.transcript.confidence, $0.isRight == true) })
                    .fill(&report, "\(name), \(condition)")
                if options.showWrong { show(outcomes, condition) }
            }
            if reference != nil {
                report.add(
                    "\(name), \(condition)", share: "words unlike the full window's", errors.errors, of: errors.words)
            }
        }
    }

    /// A transcript's evidence as a program reads it.
    private struct EvidenceLine: Encodable {
        var model: String
        var condition: String
        var file: String
        var isRight: Bool?
        var confidence: Double
        var evidence: [String: Double]
        var text: String
    }

    private func write(_ outcomes: [Outcome], name: String, condition: String) throws {
        guard let evidence else { return }
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys]
        for outcome in outcomes {
            let line = EvidenceLine(
                model: name, condition: condition, file: outcome.file, isRight: outcome.isRight,
                confidence: outcome.transcript.confidence, evidence: outcome.transcript.evidence ?? [:],
                text: outcome.transcript.text)
            try evidence.write(contentsOf: encoder.encode(line) + Data("\n".utf8))
        }
    }

    private func show(_ outcomes: [Outcome], _ condition: String) {
        for outcome in outcomes where outcome.isRight == false {
            let slots = labels?.labels[outcome.file]?.slots.sorted { $0.key < $1.key }
                .map { $0.value.trimmingCharacters(in: .whitespaces) }
            print(
                "  \(condition)  \(outcome.file)  [\(slots?.joined(separator: ", ") ?? "")]  \(outcome.transcript.text)"
            )
        }
    }
}
