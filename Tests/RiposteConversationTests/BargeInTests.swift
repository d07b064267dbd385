import RiposteCore
import RiposteTesting
import Testing

@testable import RiposteConversation

/// Somebody speaks while the assistant does.
@Suite(.timeLimit(.minutes(10))) struct BargeInTests {
    private static let story = (1...40).map { "word\($0)" }.joined(separator: " ")

    /// The story is asked for and begins at about 2.2 s; after 2.3 s of it a voice of `length` seconds is heard.
    private func converse(
        _ words: String, length: Double = 0.4, story: String = story, mode: InterruptionPolicy.Mode = .evidence,
        transcriber: ScriptedBehaviour = .works
    ) async throws -> (reports: [TurnReport], device: ScriptedDevice, turns: [Conversation.Turn]) {
        let input = ScriptedDevice.speech([(0.5, 1), (3, length), (5, 0)])
        let device = ScriptedDevice(input: input)
        var configuration = Session.Configuration()
        configuration.pace = .fast
        configuration.inputEnd = input.count
        configuration.endOfTurn = nil
        configuration.turn.interruption.configuration.mode = mode
        let session = Session(
            parts: .init(
                source: { device }, sink: device, voiceActivity: { ScriptedScorer() },
                transcriber: ScriptedTranscriber(
                    [Transcript(text: "Tell me a story."), Transcript(text: words)],
                    behaviour: { $0 == 2 ? transcriber : .works }),
                responder: ScriptedResponder { utterance, _ in
                    [Reply(utterance.text == "Tell me a story." ? story : "You said \(utterance.text)")]
                },
                synthesizer: ScriptedSynthesizer()),
            configuration: configuration)
        async let reports = session.events.reduce(into: [TurnReport]()) { reports, event in
            if case .turnEnded(let report) = event { reports.append(report) }
        }
        try await session.run()
        return (await reports, device, await session.conversation.turns)
    }

    @Test(arguments: ["Mm-hmm.", ""]) func aBackchannelHoldsTheAnswerAndItGoesOnAtAWord(_ words: String) async throws {
        let (reports, device, turns) = try await converse(words)
        let report = try #require(reports.first)
        #expect(reports.count == 1)
        #expect(report.outcome == .answered)
        // All of it was heard, and the words count once.
        #expect(report.heard == Self.story)
        #expect(turns.map(\.assistant) == [Self.story])
        let overlap = try #require(report.overlaps.first)
        #expect(overlap.stoppedMs == nil)
        #expect(overlap.resumedMs != nil)
        // The voice begins at 4.5 s: softer after two windows, silent after four.
        #expect(abs(overlap.duckedMs - 4_564) <= 33)
        #expect(abs((overlap.heldMs ?? 0) - 4_628) <= 33)
        let played = await device.played
        // It went back to the start of a word, a tenth of a second long, so it sounds a little longer.
        let heard = played.reduce(0) { $0 + $1.heard }
        #expect((64_000...65_700).contains(heard), "\(heard)")
        #expect(device.gains.first.map { $0 < 0.2 } == true)
    }

    @Test func aClickOnlySoftensIt() async throws {
        let (reports, device, _) = try await converse("", length: 0.05)
        let report = try #require(reports.first)
        #expect(report.heard == Self.story)
        #expect(report.overlaps.first?.heldMs == nil)
        #expect(await device.played.count == 1)
        // Softer, and loud again.
        #expect(device.gains.count == 2 && device.gains.last == 1)
    }

    @Test(arguments: ["Stop.", "Make me a large latte."]) func whatTheUserWantsStopsItAndBeginsTheNextTurn(
        _ words: String
    ) async throws {
        let (reports, _, turns) = try await converse(words, length: 0.6)
        #expect(reports.map(\.outcome) == [.interrupted, .answered])
        let first = try #require(reports.first)
        let heard = first.heard.split(separator: " ").count
        #expect((20...28).contains(heard), "\(heard) words")
        #expect(Self.story.hasPrefix(first.heard))
        #expect(reports.last?.transcript == words)
        #expect(reports.last?.heard == "You said \(words)")
        #expect(turns.map(\.user) == ["Tell me a story.", words])
        // The turn begins where the voice did.
        #expect(abs((reports.last?.speechStartMs ?? 0) - 4_500) <= 32)
        // Silent a quarter of a second after the voice began, for good soon after.
        #expect((first.overlaps.first?.heldMs ?? .infinity) - 4_500 <= 250)
        #expect((first.overlaps.first?.stoppedMs ?? .infinity) - 4_500 <= 900)
    }

    @Test func anAnswerToItsQuestionIsTheNextTurn() async throws {
        let (reports, _, _) = try await converse("Yes.", story: Self.story + " shall I?")
        #expect(reports.map(\.transcript) == ["Tell me a story.", "Yes."])
    }

    @Test func whenItsWordsAreNotToBeHadAShortVoiceIsANoise() async throws {
        let (reports, _, _) = try await converse("Mm-hmm.", transcriber: .fails)
        #expect(reports.first?.heard == Self.story)
    }

    @Test func nothingStopsItWhereItIsTurnedOff() async throws {
        let (reports, device, _) = try await converse("Make me a large latte.", length: 1, mode: .off)
        #expect(reports.first?.heard == Self.story)
        #expect(device.gains.isEmpty)
    }
}
