import Foundation
import RiposteCore

/// Another node that works by the Wyoming protocol: `riposte serve` on another machine, or any other program that
/// recognises or speaks by it.
///
/// The protocol knows no encryption and no keys: nodes are for a network that is trusted.
public struct WyomingNode: Sendable, Equatable {
    public var host: String
    public var port: Int
    /// Which of the node's recognisers, or voices, by its own name; nil leaves it to the node.
    public var name: String?

    /// The port that the protocol is usually served on.
    public static let standardPort = 10_300

    public init(host: String, port: Int = standardPort, name: String? = nil) {
        self.host = host
        self.port = port
        self.name = name
    }

    /// - Parameter url: as "wyoming://attic.home:10300" or "tcp://…".
    /// - Throws: `.badInput` for an address of another kind.
    public init(_ url: URL, name: String? = nil) throws {
        guard ["wyoming", "tcp"].contains(url.scheme), let host = url.host(), !host.isEmpty else {
            throw RiposteError(.badInput, .configuration, "\(url) is no address of a node: wyoming://HOST:PORT is.")
        }
        self.init(
            host: host.trimmingCharacters(in: CharacterSet(charactersIn: "[]")), port: url.port ?? Self.standardPort,
            name: name)
    }
}

extension WyomingNode: CustomStringConvertible {
    /// What errors and traces call it.
    public var description: String { "\(host):\(port)" }
}
