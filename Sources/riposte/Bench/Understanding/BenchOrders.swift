import ArgumentParser
import Foundation
import RiposteAudio
import RiposteCore
import RiposteDialog

/// Spoken orders, from sound to the intent and every slot.
struct BenchOrders: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "orders",
        abstract: "Measures spoken commands from sound to slots: right is the intent with every slot and no other.")

    /// A transcript that was made before, as `bench stt --evidence` writes it.
    private struct Line: Decodable {
        var condition: String
        var file: String
        var text: String
        var confidence: Double?
    }

    @Argument(help: "A folder of WAV files with labels.json: an intent and slots for each file.")
    var folder: String

    @Option(help: "The recogniser.")
    var model = "base"

    @Option(help: "A WAV file of noise that is mixed into the recordings.")
    var noise: String?

    @Option(help: "How far speech is above the noise, in decibels; several are measured in turn, beside clean sound.")
    var snr: [Double] = []

    @Option(help: "At most so many recordings; 0 takes all.")
    var limit = 0

    @Option(help: "Only every second recording, beginning with the first (1) or the second (2); 0 takes all.")
    var half = 0

    @Option(help: "Take the transcripts from this file, written by bench stt --evidence, and recognise nothing.")
    var transcripts: String?

    @Flag(help: "Print the transcripts of the commands that were not understood.")
    var showWrong = false

    @Flag(help: "Also count what asking back costs, by the confidence below which it is done.")
    var askBack = false

    @Option(help: "Write the figures as JSON to this file.")
    var json: String?

    @OptionGroup var phrases: PhraseOptions

    func validate() throws {
        guard snr.isEmpty == (noise == nil) else { throw ValidationError("--snr and --noise go together.") }
        guard snr.allSatisfy({ (-20...60).contains($0) }) else { throw ValidationError("--snr takes -20 to 60 dB.") }
        guard (0...2).contains(half) else { throw ValidationError("--half takes 0, 1 or 2.") }
    }

    func run() async throws {
        let labels = try LabelledCommands(folder: URL(fileURLWithPath: folder))
        let files = try BenchRecordings(folder: folder, limit: limit).files
            .filter { labels.labels[$0.lastPathComponent] != nil }
            .enumerated().filter { half == 0 || $0.offset % 2 == half - 1 }.map(\.element)
        guard !files.isEmpty else {
            throw RiposteError(.badInput, .configuration, "None of the recordings in \(folder) has a label.")
        }
        let understanding = ProjectUnderstanding(
            CoffeeGrammar.trainingData, embedder: try Assembly().embedder(), cache: Assembly().understandingCache)
        try await understanding.load()
        var report = BenchReport()
        var orders: [AskBackThreshold.Order] = []
        if let transcripts {
            let lines = try Self.lines(transcripts)
            let names = Set(files.map(\.lastPathComponent))
            for condition in lines.map(\.condition).reduce(into: [String](), { if !$0.contains($1) { $0.append($1) } })
            {
                let heard = lines.filter { $0.condition == condition && names.contains($0.file) }
                    .map { ($0.file, Transcript(text: $0.text, confidence: $0.confidence ?? 1)) }
                orders += try await measure(condition, heard, labels, understanding, &report)
            }
        } else {
            try await recognise(files) { condition, heard in
                orders += try await measure("\(model), \(condition)", heard, labels, understanding, &report)
            }
        }
        if askBack {
            AskBackThreshold(orders: orders).fill(&report, present: DialogResponder.Configuration().unsure)
        }
        try report.publish(to: json)
    }

    private static func lines(_ path: String) throws -> [Line] {
        do {
            return try String(contentsOfFile: path, encoding: .utf8).split(separator: "\n")
                .map { try JSONDecoder().decode(Line.self, from: Data($0.utf8)) }
        } catch {
            throw RiposteError(.badInput, .configuration, "\(path) has no transcripts.", underlying: error)
        }
    }

    /// Recognises the files, clean and in each noise.
    private func recognise(
        _ files: [URL], done: (String, [(String, Transcript)]) async throws -> Void
    ) async throws {
        var request = TranscriptionRequest()
        request.phrases = CoffeeGrammar.lookups.sorted { $0.key < $1.key }.flatMap(\.value)
        request.boost = phrases.boost
        try phrases.apply(to: &request)
        let transcriber = try Assembly().transcriber(model)
        try await transcriber.load()
        let mixer = try noise.map { try NoiseMixer(file: $0) }
        for decibels in [nil] + snr.map(Optional.some) {
            var heard: [(String, Transcript)] = []
            for file in files {
                let clean = try WaveFile(reading: file).samples
                let samples =
                    decibels.flatMap { mixer?.mixed(clean, name: file.lastPathComponent, decibels: $0) } ?? clean
                heard.append((file.lastPathComponent, try await transcriber.transcribe(samples, request)))
            }
            try await done(decibels.map { "\($0.formatted()) dB" } ?? "clean", heard)
        }
    }

    private func measure(
        _ name: String, _ heard: [(file: String, transcript: Transcript)], _ labels: LabelledCommands,
        _ understanding: ProjectUnderstanding, _ report: inout BenchReport
    ) async throws -> [AskBackThreshold.Order] {
        var (right, rightIntents) = (0, 0)
        var orders: [AskBackThreshold.Order] = []
        var times: [Double] = []
        for (file, transcript) in heard {
            guard let label = labels.labels[file] else { continue }
            let start = ContinuousClock.now
            let message = try await understanding.parse(transcript, expecting: [])
            times.append((ContinuousClock.now - start) / .milliseconds(1))
            let slots = OrderSlots(message)
            let isIntent = message.intent?.name == label.intent
            if isIntent { rightIntents += 1 }
            orders.append(
                .init(confidence: transcript.confidence, isRight: isIntent && slots == OrderSlots(label)))
            if isIntent, slots == OrderSlots(label) {
                right += 1
            } else if showWrong {
                print("  \(name)  \(file)  \(transcript.text)")
                print("      meant \(OrderSlots(label)); understood \(message.intent?.name ?? "nothing"), \(slots)")
            }
        }
        report.add(name, share: "intent and every slot right", right, of: heard.count)
        report.add(name, share: "intent right", rightIntents, of: heard.count)
        report.add(name, "understood", "ms", times)
        return orders
    }
}

/// The slots of a command in the words they are said in.
struct OrderSlots: Equatable, CustomStringConvertible {
    var values: [String: String]

    init(_ label: LabelledCommands.Label) {
        values = label.slots.mapValues { SpokenForm.words(of: $0).joined(separator: " ") }
    }

    /// Of a slot that is named twice, the surer value; of two as sure, the later one.
    init(_ message: ParsedMessage) {
        var best: [String: ParsedEntity] = [:]
        for entity in message.entities where entity.extractor != BuiltInEntity.extractor {
            if let known = best[entity.entity], (known.confidence ?? 1) > (entity.confidence ?? 1) { continue }
            best[entity.entity] = entity
        }
        values = best.mapValues { SpokenForm.words(of: $0.value).joined(separator: " ") }
    }

    var description: String {
        values.sorted { $0.key < $1.key }.map { "\($0.key)=\($0.value)" }.joined(separator: ", ")
    }
}
