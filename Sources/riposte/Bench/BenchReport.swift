import Foundation
import RiposteAudio
import RiposteCore
import RiposteInference

/// What a benchmark prints and writes: figures with their spread, and what they were measured on.
struct BenchReport: Encodable {
    struct Row: Encodable {
        var name: String
        var metric: String
        var unit: String
        var median: Double
        var p95: Double
        /// How many values the figures are of.
        var n: Int
    }

    struct Machine: Encodable {
        var processors = ProcessInfo.processInfo.activeProcessorCount
        var memoryGB = Int(ProcessInfo.processInfo.physicalMemory >> 30)
        var model = BenchReport.processorName
    }

    var machine = Machine()
    var versions: [String: String] = ["onnxruntime": (try? OnnxRuntime.shared().version) ?? "?"]
    var rows: [Row] = []

    mutating func add(_ name: String, _ metric: String, _ unit: String, _ values: [Double]) {
        guard !values.isEmpty else { return }
        let sorted = values.sorted()
        let p95 = sorted[min(sorted.count - 1, Int((0.95 * Double(sorted.count)).rounded(.up)) - 1)]
        rows.append(
            Row(
                name: name, metric: metric, unit: unit, median: sorted[(sorted.count - 1) / 2], p95: p95,
                n: sorted.count))
    }

    /// A figure that is a share of `n` cases, in per cent.
    mutating func add(_ name: String, share metric: String, _ count: Int, of n: Int) {
        guard n > 0 else { return }
        let share = 100 * Double(count) / Double(n)
        rows.append(Row(name: name, metric: metric, unit: "%", median: share, p95: share, n: n))
    }

    /// A single figure.
    mutating func add(_ name: String, figure metric: String, _ unit: String, _ value: Double, n: Int) {
        rows.append(Row(name: name, metric: metric, unit: unit, median: value, p95: value, n: n))
    }

    /// Prints the table, and writes JSON where a path is given.
    func publish(to path: String?) throws {
        for row in rows {
            let figures =
                row.median == row.p95
                ? String(format: "%.1f %@", row.median, row.unit)
                : String(format: "median %.1f  p95 %.1f %@", row.median, row.p95, row.unit)
            print("  \(row.name)  \(row.metric): \(figures)  (n = \(row.n))")
        }
        guard let path else { return }
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
        try encoder.encode(self).write(to: URL(fileURLWithPath: path), options: .atomic)
    }

    private static var processorName: String {
        let info = (try? String(contentsOfFile: "/proc/cpuinfo", encoding: .utf8)) ?? ""
        let line = info.split(separator: "\n").first { $0.hasPrefix("model name") }
        return line?.split(separator: ":").last?.trimmingCharacters(in: .whitespaces) ?? "?"
    }
}

/// The recordings a benchmark runs over.
struct BenchRecordings {
    let files: [URL]
    /// The true end of speech in each, in seconds, where the folder's `speech-ends.json` has it.
    let ends: [String: Double]
    /// The true start of speech in each, in seconds, from the same file.
    let starts: [String: Double]

    init(folder: String, limit: Int) throws {
        let url = URL(fileURLWithPath: folder)
        guard let all = try? FileManager.default.contentsOfDirectory(at: url, includingPropertiesForKeys: nil) else {
            throw RiposteError(.badInput, .configuration, "There is no folder \(folder), or it cannot be read.")
        }
        files = Array(
            all.filter { $0.pathExtension == "wav" }.sorted { $0.path < $1.path }.prefix(limit > 0 ? limit : .max))
        let known = try? Ends(url.appendingPathComponent("speech-ends.json"))
        ends = known?.seconds ?? [:]
        starts = known?.files.compactMapValues(\.speechStartSeconds) ?? [:]
    }

    /// A recording with its true start and end of speech; all of it where they are not known.
    func spoken(_ file: URL, _ wave: WaveFile) -> StreamingMeasurement.Recording {
        .init(
            samples: wave.samples, start: starts[file.lastPathComponent] ?? 0,
            end: ends[file.lastPathComponent] ?? wave.duration)
    }

    private struct Ends: Decodable {
        struct File: Decodable {
            var speechStartSeconds: Double?
            var speechEndSeconds: Double
            var suspect: Bool
            var effectiveEndSeconds: Double?
        }

        var files: [String: File]

        init(_ url: URL) throws { self = try JSONDecoder().decode(Ends.self, from: Data(contentsOf: url)) }

        /// A file whose end by the rule is a late noise is counted by its effective end.
        var seconds: [String: Double] { files.mapValues { $0.effectiveEndSeconds ?? $0.speechEndSeconds } }
    }
}
