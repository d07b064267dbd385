import Foundation
import RiposteCore
import Yams

/// Options of `riposte serve` in a file: YAML, each by its name without the dashes, as
///
///     max-sessions: 32
///     project: /etc/riposte/coffee
///     also-project: [/etc/riposte/home]
///     log-level: info
///
/// They are read before those of the command line, which go before them; of options that may be given several times, all
/// count.
struct ConfigurationFile: Sendable {
    static let option = "configuration"

    let name: String
    /// What each option was given, by its name.
    let options: [String: [String]]

    /// Of the file, in bytes.
    private static let longest = 1_000_000

    /// - Throws: `.badInput` for a file that cannot be read, is no YAML, or has an option that there is not.
    init(_ file: URL) throws {
        let name = file.lastPathComponent
        guard let data = try? Data(contentsOf: file), data.count <= Self.longest,
            let text = String(bytes: data, encoding: .utf8)
        else { throw Self.error("The configuration \(file.path) cannot be read.") }
        try self.init(text, name: name)
    }

    init(_ text: String, name: String) throws {
        self.name = name
        let root: Node?
        do { root = try Yams.compose(yaml: text) } catch {
            throw Self.error("\(name) is no YAML: \(error)")
        }
        // An empty file says nothing, which is fine.
        guard let root, root.null == nil else {
            options = [:]
            return
        }
        guard let mapping = root.mapping else { throw Self.error("\(name) has to be options with their values.") }
        let known = try ServeOptions.all()
        var options: [String: [String]] = [:]
        for (key, value) in mapping {
            let option = key.string ?? ""
            guard known[option] != nil else {
                let hint = NearestName.suggestion(for: option, among: known.keys).map { " " + $0 } ?? ""
                throw Self.error("\(name) has the option \u{201C}\(option)\u{201D}, which there is not.\(hint)")
            }
            options[option] = try Self.values(value, of: option, name)
        }
        self.options = options
    }

    private static func values(_ node: Node, of option: String, _ name: String) throws -> [String] {
        if let scalar = node.scalar { return [scalar.string] }
        if let sequence = node.sequence, sequence.allSatisfy({ $0.scalar != nil }) {
            return sequence.compactMap { $0.scalar?.string }
        }
        throw error("\(name): the option \u{201C}\(option)\u{201D} takes a value or a list of values.")
    }

    private static func error(_ message: String) -> RiposteError { RiposteError(.badInput, .configuration, message) }

    /// The same as the command line would have it.
    func arguments() throws -> [String] {
        let known = try ServeOptions.all()
        return try options.sorted { $0.key < $1.key }.flatMap { option, values -> [String] in
            switch known[option] {
            case .value: return values.flatMap { ["--\(option)=\($0)"] }
            case .flag:
                switch values {
                case ["true"]: return ["--\(option)"]
                // A flag that knows no opposite is off where it is not given.
                case ["false"]:
                    let opposite = ["--no-\(option)"]
                    return (try? ServeCommand.parse(opposite)) == nil ? [] : opposite
                default: throw Self.error("\(name): the option \u{201C}\(option)\u{201D} is true or false.")
                }
            case nil: return []
            }
        }
    }

    /// The command with these options and those of the command line.
    /// - Throws: `.badInput` for a value that cannot be taken.
    func command(_ commandLine: [String]) throws -> ServeCommand {
        do {
            return try ServeCommand.parse(try arguments() + commandLine)
        } catch let error as RiposteError {
            throw error
        } catch {
            throw Self.error("\(name): \(ServeCommand.message(for: error))")
        }
    }

    /// The options that differ in another version of the file.
    func differences(from other: ConfigurationFile) -> [String] {
        Set(options.keys).union(other.options.keys).filter { options[$0] != other.options[$0] }.sorted()
    }
}

/// The options of `riposte serve`, from what it says of itself.
enum ServeOptions {
    enum Kind {
        case value, flag
    }

    private struct Help: Decodable {
        struct Command: Decodable {
            var arguments: [Argument]?
        }
        struct Argument: Decodable {
            struct Name: Decodable {
                var kind: String
                var name: String
            }
            var kind: String
            var names: [Name]?
        }
        var command: Command
    }

    static func all() throws -> [String: Kind] {
        let help = try JSONDecoder().decode(Help.self, from: Data(ServeCommand._dumpHelp().utf8))
        var all: [String: Kind] = [:]
        for argument in help.command.arguments ?? [] {
            let names = (argument.names ?? []).filter { $0.kind == "long" }.map(\.name)
            guard let name = names.first, !["help", "version", ConfigurationFile.option].contains(name) else {
                continue
            }
            all[name] = argument.kind == "flag" ? .flag : .value
        }
        return all
    }
}
