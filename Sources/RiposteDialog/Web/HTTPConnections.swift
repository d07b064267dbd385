import AsyncHTTPClient
import Foundation
import NIOCore
import NIOHTTP1
import NIOPosix
import Synchronization

/// The connections to all servers: the one place that knows how requests are sent.
enum HTTPConnections {
    /// Seconds that a connection is kept for a further request. Servers end theirs after five or more, and a request must not
    /// meet that.
    private static let kept: Int64 = 2
    /// Seconds until a connection is there.
    private static let connectLimit: Int64 = 10

    private static let clients = Mutex<[HTTPProxy?: HTTPClient]>([:])

    /// Sends a request.
    /// - Parameter seconds: for all of it.
    /// - Returns: the head of the answer, and its body as it comes.
    static func send(_ request: HTTPRequest, within seconds: Double) async throws -> HTTPClientResponse {
        var message = HTTPClientRequest(url: request.url.absoluteString)
        message.method = HTTPMethod(rawValue: request.method)
        for (name, value) in request.headers { message.headers.add(name: name, value: value) }
        if let body = request.body { message.body = .bytes(ByteBuffer(bytes: body)) }
        let client = client(HTTPProxy(for: request.url))
        return try await client.execute(message, timeout: .milliseconds(Int64(max(0.001, seconds) * 1000)))
    }

    /// Whether a request failed because nobody was reached, so that nobody can have done anything about it.
    static func isUnreached(_ error: any Error) -> Bool {
        if error is NIOConnectionError { return true }
        if let error = error as? IOError { return [ECONNREFUSED, EHOSTUNREACH, ENETUNREACH].contains(error.errnoCode) }
        let failures: [HTTPClientError] = [.connectTimeout, .tlsHandshakeTimeout, .getConnectionFromPoolTimeout]
        return (error as? HTTPClientError).map(failures.contains) ?? false
    }

    static func isLate(_ error: any Error) -> Bool {
        let failures: [HTTPClientError] = [.deadlineExceeded, .readTimeout, .writeTimeout]
        return (error as? HTTPClientError).map(failures.contains) ?? false
    }

    private static func client(_ proxy: HTTPProxy?) -> HTTPClient {
        clients.withLock { clients in
            if let client = clients[proxy] { return client }
            var configuration = HTTPClient.Configuration()
            configuration.connectionPool.idleTimeout = .seconds(kept)
            // Whether to try again is decided by whoever asks.
            configuration.connectionPool.retryConnectionEstablishment = false
            configuration.timeout.connect = .seconds(connectLimit)
            configuration.proxy = proxy.map(Self.proxy)
            let client = HTTPClient(
                eventLoopGroup: MultiThreadedEventLoopGroup.singleton, configuration: configuration)
            clients[proxy] = client
            return client
        }
    }

    private static func proxy(_ proxy: HTTPProxy) -> HTTPClient.Configuration.Proxy {
        guard let credentials = proxy.credentials else { return .server(host: proxy.host, port: proxy.port) }
        return .server(
            host: proxy.host, port: proxy.port,
            authorization: .basic(credentials: Data(credentials.utf8).base64EncodedString()))
    }
}
