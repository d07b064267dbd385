import RiposteCore
import RiposteTesting
import Testing

@testable import RiposteConversation

/// In a silence that lasts, the turn detector is asked once more.
@Suite(.timeLimit(.minutes(10))) struct SecondLookTests {
    @Test func whatTheSecondLookFindsShortensTheWait() async throws {
        var latencies: [Double] = []
        for second in [0.3, 0.99] {
            let detector = SecondThought(first: 0.3, later: second)
            let input = ScriptedDevice.speech([(0.5, 1), (4, 0)])
            let device = ScriptedDevice(input: input)
            var configuration = Session.Configuration()
            configuration.pace = .fast
            configuration.inputEnd = input.count
            let session = Session(
                parts: .init(
                    source: { device }, sink: device, voiceActivity: { ScriptedScorer() },
                    transcriber: ScriptedTranscriber([Transcript(text: "a large latte")]),
                    responder: ScriptedResponder { _, _ in [Reply("Okay.")] }, turnDetector: detector,
                    synthesizer: ScriptedSynthesizer()),
                configuration: configuration)
            async let reports = session.events.reduce(into: [TurnReport]()) { reports, event in
                if case .turnEnded(let report) = event { reports.append(report) }
            }
            try await session.run()
            latencies.append(try #require(await reports.first?.responseLatencyMs))
            // Once at the pause, once more, and no more often.
            #expect(await detector.looks == 2)
        }
        #expect(latencies[1] < latencies[0] - 100, "\(latencies)")
    }
}

/// A turn detector that changes its mind.
private actor SecondThought: TurnDetector {
    let first: Double
    let later: Double
    private(set) var looks = 0

    init(first: Double, later: Double) { (self.first, self.later) = (first, later) }

    func endOfTurnProbability(audio: ArraySlice<Float>, transcript: String) -> Double {
        looks += 1
        return looks == 1 ? first : later
    }
}
