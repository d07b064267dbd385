import Foundation
import RiposteCore

/// A turn as it is written to the trace: one line of JSON. Times in milliseconds from the start of the input.
public struct TurnReport: Sendable, Equatable, Codable {
    public var turn: Int
    public var outcome: TurnOutcome
    public var transcript: String
    /// 0 … 1.
    public var confidence: Double?
    /// What the assistant set out to say.
    public var reply: String
    /// What was really heard of it.
    public var heard: String
    public var speechStartMs: Double?
    /// The true end of speech, found in the sound afterwards.
    public var speechEndMs: Double?
    public var endpointMs: Double?
    public var transcriptMs: Double?
    public var replyMs: Double?
    public var firstSoundMs: Double?
    /// `firstSoundMs` − `speechEndMs`.
    public var responseLatencyMs: Double?
    /// The parts of the latency; they add up to it.
    public var stages: [Stage]
    /// For each answer that was begun and taken back because the user went on: how much of it was heard.
    public var takenBackMs: [Double]
    /// For each voice that was heard over the answer: what became of it.
    public var overlaps: [Overlap]
    public var pace: SessionPace
    public var error: String?

    public struct Stage: Sendable, Equatable, Codable {
        public var name: String
        public var ms: Double
    }

    /// A voice over the answer's. Times in milliseconds from the start of the input; nil: it did not come to that.
    public struct Overlap: Sendable, Equatable, Codable {
        /// When the answer got softer, when it was held, when it stopped for good, when it went on.
        public var duckedMs: Double
        public var heldMs: Double?
        public var stoppedMs: Double?
        public var resumedMs: Double?
    }

    init(
        turn: Int, outcome: TurnOutcome, transcript: Transcript?, reply: String, heard: String, waterfall: Waterfall,
        takenBack: [Double], overlaps: [Overlap], pace: SessionPace, error: String?
    ) {
        func ms(_ samples: Int?) -> Double? { samples.map(Waterfall.milliseconds) }
        self.turn = turn
        self.outcome = outcome
        self.transcript = transcript?.text ?? ""
        self.confidence = transcript?.confidence
        self.reply = reply
        self.heard = heard
        speechStartMs = ms(waterfall.speechStart)
        speechEndMs = ms(waterfall.speechEnd)
        endpointMs = ms(waterfall.endpoint)
        transcriptMs = ms(waterfall.transcript)
        replyMs = ms(waterfall.reply)
        firstSoundMs = ms(waterfall.firstSound)
        responseLatencyMs = ms(waterfall.responseLatency)
        stages = waterfall.stages.map { Stage(name: $0.name, ms: Waterfall.milliseconds($0.samples)) }
        takenBackMs = takenBack
        self.overlaps = overlaps
        self.pace = pace
        self.error = error
    }

    /// The line of the trace, without a line break. Keys are sorted, so that traces can be compared as text.
    public func json() throws -> String {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        return String(decoding: try encoder.encode(self), as: UTF8.self)
    }
}
