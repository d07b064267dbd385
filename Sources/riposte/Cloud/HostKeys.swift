import Foundation
import RiposteCore

/// The keys of servers, as the environment has them: one key, or `HOST=KEY,HOST:PORT=KEY`.
///
/// A key without a host is for one server, and goes to another machine encrypted only; what is named for a host goes there
/// as its address says.
struct HostKeys {
    private var byHost: [String: String] = [:]
    private var plain: String?

    /// - Parameter text: nil or empty: no key at all.
    /// - Throws: `.badInput` where several keys have no host, or a host no key.
    init(_ text: String?) throws {
        for entry in (text ?? "").split(separator: ",").map({ $0.trimmingCharacters(in: .whitespaces) }) {
            let parts = entry.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
            // A key may have equals signs of its own.
            if parts.count == 2, Self.isHost(parts[0]) {
                guard !parts[1].isEmpty else { throw Self.error("a host without a key") }
                byHost[Self.name(parts[0])] = parts[1]
            } else if !entry.isEmpty {
                guard plain == nil else { throw Self.error("several keys without a host") }
                plain = entry
            }
        }
    }

    private static func error(_ what: String) -> RiposteError {
        RiposteError(.badInput, .configuration, "RIPOSTE_OPENAI_KEY has \(what): one key, or HOST=KEY,HOST=KEY.")
    }

    /// A host has a dot, a colon or brackets, as no key has before an equals sign.
    private static func isHost(_ text: String) -> Bool {
        text.lowercased() == "localhost" || text.contains { ".:[".contains($0) }
    }

    /// As servers are compared.
    private static func name(_ host: String) -> String {
        let bare = host.hasPrefix("[") && host.hasSuffix("]") ? String(host.dropFirst().dropLast()) : host
        return bare.lowercased()
    }

    private static func host(_ url: URL) -> String { name(url.host(percentEncoded: false) ?? "") }

    private static func port(_ url: URL) -> Int { url.port ?? (url.scheme == "https" ? 443 : 80) }

    private func named(_ url: URL) -> String? {
        let (host, port) = (Self.host(url), Self.port(url))
        return byHost["\(host):\(port)"] ?? byHost["[\(host)]:\(port)"] ?? byHost[host]
    }

    /// What is shown to a server; nil where there is nothing for it.
    /// - Throws: `.badInput` where the key would go to another machine in the clear.
    func key(for url: URL) throws -> String? {
        if let named = named(url) { return named }
        guard let plain else { return nil }
        guard url.scheme == "https" || ServiceChoice.isOnThisMachine(url) else {
            let host = Self.host(url)
            throw RiposteError(
                .badInput, .configuration,
                "\(host) is another machine, and the key would go there in the clear: give it with https, or name the key "
                    + "for it, as RIPOSTE_OPENAI_KEY=\(host)=KEY.")
        }
        return plain
    }

    /// - Throws: `.badInput` where one key would be shown to several servers.
    func check(_ servers: [URL]) throws {
        let others = Set(servers.filter { named($0) == nil }.map { "\(Self.host($0)):\(Self.port($0))" })
        guard plain != nil, others.count > 1 else { return }
        throw RiposteError(
            .badInput, .configuration,
            "RIPOSTE_OPENAI_KEY has one key, and there are several servers (\(others.sorted().joined(separator: ", "))): "
                + "name each one's, as HOST=KEY,HOST:PORT=KEY.")
    }
}

extension HostKeys: CustomStringConvertible, CustomDebugStringConvertible {
    var description: String { "keys of \(byHost.keys.sorted().joined(separator: ", "))" }
    var debugDescription: String { description }
}
