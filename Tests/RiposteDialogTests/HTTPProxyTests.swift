import Foundation
import Testing

@testable import RiposteDialog

@Suite struct HTTPProxyTests {
    private func proxy(_ url: String, _ environment: [String: String]) throws -> String? {
        HTTPProxy(for: try #require(URL(string: url)), environment: environment).map {
            "\($0.credentials.map { "\($0)@" } ?? "")\($0.host):\($0.port)"
        }
    }

    @Test func takesWhatTheEnvironmentNames() throws {
        let environment = [
            "https_proxy": "http://user:word@proxy.home:3128", "http_proxy": "proxy.home:8000",
            "no_proxy": "internal.example, .local,10.0.0.7",
        ]
        #expect(try proxy("https://api.openai.com/v1", environment) == "user:word@proxy.home:3128")
        #expect(try proxy("http://example.com", environment) == "proxy.home:8000")
        for direct in [
            "http://127.0.0.1:8080", "http://localhost", "http://[::1]:80", "https://internal.example",
            "https://a.internal.example", "https://printer.local", "http://10.0.0.7",
        ] {
            #expect(try proxy(direct, environment) == nil, "\(direct)")
        }
        #expect(try proxy("https://notinternal.example", environment) != nil)
        #expect(try proxy("https://example.com", [:]) == nil)
        #expect(try proxy("http://example.com", ["HTTP_PROXY": "evil:1"]) == nil)
        #expect(try proxy("http://example.com", ["all_proxy": "http://other"]) == "other:1080")
        #expect(try proxy("https://example.com", ["https_proxy": "http://p:1", "no_proxy": "*"]) == nil)
    }
}
