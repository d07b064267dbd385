import RiposteListening
import Testing

/// Diagrams: a digit is the probability of one window of 512 samples in tenths; a dot is 0.
struct EndpointDetectorTests {
    private func run(_ diagram: String, _ configure: (inout EndpointDetector.Configuration) -> Void = { _ in })
        -> [EndpointDetector.Event]
    {
        var configuration = EndpointDetector.Configuration()
        configure(&configuration)
        var detector = EndpointDetector(configuration: configuration)
        return run(diagram, &detector)
    }

    private func run(_ diagram: String, _ detector: inout EndpointDetector) -> [EndpointDetector.Event] {
        var events: [EndpointDetector.Event] = []
        for (index, character) in diagram.filter({ $0 != " " }).enumerated() {
            let probability = Float(character.wholeNumberValue ?? 0) / 10
            if let event = detector.process(probability, window: (index * 512)..<((index + 1) * 512)) {
                events.append(event)
            }
        }
        return events
    }

    @Test func silenceSaysNothing() {
        #expect(run("....1234....4444....").isEmpty)
    }

    @Test func utteranceStartsPausesAndEnds() {
        // 700 ms are 21.9 windows.
        #expect(
            run("...9999999999......................") == [
                .speechStarted(at: 3 * 512), .pauseStarted(at: 13 * 512),
                .endpoint(speechStart: 3 * 512, speechEnd: 13 * 512),
            ])
    }

    @Test func endpointComesAtTheWindowThatCompletesTheSilence() {
        var detector = EndpointDetector()
        #expect(run("9999999999.....................", &detector).count == 2)
        #expect(
            detector.process(0, window: (31 * 512)..<(32 * 512)) == .endpoint(speechStart: 0, speechEnd: 10 * 512))
        #expect(detector.state == .silence)
    }

    @Test func speechGoesOnAfterAPause() {
        #expect(
            run("9999999999.....9999......................") == [
                .speechStarted(at: 0), .pauseStarted(at: 10 * 512), .speechResumed(at: 15 * 512),
                .pauseStarted(at: 19 * 512), .endpoint(speechStart: 0, speechEnd: 19 * 512),
            ])
    }

    @Test func dipsShorterThanAPauseAreNotTold() {
        #expect(run("99999..99999..99999") == [.speechStarted(at: 0)])
        #expect(run("99999...99999").count == 3)
    }

    @Test func hysteresisKeepsAWaveringVoiceTogether() {
        // 0.4 does not start speech, but goes on with it.
        #expect(run("4444") == [])
        #expect(run("9444444444") == [.speechStarted(at: 0)])
        // After a pause, 0.4 is not enough to go on.
        #expect(run("9999999999....4444") == [.speechStarted(at: 0), .pauseStarted(at: 10 * 512)])
        #expect(run("9333") == [.speechStarted(at: 0), .pauseStarted(at: 512)])
    }

    @Test func clickIsAMisfire() {
        #expect(
            run("..9.......................").last == .misfire(speechStart: 2 * 512, speechEnd: 3 * 512))
        // 300 ms are 9.4 windows.
        #expect(run("999999999......................").last == .misfire(speechStart: 0, speechEnd: 9 * 512))
        #expect(run("9999999999......................").last == .endpoint(speechStart: 0, speechEnd: 10 * 512))
    }

    @Test func pausesAreNotCountedAsSpeech() {
        #expect(run("9...9...9...9...9......................").last == .misfire(speechStart: 0, speechEnd: 17 * 512))
    }

    @Test func minimumSpeechIsConfigurable() {
        #expect(
            run("..9.......................") { $0.minimumSpeech = 0.03 }.last
                == .endpoint(speechStart: 2 * 512, speechEnd: 3 * 512))
    }

    @Test func endpointSilenceIsConfigurable() {
        let events = run("9999999999.......") { $0.endpointSilence = 0.2 }
        #expect(events.last == .endpoint(speechStart: 0, speechEnd: 5120))
        #expect(run("9999999999......") { $0.endpointSilence = 0.2 }.count == 2)
    }

    @Test func preRollReachesBackButNotIntoTheUtteranceBefore() {
        var detector = EndpointDetector()
        #expect(detector.audioStart == nil)
        _ = detector.process(0.9, window: 2048..<2560)
        #expect(detector.audioStart == 0)
        detector.reset()
        _ = detector.process(0.9, window: 51_200..<51_712)
        #expect(detector.audioStart == 43_200)
        detector.reset(at: 51_712)
        _ = detector.process(0.9, window: 52_224..<52_736)
        #expect(detector.audioStart == 51_712)

        var other = EndpointDetector()
        #expect(run("9999999999...................... 9", &other).last == .speechStarted(at: 32 * 512))
        #expect(other.audioStart == 32 * 512 - 8000)
        var configuration = EndpointDetector.Configuration()
        configuration.preRoll = 2
        var close = EndpointDetector(configuration: configuration)
        _ = run("9999999999...................... 9", &close)
        #expect(close.audioStart == 10 * 512)
    }

    @Test func streamsEndEndsTheUtterance() {
        var detector = EndpointDetector()
        #expect(detector.finish() == nil)
        _ = run("9999999999..", &detector)
        #expect(detector.finish() == .endpoint(speechStart: 0, speechEnd: 5120))
        _ = detector.process(0.9, window: 0..<512)
        #expect(detector.finish() == .misfire(speechStart: 0, speechEnd: 512))
        #expect(detector.finish() == nil)
    }

    @Test func everyStartHasOneEnd() {
        // Any sequence of probabilities: started, (paused, resumed)*, ended, and so on.
        var seed: UInt64 = 7
        var detector = EndpointDetector()
        var open = false
        var paused = false
        var probability: Float = 0
        for window in 0..<20_000 {
            seed = seed &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            // Mostly like the last one, now and then anything.
            if seed >> 60 == 0 { probability = Float(seed >> 40 & 0xFFFF) / 65_535 }
            let event = detector.process(probability, window: (window * 512)..<((window + 1) * 512))
            switch event {
            case nil: continue
            case .speechStarted:
                #expect(!open)
                (open, paused) = (true, false)
            case .pauseStarted:
                #expect(open && !paused)
                paused = true
            case .speechResumed:
                #expect(open && paused)
                paused = false
            case .endpoint(let start, let end), .misfire(let start, let end):
                #expect(open && start < end && end <= (window + 1) * 512)
                open = false
            }
        }
    }
}
