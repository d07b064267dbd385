import Foundation
import RiposteCore

/// The keys of servers, as the environment has them: one key, or `HOST=KEY,HOST=KEY`.
///
/// A key without a host is for one server, and goes to another machine encrypted only; what is named for a host goes there
/// as its address says.
struct HostKeys {
    private var byHost: [String: String] = [:]
    private var plain: String?

    /// - Parameter text: nil or empty: no key at all.
    init(_ text: String?) {
        for entry in (text ?? "").split(separator: ",").map({ $0.trimmingCharacters(in: .whitespaces) }) {
            // A key may end with equals signs of its own.
            let parts = entry.split(separator: "=", maxSplits: 1).map(String.init)
            if parts.count == 2, !parts[1].allSatisfy({ $0 == "=" }) {
                byHost[parts[0].lowercased()] = parts[1]
            } else if !entry.isEmpty {
                plain = entry
            }
        }
    }

    /// What is shown to a server; nil where there is nothing for it.
    /// - Throws: `.badInput` where the key would go to another machine in the clear.
    func key(for url: URL) throws -> String? {
        let host = url.host() ?? ""
        if let named = byHost[host.lowercased()] { return named }
        guard let plain else { return nil }
        guard url.scheme == "https" || ServiceChoice.isOnThisMachine(url) else {
            throw RiposteError(
                .badInput, .configuration,
                "\(host) is another machine, and the key would go there in the clear: give it with https, or name the key "
                    + "for it, as RIPOSTE_OPENAI_KEY=\(host)=KEY.")
        }
        return plain
    }

    /// - Throws: `.badInput` where one key would be shown to several servers.
    func check(_ servers: [URL]) throws {
        let hosts = Set(servers.map { $0.host()?.lowercased() ?? "" }.filter { byHost[$0] == nil })
        guard plain != nil, hosts.count > 1 else { return }
        throw RiposteError(
            .badInput, .configuration,
            "RIPOSTE_OPENAI_KEY has one key, and there are several servers (\(hosts.sorted().joined(separator: ", "))): name "
                + "each one's, as HOST=KEY,HOST=KEY.")
    }
}

extension HostKeys: CustomStringConvertible, CustomDebugStringConvertible {
    var description: String { "keys of \(byHost.keys.sorted().joined(separator: ", "))" }
    var debugDescription: String { description }
}
