import Foundation
import Logging
import RiposteCore
import RiposteServer
import ServiceLifecycle
import Synchronization
import UnixSignals

/// Reads the configuration again at SIGHUP, while calls go on. One that is wrong is refused as a whole, and what was
/// there before stays.
struct ConfigurationReload: Service {
    /// The configuration that is in force.
    final class Present: Sendable {
        /// As it was when the server started: what does not change while it serves is as it says.
        let first: ConfigurationFile?
        let file: Mutex<ConfigurationFile?>
        init(_ file: ConfigurationFile?) {
            first = file
            self.file = Mutex(file)
        }
    }

    /// What the command line says.
    let arguments: [String]
    let present: Present
    let server: WebServer
    let engines: SpeechEngines
    let log: LogDestination
    /// Makes those who answer, as options say.
    let personas: @Sendable (ServeCommand) throws -> [SpeechEngines.Persona]

    /// A terminal that is closed ends what runs in it, as ever.
    static var isWanted: Bool { isatty(STDIN_FILENO) == 0 }

    /// What changes while the server serves; everything else waits for a restart.
    static let changeable: Set<String> = [
        "token", "allow-host", "tls-certificate", "tls-key", "max-sessions", "idle", "request-rate", "project",
        "also-project", "language-model", "language-model-only", "home-assistant", "log-level",
    ]

    func run() async throws {
        let signals = await UnixSignalsSequence(trapping: .sighup)
        for await _ in signals.cancelOnGracefulShutdown() { await reload() }
    }

    private func reload() async {
        let logger = log.logger("riposte")
        do {
            let waiting = try await takeOver()
            logger.notice("the configuration was read again")
            if !waiting.isEmpty {
                logger.warning(
                    "some options change only with a restart",
                    metadata: ["options": .string(waiting.joined(separator: ", "))])
            }
        } catch {
            let reason = (error as? RiposteError)?.message ?? "\(error)"
            logger.error("the configuration is wrong and was not taken over", metadata: ["error": .string(reason)])
        }
    }

    /// - Returns: the options of the file that differ from what is in force, and wait for a restart.
    private func takeOver() async throws -> [String] {
        var (file, command) = (present.file.withLock { $0 }, try ServeCommand.parse(arguments))
        if let path = command.configurationFile {
            let new = try ConfigurationFile(URL(fileURLWithPath: path))
            (file, command) = (new, try new.command(arguments))
        }
        // What takes long, and can fail, before anything changes.
        let new = try personas(command)
        for persona in new { try await persona.responder.load() }
        try server.reload(command.serverConfiguration)
        engines.replacePersonas(new)
        log.level = command.log.logLevel.level
        present.file.withLock { $0 = file }
        guard let file, let first = present.first else { return [] }
        return file.differences(from: first).filter { !Self.changeable.contains($0) }
    }
}
