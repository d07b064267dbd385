import Foundation

/// What a server is asked.
package struct HTTPRequest: Sendable, Equatable {
    package var url: URL
    package var method: String
    /// By name. What belongs to the exchange itself (host, length) is added when it is sent.
    package var headers: [String: String]
    package var body: Data?

    package init(_ url: URL, method: String = "GET", headers: [String: String] = [:], body: Data? = nil) {
        self.url = url
        self.method = method
        self.headers = headers
        self.body = body
    }
}
