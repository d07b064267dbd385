#if Cloud
    import GRPCCore
    import GRPCNIOTransportHTTP2Posix
    import RiposteCore
    import SwiftProtobuf
    import Synchronization

    /// The connection to one of Google's services. It is made when it is first used, and made anew when it is
    /// lost or when the service is asked whether it is back.
    final class GoogleConnection: Sendable {
        private struct Running {
            let client: GRPCClient<HTTP2ClientTransport.Posix>
            let task: Task<Void, Never>
        }

        private let endpoint: GoogleEndpoint
        private let authorization: GoogleAuthorization
        private let stage: RiposteError.Stage
        private let running = Mutex<Running?>(nil)

        /// Bytes of an answer: a minute of sound at 48 kHz and more.
        private static let longestAnswer = 16 << 20

        init(_ endpoint: GoogleEndpoint, _ authorization: GoogleAuthorization, stage: RiposteError.Stage) {
            self.endpoint = endpoint
            self.authorization = authorization
            self.stage = stage
        }

        deinit {
            running.withLock { running in
                running?.client.beginGracefulShutdown()
                running?.task.cancel()
            }
        }

        /// A request and its answer.
        /// - Throws: `RiposteError`; see `GoogleFailure`.
        func ask<Request: SwiftProtobuf.Message, Answer: SwiftProtobuf.Message>(
            _ method: MethodDescriptor, _ request: Request, for: Answer.Type, timeout: Double
        ) async throws -> Answer {
            try await explaining {
                try await client().unary(
                    request: ClientRequest(message: request, metadata: try await metadata()), descriptor: method,
                    serializer: ProtobufCoding<Request>(), deserializer: ProtobufCoding<Answer>(),
                    options: options(timeout: timeout)
                ) { try $0.message }
            }
        }

        /// Sends requests as they come, until they end, and hands over the answers as they come, until the service ends.
        /// - Throws: `RiposteError`; see `GoogleFailure`.
        func exchange<Request: SwiftProtobuf.Message, Answer: SwiftProtobuf.Message>(
            _ method: MethodDescriptor, _ requests: AsyncStream<Request>,
            timeout: Double? = nil, onAnswer: @escaping @Sendable (Answer) async throws -> Void
        ) async throws {
            try await explaining {
                let request = StreamingClientRequest<Request>(metadata: try await metadata()) { writer in
                    for await request in requests { try await writer.write(request) }
                }
                try await client().bidirectionalStreaming(
                    request: request, descriptor: method, serializer: ProtobufCoding<Request>(),
                    deserializer: ProtobufCoding<Answer>(), options: options(timeout: timeout)
                ) { response in
                    for try await answer in response.messages { try await onAnswer(answer) }
                }
            }
        }

        /// The next call makes a connection of its own; those that have begun may end. For when a service is asked whether it
        /// is back: a network that has changed tells nobody, and a connection over it seems well for a quarter of an hour.
        func renew() {
            let old = running.withLock { running in
                defer { running = nil }
                return running
            }
            old?.client.beginGracefulShutdown()
        }

        private func client() throws -> GRPCClient<HTTP2ClientTransport.Posix> {
            try running.withLock { running in
                if let running { return running.client }
                var config = HTTP2ClientTransport.Posix.Config.defaults
                // Whether it is back is asked for every few seconds at most.
                config.backoff = .init(
                    initial: .milliseconds(200), max: .seconds(5), multiplier: 1.6, jitter: 0.2)
                let transport = try HTTP2ClientTransport.Posix(
                    target: .dns(host: endpoint.host, port: endpoint.port), transportSecurity: security(),
                    config: config)
                let client = GRPCClient(transport: transport)
                let task = Task<Void, Never> { try? await client.runConnections() }
                running = Running(client: client, task: task)
                return client
            }
        }

        private func security() -> HTTP2ClientTransport.Posix.TransportSecurity {
            guard endpoint.isEncrypted else { return .plaintext }
            return .tls { [path = endpoint.rootCertificates] config in
                if let path { config.trustRoots = .certificates([.file(path: path, format: .pem)]) }
            }
        }

        private func metadata() async throws -> Metadata {
            var metadata = Metadata()
            for (name, value) in try await authorization.headers() { metadata.addString(value, forKey: name) }
            return metadata
        }

        private func options(timeout: Double?) -> CallOptions {
            var options = CallOptions.defaults
            options.timeout = timeout.map { .seconds($0) }
            options.maxResponseMessageBytes = Self.longestAnswer
            return options
        }

        private func explaining<Value: Sendable>(_ work: () async throws -> Value) async throws -> Value {
            do {
                return try await work()
            } catch {
                let failure = GoogleFailure(error)
                if failure.isRefused { await authorization.forget() }
                throw failure.error(of: endpoint.host, stage)
            }
        }
    }
#endif
