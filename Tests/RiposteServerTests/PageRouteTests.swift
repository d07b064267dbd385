import Foundation
import Hummingbird
import HummingbirdTesting
import RiposteTesting
import Testing

@testable import RiposteServer

@Suite struct PageRouteTests {
    private func withServer(
        token: String? = nil, _ test: @escaping @Sendable (any TestClientProtocol) async throws -> Void
    ) async throws {
        var configuration = WebServer.Configuration()
        configuration.token = token
        let server = try WebServer(engines: NetworkConversationTests.engines(), configuration: configuration)
        try await Application(router: server.router()).test(.router, test)
    }

    /// All that the page asks for is there, and nothing that comes from elsewhere.
    @Test func servesAllOfThePage() async throws {
        try await withServer(token: "secret") { client in
            var open = ["/"]
            var seen: Set<String> = []
            while let path = open.popLast() {
                guard seen.insert(path).inserted else { continue }
                try await client.execute(uri: path, method: .get) { response in
                    #expect(response.status == .ok, "\(path)")
                    let policy = response.headers[.contentSecurityPolicy] ?? ""
                    #expect(policy.hasPrefix("default-src 'none'; script-src 'self'; style-src 'self'"))
                    #expect(!policy.contains("unsafe"))
                    #expect(response.headers[.xContentTypeOptions] == "nosniff")
                    let text = String(buffer: response.body)
                    #expect(!text.contains("style=\"") && !text.contains(" onclick="), "\(path)")
                    let links = text.matches(of: #/(?:src|href)="(/[^"]*)"|"(/page/[^"]+\.js)"|from "\.(/[^"]+)"/#)
                    for link in links {
                        if let path = link.1 ?? link.2 { open.append(String(path)) }
                        if let module = link.3 { open.append("/page" + module) }
                    }
                    for address in text.matches(of: #/https?:\/\/([a-z0-9.]*[a-z0-9])/#) {
                        // A name space, and what the user is told to type.
                        #expect(["www.w3.org", "127.0.0.1"].contains(address.1), "\(path)")
                    }
                }
            }
            #expect(seen.count == 9)
        }
    }

    @Test func tellsWhatCanBeChosen() async throws {
        try await withServer { client in
            try await client.execute(uri: "/page/choices", method: .get) {
                let text = String(buffer: $0.body)
                #expect(text.contains(#""projects":["riposte"]"#))
                #expect(text.contains(#""voice":"tone""#))
            }
        }
        try await withServer(token: "secret") { client in
            try await client.execute(uri: "/page/choices", method: .get) { #expect($0.status == .unauthorized) }
        }
    }

    /// A page cannot set headers for a WebSocket: the token comes among the protocols.
    @Test func letsInWhoNamesTheTokenAmongTheProtocols() throws {
        var configuration = WebServer.Configuration()
        configuration.token = "secret"
        let settings = try LiveSettings(configuration)
        func admits(_ protocols: [String], origin: String? = "http://a") -> Bool {
            RequestGuard<ServerContext>.admits(
                origin: origin, authority: "a", authorization: nil, protocols: protocols, settings: settings)
        }
        #expect(admits(["realtime", "openai-insecure-api-key.secret"]))
        #expect(!admits(["realtime", "openai-insecure-api-key.wrong!"]))
        #expect(!admits(["realtime"]))
        #expect(!admits(["realtime", "openai-insecure-api-key.secret"], origin: "http://b"))
    }
}
