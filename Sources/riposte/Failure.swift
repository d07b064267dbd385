import ArgumentParser
import Foundation
import RiposteCore

/// How a command ends that did not do what it was asked to.
///
/// 0 done, 1 failed, 2 wrong usage, 3 a model or library is missing (the message says the command that gets it).
enum Failure {
    static let failed: Int32 = 1
    static let wrongUsage: Int32 = 2
    static let somethingMissing: Int32 = 3

    static func exitCode(for error: RiposteError) -> Int32 {
        switch error.code {
        case .modelMissing, .libraryMissing: somethingMissing
        case .badInput where error.stage == .configuration: wrongUsage
        default: failed
        }
    }

    /// Says what went wrong on the standard error stream and ends the process with the code that fits.
    ///
    /// Help and version are errors to the argument parser too; they go where it sends them.
    static func exit(with error: any Error, of command: any ParsableCommand.Type) -> Never {
        if let error = error as? RiposteError {
            report(error.message)
            Foundation.exit(exitCode(for: error))
        }
        if error is CancellationError {
            report("cancelled")
            Foundation.exit(failed)
        }
        switch command.exitCode(for: error) {
        case .success: command.exit(withError: error)
        case .validationFailure:
            let message = command.fullMessage(for: error)
            report(message.hasPrefix("Error: ") ? String(message.dropFirst(7)) : message)
            Foundation.exit(wrongUsage)
        case let code where error is ExitCode:
            Foundation.exit(code.rawValue)
        default:
            report(command.message(for: error))
            Foundation.exit(failed)
        }
    }

    /// A line for the person at the terminal.
    static func report(_ message: String) {
        FileHandle.standardError.write(Data("riposte: \(message)\n".utf8))
    }
}
