import ArgumentParser
import Foundation
import RiposteCore
import RiposteListening

/// What was understood of a file.
struct FileTranscript {
    var file: String
    var segments: [RecordingTranscriber<SileroScorer>.Segment]
    var language: String?
    var durationSeconds: Double
    var elapsedSeconds: Double

    var text: String { segments.map(\.transcript.text).joined(separator: " ") }

    /// The segments' confidences, each weighted by its length.
    var confidence: Double {
        let weight = segments.reduce(0) { $0 + Double($1.transcript.text.count) }
        guard weight > 0 else { return 0 }
        return segments.reduce(0) { $0 + Double($1.transcript.text.count) * $1.transcript.confidence } / weight
    }
}

/// How a transcript is written.
enum TranscriptFormat: String, CaseIterable, ExpressibleByArgument {
    case text, json, srt, vtt

    /// Whether the words' times are written.
    var needsWords: Bool { self == .json }

    /// The transcript, ending with a line break.
    func text(of result: FileTranscript) throws -> String {
        switch self {
        case .text: result.text + "\n"
        case .json: try json(result) + "\n"
        case .srt: subtitles(result).srt
        case .vtt: subtitles(result).vtt
        }
    }

    /// The line that programs read. Its keys are fixed; more may be added.
    private struct Line: Encodable {
        var file: String
        var language: String?
        /// Where it was found out.
        var languageProbability: Double?
        var confidence: Double
        var durationSeconds: Double
        var elapsedSeconds: Double
    }

    private struct Segment: Encodable {
        struct Word: Encodable {
            var word: String
            var start: Double
            var end: Double
            var confidence: Double
        }

        var start: Double
        var end: Double
        var text: String
        var words: [Word]
    }

    /// A segment at a time, because an encoder keeps a tree of all it is given until it is done.
    private func json(_ result: FileTranscript) throws -> String {
        let line = Line(
            file: result.file, language: result.language ?? result.segments.first?.transcript.language,
            languageProbability: result.segments.lazy.compactMap(\.transcript.languageProbability).first
                .map(Self.rounded),
            confidence: Self.rounded(result.confidence), durationSeconds: Self.rounded(result.durationSeconds),
            elapsedSeconds: Self.rounded(result.elapsedSeconds))
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        func encoded(_ value: some Encodable) throws -> String {
            String(decoding: try encoder.encode(value), as: UTF8.self)
        }
        var text = try encoded(line).dropLast() + ",\"segments\":["
        for (index, segment) in result.segments.enumerated() {
            if index > 0 { text += "," }
            text += try encoded(Self.form(of: segment))
        }
        text += "],\"text\":" + (try encoded(result.text)) + "}"
        return String(text)
    }

    private static func form(of segment: RecordingTranscriber<SileroScorer>.Segment) -> Segment {
        Segment(
            start: rounded(segment.start), end: rounded(segment.end), text: segment.transcript.text,
            words: segment.transcript.words.map {
                Segment.Word(
                    word: $0.text, start: rounded($0.start), end: rounded($0.end), confidence: rounded($0.confidence))
            })
    }

    private static func rounded(_ value: Double) -> Double { (value * 1000).rounded() / 1000 }

    private func subtitles(_ result: FileTranscript) -> Subtitles {
        Subtitles(result.segments.map { .init(start: $0.start, end: $0.end, text: $0.transcript.text) })
    }
}
