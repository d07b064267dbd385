import Foundation
import RiposteCore
import RiposteListening
import Synchronization

/// Where a replay parts from its recording.
public struct ReplayDifference: Sendable, Equatable, CustomStringConvertible {
    /// Counted from 0.
    public var index: Int
    /// What was decided then; nil when nothing more was.
    public var recorded: Decision?
    /// What is decided now; nil when nothing more is.
    public var replayed: Decision?

    public var description: String {
        let position = min(recorded?.position ?? .max, replayed?.position ?? .max)
        let seconds = (Waterfall.milliseconds(position) / 1000 * 1000).rounded() / 1000
        return """
            the first difference is decision \(index + 1), at \(seconds) s
              recorded: \(recorded.map { "\($0)" } ?? "nothing more")
              replayed: \(replayed.map { "\($0)" } ?? "nothing more")
            """
    }
}

// Running a recording again: no clock, no engine, no device; time is what the recording says.
extension SessionRecording {
    /// Gives the recorded inputs to a turn state machine.
    /// - Returns: where it decides otherwise; nil when it decides the same.
    public func replayMachine() -> ReplayDifference? {
        var machine = TurnStateMachine(configuration: header.configuration.turn)
        let recorded = decisions.filter { if case .machine = $0.kind { true } else { false } }
        let replayed = recorded.map { decision in
            guard case .machine(let input, _) = decision.kind else { return decision }
            return Decision(at: decision.position, .machine(input, machine.handle(input, at: decision.position)))
        }
        return Self.difference(recorded, replayed, isComplete: isComplete)
    }

    /// Tells a session all that the recorded one was told: its endpoint detector, its policy, its turn state machine
    /// and its memory work as they did.
    /// - Parameter sound: what the microphone heard, mono at 16 kHz; only the measured end of speech needs it.
    /// - Returns: where it decides otherwise; nil when it decides the same.
    public func replaySession(sound: [Float] = []) async -> ReplayDifference? {
        let replayed = await decidedAnew(sound: sound)
        return Self.difference(
            decisions.map(\.withoutMeasurement), replayed.decisions.map(\.withoutMeasurement), isComplete: isComplete)
    }

    /// The same happenings with what is decided upon them now: for a recording whose decisions were meant to change.
    /// - Parameter sound: as in `replaySession`.
    public func decidedAnew(sound: [Float] = []) async -> SessionRecording {
        let collector = LineCollector()
        var parts = Session.Parts.recorded(hasTurnDetector: header.hasTurnDetector)
        parts.recorder = collector
        let session = Session(
            parts: parts, configuration: header.configuration, conversation: header.conversation, isReplay: true)
        await session.replay(lines, sound: sound)
        return SessionRecording(header: header, lines: collector.lines, isComplete: isComplete)
    }

    /// Writes the recording to a file.
    /// - Throws: `.storage`.
    public func write(to url: URL) throws {
        let encoder = RecordingLine.encoder()
        var rows = [try encoder.encode(header)]
        for line in lines { rows.append(try encoder.encode(RecordingLine(line))) }
        if isComplete { rows.append(try encoder.encode(RecordingLine.end)) }
        do {
            try Data(rows.map { $0 + Data([UInt8(ascii: "\n")]) }.joined()).write(to: url, options: .atomic)
        } catch {
            throw RiposteError(.storage, .session, "\(url.path) cannot be written.", underlying: error)
        }
    }

    private static func difference(
        _ recorded: [Decision], _ replayed: [Decision], isComplete: Bool
    ) -> ReplayDifference? {
        for (index, pair) in zip(recorded, replayed).enumerated() where pair.0 != pair.1 {
            return ReplayDifference(index: index, recorded: pair.0, replayed: pair.1)
        }
        let common = min(recorded.count, replayed.count)
        // A recording that was cut off may lack what its last line led to.
        guard recorded.count > common || (isComplete && replayed.count > common) else { return nil }
        return ReplayDifference(
            index: common, recorded: recorded.dropFirst(common).first, replayed: replayed.dropFirst(common).first)
    }
}

extension Decision {
    /// Where speech truly ended is measured in the sound, for the trace: nothing is decided by it.
    fileprivate var withoutMeasurement: Decision {
        guard case .turn(var report) = kind else { return self }
        (report.speechEndMs, report.responseLatencyMs, report.stages) = (nil, nil, [])
        return Decision(at: position, .turn(report))
    }
}

extension Session {
    /// Is told everything again.
    fileprivate func replay(_ lines: [SessionRecording.Line], sound: [Float]) {
        var taken = 0
        for case .told(let happening, let position) in lines {
            if case .window(let end, let length, _) = happening {
                var samples = Array(sound.dropFirst(taken).prefix(length))
                samples += [Float](repeating: 0, count: length - samples.count)
                taken += length
                recent.append(AudioFrame(samples: samples, sampleRate: Waterfall.sampleRate, position: end - length))
            }
            tell(happening, at: position)
        }
        eventOutput.finish()
    }
}

private final class LineCollector: SessionRecorder {
    private let collected = Mutex<[SessionRecording.Line]>([])

    var lines: [SessionRecording.Line] { collected.withLock { $0 } }

    func record(_ entry: RecordedEntry) {
        switch entry {
        case .sound: break
        case .told(let happening, let position): collected.withLock { $0.append(.told(happening, at: position)) }
        case .decided(let decision): collected.withLock { $0.append(.decided(decision)) }
        }
    }
}
