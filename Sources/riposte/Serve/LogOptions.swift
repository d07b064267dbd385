import ArgumentParser
import Logging
import RiposteServer

/// What the server writes down of itself, on the standard error stream.
struct LogOptions: ParsableArguments {
    @Option(help: "How the log is written: text, or json, an object a line.")
    var logFormat = LogFormat.text

    @Option(
        help: ArgumentHelp(
            "What is left out of the log: everything below trace, debug, info, notice, warning, error or critical.",
            discussion: "At debug each step of a turn is a line, at info each turn.", valueName: "level"))
    var logLevel = LogLevel.notice

    @Flag(help: "Let the log have the words that users say and are told, too.")
    var logWords = false

    func destination() -> LogDestination { LogDestination(format: logFormat, level: logLevel.level) }
}

extension LogFormat: ExpressibleByArgument {}

/// The levels of a log, as an option names them.
enum LogLevel: String, CaseIterable, ExpressibleByArgument {
    case trace, debug, info, notice, warning, error, critical

    var level: Logger.Level { Logger.Level(rawValue: rawValue) ?? .notice }
}
