import RiposteCore

/// Where something stands in a project's files.
public struct SourcePlace: Sendable, Hashable, Codable, Comparable, CustomStringConvertible {
    /// The file's path from the project's folder.
    public var file: String
    /// The first line is 1.
    public var line: Int

    public init(file: String, line: Int) {
        self.file = file
        self.line = line
    }

    public var description: String { "\(file):\(line)" }

    public static func < (one: SourcePlace, other: SourcePlace) -> Bool {
        (one.file, one.line) < (other.file, other.line)
    }

    /// What is wrong there, as an error.
    func error(_ message: String, suggestion: String? = nil) -> RiposteError {
        RiposteError(.badInput, .dialog, "\(self): \(message)" + (suggestion.map { " \($0)" } ?? ""))
    }
}
