import Foundation
import Logging
import RiposteCore
import Synchronization

/// Where the lines of a log go. All loggers of a program share one, so that lines are whole.
///
/// The level can be changed while the program runs.
public final class LogDestination: Sendable {
    private let state: Mutex<(level: Logger.Level, write: @Sendable (String) -> Void)>
    fileprivate let format: LogFormat

    /// - Parameters:
    ///   - level: messages below it are left out.
    ///   - write: takes a line without its end. Default: the standard error stream.
    public init(
        format: LogFormat = .text, level: Logger.Level = .info,
        write: @escaping @Sendable (String) -> Void = { line in
            try? FileHandle.standardError.write(contentsOf: Data((line + "\n").utf8))
        }
    ) {
        self.format = format
        state = Mutex((level, write))
    }

    public var level: Logger.Level {
        get { state.withLock { $0.level } }
        set { state.withLock { $0.level = newValue } }
    }

    /// A logger that writes here.
    public func logger(_ label: String) -> Logger {
        Logger(label: label) { LineLogHandler(label: $0, destination: self) }
    }

    fileprivate func write(_ line: LogLine) {
        let text = line.text(format)
        state.withLock { $0.write(text) }
    }
}

/// Writes each message as a line, with the turn that the work is for.
struct LineLogHandler: LogHandler {
    let label: String
    let destination: LogDestination
    var metadata: Logger.Metadata = [:]
    var metadataProvider: Logger.MetadataProvider?
    private var ownLevel: Logger.Level?

    init(label: String, destination: LogDestination) {
        self.label = label
        self.destination = destination
    }

    /// The destination's, unless this logger was given one of its own.
    var logLevel: Logger.Level {
        get { ownLevel ?? destination.level }
        set { ownLevel = newValue }
    }

    subscript(metadataKey key: String) -> Logger.Metadata.Value? {
        get { metadata[key] }
        set { metadata[key] = newValue }
    }

    func log(event: LogEvent) {
        var about = metadata
        if let provided = metadataProvider?.get() { about.merge(provided) { $1 } }
        if let turn = TurnIdentity.current {
            about["turn"] = .string(turn.description)
            about["conversation"] = .string(turn.conversation)
        }
        if let given = event.metadata { about.merge(given) { $1 } }
        destination.write(
            LogLine(
                time: Date(), level: event.level, label: label, message: event.message.description, metadata: about))
    }
}
