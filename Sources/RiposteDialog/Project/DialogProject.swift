import Foundation
import RiposteCore

/// A dialog project as Rasa 3.1 writes it: a folder with `domain.yml`, `config.yml` and `data/`.
///
///     let project = try DialogProject(reading: URL(fileURLWithPath: "Examples/CoffeeMaker"))
///     print(project.domain.forms.keys)   // ["coffee_form"]
///
/// Each part may lie in several files and folders: `domain/` beside or instead of `domain.yml`, and everything below
/// `data/`. What is wrong in it is found when it is read.
public struct DialogProject: Sendable, Equatable {
    public var folder: URL
    public var training = TrainingData()
    public var domain = Domain()
    public var rules: [Story] = []
    public var stories: [Story] = []
    /// The stories without alternatives and checkpoints.
    public var paths: [Story] = []
    public var settings = ProjectSettings()
    /// Where custom actions are carried out, as `endpoints.yml` says.
    public var actionEndpoint: URL?
    /// What looks wrong and does no harm, each with its place.
    public var warnings: [String] = []

    /// - Throws: `.badInput` with file, line and a suggestion: an unknown key or name, a contradiction, a file that is
    ///   no YAML or out of bounds.
    public init(reading folder: URL) throws {
        var reader = try ProjectReader(folder)
        self = try reader.read()
    }

    init(folder: URL) { self.folder = folder }

    /// The tests of conversations that the project brings, in `tests/`.
    public func tests() throws -> [Story] { try ProjectReader(folder).tests() }
}
