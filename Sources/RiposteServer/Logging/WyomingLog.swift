import Foundation
import Logging
import RiposteAudio
import RiposteCore

/// Writes down what becomes of one Wyoming connection's requests. The words are left out.
struct WyomingLog: Sendable {
    let logger: Logger
    let conversation = "wyoming-" + UUID().uuidString.prefix(8).lowercased()

    func begins() { note("a Wyoming connection begins") }
    func ends() { note("a Wyoming connection ends") }

    private func note(_ message: Logger.Message) {
        logger.debug(message, metadata: ["conversation": .string(conversation)])
    }

    /// What the client is told: that a request is answered is worth a line.
    func note(_ event: WyomingEvent) {
        switch event.type {
        case "transcript", "handled", "not-handled", "intent", "not-recognized", "detection", "not-detected",
            "synthesize-stopped", "error":
            logger.info("a request is answered", metadata: ["event": .string(event.type)])
        default: break
        }
    }
}
