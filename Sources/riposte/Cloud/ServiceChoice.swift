import ArgumentParser
import Foundation

/// A speech service, as the user names it: openai, openai=URL#MODEL, google, google=URL#MODEL, deepgram, deepgram=URL#MODEL,
/// wyoming://HOST:PORT#NAME.
struct ServiceChoice: ExpressibleByArgument, Equatable {
    enum Kind: String, CaseIterable {
        case openai, google, deepgram, wyoming
    }

    let kind: Kind
    /// Where it is; nil is the service's own address.
    let url: URL?
    let model: String?

    init?(argument: String) {
        let parts = argument.split(separator: "#", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
        let place = parts[0].split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
        if parts[0].hasPrefix("wyoming://") {
            guard let url = URL(string: parts[0]), url.host()?.isEmpty == false, parts.count < 2 || !parts[1].isEmpty
            else { return nil }
            kind = .wyoming
            self.url = url
            model = parts.count > 1 ? parts[1] : nil
            return
        }
        guard let kind = Kind(rawValue: place[0]), kind != .wyoming, parts.count < 2 || !parts[1].isEmpty else {
            return nil
        }
        self.kind = kind
        model = parts.count > 1 ? parts[1] : nil
        guard place.count > 1 else {
            url = nil
            return
        }
        let schemes = kind == .deepgram ? ["ws", "wss"] : ["http", "https"]
        guard let url = URL(string: place[1]), schemes.contains(url.scheme ?? ""), url.host() != nil else {
            return nil
        }
        self.url = url
    }

    /// Whether nothing leaves this machine by it.
    var isOnThisMachine: Bool { url.map(Self.isOnThisMachine) ?? false }

    /// Whether an address is this machine's own.
    static func isOnThisMachine(_ url: URL) -> Bool {
        let host = (url.host() ?? "").lowercased().trimmingCharacters(in: CharacterSet(charactersIn: "[]"))
        return host == "localhost" || host == "::1"
            || host.range(of: #"^127(\.\d+){3}$"#, options: .regularExpression) != nil
    }
}
