import Foundation
import RiposteCore
import Testing

@testable import RiposteServer

@Suite struct ServerFiguresTests {
    @Test func countsUpToEachBound() {
        var histogram = Histogram(bounds: [0.1, 1])
        for value in [0.05, 0.1, 0.5, 2, .nan] { histogram.add(value) }
        #expect(
            histogram.lines("x", "stage=\"reply\"") == [
                "x_bucket{stage=\"reply\",le=\"0.1\"} 2", "x_bucket{stage=\"reply\",le=\"1.0\"} 3",
                "x_bucket{stage=\"reply\",le=\"+Inf\"} 4", "x_sum{stage=\"reply\"} 2.65", "x_count{stage=\"reply\"} 4",
            ])
        #expect(histogram.lines("x").last == "x_count 4")
    }

    /// Each line is a comment of a type that was not named before, or a name of such a type with a number.
    @Test func writesWhatPrometheusReads() throws {
        let figures = ServerFigures()
        figures.entered()
        figures.count(status: 200)
        figures.failed(.synthesis)
        var engines = EngineFigures()
        engines.transcribed(soundSeconds: 2, in: 0.5)
        engines.waited(.final, for: 0.02)
        let text = figures.prometheus(engines)
        var types: Set<String> = []
        for line in text.split(separator: "\n") {
            if let type = line.wholeMatch(of: /# TYPE ([a-z_]+) (counter|gauge|histogram)/) {
                #expect(types.insert(String(type.1)).inserted, "\(line)")
            } else {
                let sample = try #require(line.wholeMatch(of: /([a-z_]+)(\{[^}]*\})? ([0-9.e-]+)/), "\(line)")
                let name = sample.1.replacing(/_(bucket|sum|count)$/, with: "")
                #expect(types.contains(String(name)) || types.contains(String(sample.1)), "\(line)")
            }
        }
        #expect(text.contains("riposte_transcription_real_time_factor 0.25\n"))
        #expect(text.contains("riposte_errors_total{stage=\"synthesis\"} 1\n"))
        #expect(text.contains("riposte_engine_wait_seconds_count{work=\"final\"} 1\n"))
    }
}
