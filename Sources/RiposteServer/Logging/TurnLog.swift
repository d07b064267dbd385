import Logging
import RiposteConversation
import RiposteCore

/// Writes down what becomes of turns: each step at the level `debug`, the end with all its times at `info`.
///
/// What users say and are told is left out unless it is asked for.
struct TurnLog: Sendable {
    let logger: Logger
    /// Whether the words are written, too.
    var hasWords = false

    func note(_ step: TurnStep) {
        var about: Logger.Metadata = [
            "turn": .string(step.turn.description), "conversation": .string(step.turn.conversation),
            "ms": .stringConvertible(step.ms),
        ]
        switch step.kind {
        case .began: logger.debug("a turn begins", metadata: about)
        case .transcribed(let transcript):
            about["stage"] = "transcript"
            about["confidence"] = .stringConvertible(transcript.confidence)
            about["words"] = .stringConvertible(transcript.text.split(separator: " ").count)
            if hasWords { about["transcript"] = .string(transcript.text) }
            logger.debug("understood", metadata: about)
        case .endpoint: stage("endpoint", "the user is done", about)
        case .replied: stage("reply", "the answer begins", about)
        case .synthesized: stage("synthesis", "the first sound is made", about)
        case .sounding: stage("playback", "the first sound is heard", about)
        case .takenBack: stage("endpoint", "the user goes on: the answer is taken back", about)
        case .failed(let error):
            about.merge(description(of: error)) { $1 }
            logger.warning("an engine failed", metadata: about)
        case .over(let report):
            about.merge(description(of: report)) { $1 }
            logger.info("a turn is over", metadata: about)
        }
    }

    private func stage(_ name: String, _ message: Logger.Message, _ about: Logger.Metadata) {
        logger.debug(message, metadata: about.merging(["stage": .string(name)]) { $1 })
    }

    private func description(of report: TurnReport) -> Logger.Metadata {
        var about: Logger.Metadata = ["outcome": .string(report.outcome.rawValue)]
        if let confidence = report.confidence { about["confidence"] = .stringConvertible(confidence) }
        if let latency = report.responseLatencyMs { about["responseLatencyMs"] = .stringConvertible(latency) }
        for stage in report.stages { about["\(stage.name)Ms"] = .stringConvertible(stage.ms) }
        if report.error != nil { about["failed"] = .stringConvertible(true) }
        if hasWords {
            about["transcript"] = .string(report.transcript)
            about["heard"] = .string(report.heard)
        }
        return about
    }

    /// What is known of an error. Some messages quote what an engine was given, which can be what somebody said.
    func description(of error: RiposteError) -> Logger.Metadata {
        var about: Logger.Metadata = ["stage": .string(error.stage.rawValue), "code": .string(error.code.rawValue)]
        if hasWords || Self.free.contains(error.code) { about["error"] = .string(error.message) }
        return about
    }

    /// Their messages name machines, files and devices, and quote nobody.
    private static let free: Set<RiposteError.Code> = [
        .modelMissing, .libraryMissing, .deviceUnavailable, .timedOut, .network, .storage,
    ]
}
