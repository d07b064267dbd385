import Foundation
import RiposteCore

/// Answers that arrive word by word, as a language model makes them: when the first sound is there, and how long the
/// listener then waits at most.
struct StreamedAnswers {
    let runs: Int

    private static let wordsASecond = 20.0

    /// Of some sixty words each; they begin with a short sentence, a long one, a long one without a comma, and a list.
    private static let answers = [
        """
        Sure. The forecast for tomorrow says it will be mostly sunny with a high of twenty-one degrees, and there is a \
        small chance of rain in the late evening. If you are planning to walk to work, you may want to leave before \
        eight, because the wind picks up around noon. I can remind you in the morning, if you like, and tell you more.
        """,
        """
        When you make bread for the first time, it helps to weigh the flour instead of measuring it with a cup, since \
        a cup can hold very different amounts. Mix everything until no dry flour is left, let the dough rest for half \
        an hour, and fold it a few times. After that it needs a warm place and about three hours of patience.
        """,
        """
        The train that leaves from the central station at a quarter past seven usually takes about forty minutes to \
        reach the airport because it stops at every village on the way. A faster one leaves twenty minutes later and \
        arrives at nearly the same time. It costs $4.50 more. Both of them have room for large bags and for bicycles.
        """,
        """
        Here is what you need: two eggs, a cup of milk, half a cup of flour, a pinch of salt, and some butter for the \
        pan. Whisk the eggs and the milk, add the flour little by little, and let it stand for ten minutes. Then heat \
        the pan, pour in a thin layer, and turn it as soon as the edges become golden. Serve them hot with sugar.
        """,
    ]

    func measure(
        _ voice: String, _ synthesizer: any Synthesizer, _ options: SpeechOptions, _ report: inout BenchReport
    ) async throws {
        var first: [Double] = []
        var waits: [Double] = []
        var silences: [Double] = []
        for _ in 0..<runs {
            for answer in Self.answers {
                let heard = try await listen(to: answer, synthesizer, options)
                first.append(heard.firstSound)
                waits.append(heard.longestWait)
                silences.append(heard.longestSilence)
            }
        }
        report.add(voice, "answer at 20 words a second: first word → first sound", "ms", first)
        report.add(voice, "answer at 20 words a second: longest wait for sound after that", "ms", waits)
        report.add(voice, "answer at 20 words a second: longest silence, pauses included", "ms", silences)
    }

    private struct Heard {
        var firstSound = 0.0
        var longestWait = 0.0
        var longestSilence = 0.0
    }

    /// Plays the answer as a loudspeaker would that never holds anything back: a frame follows the one before it, or
    /// comes when it is there.
    private func listen(
        to answer: String, _ synthesizer: any Synthesizer, _ options: SpeechOptions
    ) async throws -> Heard {
        let (pieces, output) = AsyncStream<String>.makeStream()
        let start = ContinuousClock.now
        let writing = Task {
            for (index, word) in answer.split(separator: " ").enumerated() {
                try await Task.sleep(until: start + .seconds(Double(index) / Self.wordsASecond))
                output.yield(String(word) + " ")
            }
            output.finish()
        }
        defer { writing.cancel() }
        var heard = Heard()
        // When the last frame has been heard, in seconds.
        var end: Double?
        var silence = 0.0
        for try await frame in synthesizer.speak(pieces, options: options) {
            let now = (ContinuousClock.now - start) / .seconds(1)
            let begin = max(end ?? now, now)
            let isQuiet = frame.audio.samples.allSatisfy { abs($0) < 0.005 }
            if let end {
                heard.longestWait = max(heard.longestWait, (begin - end) * 1000)
                silence += begin - end
            } else {
                heard.firstSound = now * 1000
            }
            if isQuiet {
                silence += frame.audio.duration
            } else {
                heard.longestSilence = max(heard.longestSilence, silence * 1000)
                silence = 0
            }
            end = begin + frame.audio.duration
        }
        return heard
    }
}
