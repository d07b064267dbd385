import ArgumentParser
import Foundation
import RiposteCore
import RiposteDialog

/// Whose dialog is held; the same for every command that converses.
struct ProjectOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "A dialog project in Rasa's format (domain.yml, data/); without, the built-in skills answer.",
            valueName: "dir"))
    var project: String?

    /// nil: no project was named.
    func responder(_ assembly: Assembly, channel: String, timeZone: TimeZone = .autoupdatingCurrent) throws
        -> DialogResponder?
    {
        try project.map { try Self.responder(of: $0, assembly, channel: channel, timeZone: timeZone) }
    }

    /// Who answers as the project in a folder says.
    static func responder(
        of project: String, _ assembly: Assembly, channel: String, timeZone: TimeZone = .autoupdatingCurrent
    ) throws -> DialogResponder {
        var configuration = DialogResponder.Configuration()
        configuration.channel = channel
        configuration.timeZone = timeZone
        return DialogResponder(folder: URL(fileURLWithPath: project), configuration: configuration) { project in
            for warning in project.warnings { Failure.report("warning: \(warning)") }
            return try assembly.understanding(of: project)
        }
    }
}
