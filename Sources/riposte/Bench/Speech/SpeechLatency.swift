import Foundation
import RiposteCore

/// The time to a voice's first sound and to its last, what it costs, and how loud it is.
struct SpeechLatency {
    let runs: Int

    private static let sentences = [
        "One moment.",
        "Your timer is set for ten minutes.",
        "The kitchen lights are on, the front door is locked, and it will be about twenty degrees this afternoon.",
    ]

    func measure(
        _ voice: String, _ synthesizer: any Synthesizer, _ options: SpeechOptions, _ report: inout BenchReport
    ) async throws {
        var share: [Double] = []
        var level: [Float] = []
        for sentence in Self.sentences {
            var first: [Double] = []
            var whole: [Double] = []
            var seconds = 0.0
            // The first run warms caches.
            for run in 0...runs {
                let take = try await Take(sentence, synthesizer, options)
                guard run > 0, let sounded = take.firstSound else { continue }
                first.append(sounded)
                whole.append(take.whole)
                seconds = take.seconds
                level += take.samples
            }
            let length = (seconds * 10).rounded() / 10
            report.add(voice, "first sound of \(length) s", "ms", first)
            report.add(voice, "all of \(length) s", "ms", whole)
        }
        for _ in 0..<runs {
            let take = try await Take(Self.sentences.joined(separator: " "), synthesizer, options)
            share.append(take.processor / take.seconds * 100)
        }
        report.add(voice, "processor for the three sentences, of real time on one core", "%", share)
        let root = (level.reduce(0.0) { $0 + Double($1 * $1) } / Double(max(level.count, 1))).squareRoot()
        report.add(voice, figure: "level", "dBFS", 20 * log10(max(root, 1e-6)), n: runs * Self.sentences.count)
    }

    /// A text, spoken once.
    private struct Take {
        /// Milliseconds; nil if there was none.
        var firstSound: Double?
        var whole = 0.0
        /// Of sound.
        var seconds = 0.0
        /// Seconds of the processor, on all cores.
        var processor = 0.0
        var samples: [Float] = []

        init(_ text: String, _ synthesizer: any Synthesizer, _ options: SpeechOptions) async throws {
            let start = ContinuousClock.now
            let before = Self.processorSeconds
            for try await frame in synthesizer.speak(text, options: options) {
                if firstSound == nil { firstSound = (ContinuousClock.now - start) / .milliseconds(1) }
                samples += frame.audio.samples
            }
            whole = (ContinuousClock.now - start) / .milliseconds(1)
            processor = Self.processorSeconds - before
            seconds = Double(samples.count) / Double(synthesizer.sampleRate)
        }

        private static var processorSeconds: Double {
            var time = timespec()
            clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time)
            return Double(time.tv_sec) + Double(time.tv_nsec) / 1e9
        }
    }
}
