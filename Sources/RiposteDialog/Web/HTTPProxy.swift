import Foundation

/// Who passes requests on to other networks, as the environment names them.
struct HTTPProxy: Sendable, Equatable, Hashable {
    var host: String
    var port: Int
    /// User and password, as "user:password".
    var credentials: String?

    /// The proxy for an address: `https_proxy` or `http_proxy` by its scheme, else `all_proxy`, unless `no_proxy` has its
    /// machine or one of its domains. This machine is asked directly.
    init?(for url: URL, environment: [String: String] = ProcessInfo.processInfo.environment) {
        guard let scheme = url.scheme?.lowercased(), let target = url.host()?.lowercased() else { return nil }
        // `HTTP_PROXY` is not read: in a CGI program it is a header that anybody can send.
        let names = scheme == "https" ? ["https_proxy", "HTTPS_PROXY"] : ["http_proxy"]
        let named = (names + ["all_proxy", "ALL_PROXY"]).lazy.compactMap { environment[$0] }.first { !$0.isEmpty }
        guard let named, !Self.isExcluded(target, environment["no_proxy"] ?? environment["NO_PROXY"] ?? "") else {
            return nil
        }
        let address = named.contains("://") ? named : "http://" + named
        guard let proxy = URL(string: address), proxy.scheme?.lowercased() == "http", let host = proxy.host() else {
            return nil
        }
        self.host = host
        port = proxy.port ?? 1080
        if let user = proxy.user() { credentials = "\(user):\(proxy.password() ?? "")" }
    }

    private static func isExcluded(_ host: String, _ list: String) -> Bool {
        let bare = host.trimmingCharacters(in: CharacterSet(charactersIn: "[]"))
        if bare == "localhost" || bare == "::1" || bare.hasPrefix("127.") { return true }
        return list.lowercased().split(whereSeparator: { ", ".contains($0) }).contains { entry in
            let domain = entry.drop { $0 == "." }
            return entry == "*" || bare == domain || bare.hasSuffix("." + domain)
        }
    }
}
