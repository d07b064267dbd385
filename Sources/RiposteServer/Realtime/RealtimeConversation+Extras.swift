import Foundation
import RiposteConversation
import RiposteCore

/// What only clients of ours are told, as events named `riposte.…`, and what is kept for them.
extension RealtimeConversation {
    func tellExtra(_ name: String, _ members: [String: JSONValue]) {
        guard settings.extras.tellsMore else { return }
        tell(.object(members.merging(["type": .string("riposte." + name)]) { _, type in type }))
    }

    /// What an event is about.
    var references: [String: JSONValue] {
        let response = response ?? cancelled
        return [
            "response_id": response.map { .string($0.id) } ?? .null,
            "item_id": response.map { .string($0.item) } ?? .null,
            "input_item_id": spoken.map { .string($0) } ?? .null,
        ]
    }

    // MARK: Sound

    /// An answer's sound begins, or goes on after it was held.
    func soundBegan() {
        opusOutput?.drop()
        tellExtra("output_audio.began", references)
    }

    /// What was sent is at its end. Where it was cut off, a client is to drop what it has not played yet.
    func soundEnded(heard: Int, isWhole: Bool) {
        if isWhole, settings.output == .opus, let response, let rest = try? opusOutput?.finish() {
            send(rest.map { Data($0) }, of: response)
        }
        opusOutput?.drop()
        var members = references
        members["heard_ms"] = .number(Double(heard * 1000 / settings.output.rate))
        members["whole"] = .bool(isWhole)
        tellExtra("output_audio.ended", members)
    }

    /// Sound as it goes into messages, one for each.
    func packed(_ samples: [Float]) -> [Data] {
        guard settings.output == .opus, let opusOutput else { return [settings.output.bytes(samples)] }
        do {
            return try opusOutput.packets(samples).map { Data($0) }
        } catch {
            tell(Self.failure("The answer's sound could not be packed."))
            return []
        }
    }

    // MARK: Turns

    /// A turn is over: when each thing happened in it.
    func tellOfTurn(_ report: TurnReport) {
        guard settings.extras.tellsMore, let text = try? report.json(),
            case .object(var turn) = try? JSONReader.value(Array(text.utf8))
        else { return }
        // The name that logs and traces have for it, too.
        turn["id"] = .string(TurnIdentity(conversation: id, turn: report.turn).description)
        tellExtra("turn", references.merging(["turn": .object(turn)]) { _, turn in turn })
    }

    /// The event with times as they passed for the user.
    func onClock(_ event: SessionEvent, _ source: NetworkSource) -> SessionEvent {
        guard case .turnEnded(let report) = event else { return event }
        return .turnEnded(paced(report, source))
    }

    /// The report with times as they passed for the user: silence that was filled in at once took none.
    private func paced(_ report: TurnReport, _ source: NetworkSource) -> TurnReport {
        func onClock(_ milliseconds: Double) -> Double {
            let position = Int((milliseconds * 16).rounded())
            return Waterfall.milliseconds(source.pacedPosition(position))
        }
        var paced = report
        // To the session, what a client has cancelled is a sound that was short.
        if cancelled != nil, paced.outcome == .answered { paced.outcome = .interrupted }
        for mark in [
            \TurnReport.speechStartMs, \.speechEndMs, \.endpointMs, \.transcriptMs, \.replyMs, \.firstSoundMs,
        ] {
            paced[keyPath: mark] = report[keyPath: mark].map(onClock)
        }
        guard let end = report.speechEndMs, let pacedEnd = paced.speechEndMs else { return paced }
        paced.responseLatencyMs = paced.firstSoundMs.map { $0 - pacedEnd }
        var (mark, last) = (end, pacedEnd)
        for index in report.stages.indices {
            mark += report.stages[index].ms
            paced.stages[index].ms = onClock(mark) - last
            last = onClock(mark)
        }
        return paced
    }
}
