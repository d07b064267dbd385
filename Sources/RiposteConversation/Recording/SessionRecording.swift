import Foundation
import RiposteCore

/// A recorded session: what it was made with, what it was told, and what it decided.
///
/// A file of lines, each a JSON object. The first is the ``Header``. Every other has the position `at`, in samples at
/// 16 kHz, and one of:
///
/// | key | |
/// |---|---|
/// | `told` | a ``Happening``: a window's voice activity, an engine's answer, a sound that is heard |
/// | `input`, `actions` | what the ``TurnStateMachine`` was told, and what it said is to be done; left out if nothing |
/// | `wait` | the silence, in seconds, that ends what is being said, from now on |
/// | `turn` | a turn has ended: its ``TurnReport`` |
/// | `end` | the recording is whole |
///
/// Decisions stand behind what they were made upon. The sound, where it was kept, is a WAV file beside it.
public struct SessionRecording: Sendable {
    /// The newest format this version writes and reads. Counted up when there is something in it that an older one
    /// cannot read, as a new kind of ``Happening``; a setting that is added needs no new one.
    public static let version = 1
    static let format = "riposte session"

    /// The first line.
    public struct Header: Sendable, Codable {
        public var format = SessionRecording.format
        public var version = SessionRecording.version
        /// What is in the recording that somebody might not want to hand on.
        public var contains: [String]
        /// The WAV file beside the recording; nil when no sound was kept.
        public var sound: String?
        /// Names and versions of what the session was made of.
        public var versions: [String: String]
        public var configuration: Session.Configuration
        /// The conversation as it was at the start.
        public var conversation: Conversation
        public var hasTurnDetector: Bool
    }

    public enum Line: Sendable, Equatable {
        case told(Happening, at: Int)
        case decided(Decision)
    }

    public let header: Header
    public let lines: [Line]
    /// Whether the recording was finished; else it stops where its program did.
    public let isComplete: Bool

    public var decisions: [Decision] {
        lines.compactMap { if case .decided(let decision) = $0 { decision } else { nil } }
    }

    /// How many samples of time it spans.
    public var length: Int {
        lines.reduce(0) { last, line in
            switch line {
            case .told(_, let position): max(last, position)
            case .decided(let decision): max(last, decision.position)
            }
        }
    }
}

/// A line as it stands in the file.
struct RecordingLine: Codable {
    var at: Int?
    var told: Happening?
    var input: TurnStateMachine.Input?
    var actions: [TurnStateMachine.Action]?
    var wait: Double?
    var turn: TurnReport?
    var end: Bool?

    init() {}

    init(_ decision: Decision) {
        at = decision.position
        switch decision.kind {
        case .machine(let input, let actions): (self.input, self.actions) = (input, actions.isEmpty ? nil : actions)
        case .wait(let silence): wait = silence
        case .turn(let report): turn = report
        }
    }

    init(_ line: SessionRecording.Line) {
        switch line {
        case .told(let happening, let position):
            self.init()
            (at, told) = (position, happening)
        case .decided(let decision):
            self.init(decision)
        }
    }

    /// The last line of a recording that is whole.
    static var end: RecordingLine {
        var line = RecordingLine()
        line.end = true
        return line
    }

    /// nil for what this version does not know: a later one may write more.
    var line: SessionRecording.Line? {
        guard let at else { return nil }
        if let told { return .told(told, at: at) }
        if let input { return .decided(Decision(at: at, .machine(input, actions ?? []))) }
        if let wait { return .decided(Decision(at: at, .wait(wait))) }
        if let turn { return .decided(Decision(at: at, .turn(turn))) }
        return nil
    }

    static func encoder() -> JSONEncoder {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        encoder.nonConformingFloatEncodingStrategy = .convertToString(
            positiveInfinity: "inf", negativeInfinity: "-inf", nan: "nan")
        return encoder
    }

    static func decoder() -> JSONDecoder {
        let decoder = JSONDecoder()
        decoder.nonConformingFloatDecodingStrategy = .convertFromString(
            positiveInfinity: "inf", negativeInfinity: "-inf", nan: "nan")
        return decoder
    }
}

extension Decision: CustomStringConvertible {
    /// As it stands in a recording.
    public var description: String {
        (try? RecordingLine.encoder().encode(RecordingLine(self))).map { String(decoding: $0, as: UTF8.self) } ?? "?"
    }
}
