#if Cloud
    import Foundation
    import RiposteCore
    import RiposteDialog

    /// Gives every call what lets it in. A token is fetched once for all calls, kept, and renewed before it expires.
    public actor GoogleAuthorization {
        /// Seconds before its end when a token is renewed. Google's own libraries take some minutes.
        private static let margin = 225.0
        /// Seconds that a token has to last for a call that begins now.
        private static let shortest = 10.0

        private struct Token {
            var value: String
            var end: Date
        }

        private let credentials: GoogleCredentials
        private let now: @Sendable () -> Date
        private var token: Token?
        private var fetching: Task<Token, any Error>?

        /// - Parameter now: the time; for tests.
        public init(_ credentials: GoogleCredentials, now: @escaping @Sendable () -> Date = { Date() }) {
            self.credentials = credentials
            self.now = now
        }

        /// The headers of a call.
        /// - Throws: `.badInput` where the credentials are refused, `.network` or `.timedOut` where nobody answers.
        public func headers() async throws -> [(name: String, value: String)] {
            switch credentials {
            case .none: []
            case .key(let key): [("x-goog-api-key", key)]
            case .serviceAccount, .metadataServer: [("authorization", "Bearer " + (try await currentToken()))]
            }
        }

        /// A call was refused: the token is not used again.
        public func forget() { token = nil }

        private func currentToken() async throws -> String {
            if let token {
                let left = token.end.timeIntervalSince(now())
                if left > Self.margin { return token.value }
                if left > Self.shortest {
                    // Nobody waits for a new one while the old one lasts.
                    renew()
                    return token.value
                }
            }
            return try await renew().value.value
        }

        /// Fetches one, once for all who want it.
        @discardableResult
        private func renew() -> Task<Token, any Error> {
            if let fetching { return fetching }
            let task = Task {
                defer { fetching = nil }
                let fresh = try await fetch()
                token = fresh
                return fresh
            }
            fetching = task
            return task
        }

        private struct Answer: Decodable {
            var accessToken: String
            var expiresIn: Double?
        }

        private func fetch() async throws -> Token {
            let limits = HTTPStream.Limits(first: 5, idle: 5, total: 10, length: 100_000)
            let data: Data
            do {
                data = try await HTTPStream(try request(), limits: limits, stage: .configuration).whole()
            } catch let error as RiposteError {
                throw explained(error)
            }
            let decoder = JSONDecoder()
            decoder.keyDecodingStrategy = .convertFromSnakeCase
            guard let answer = try? decoder.decode(Answer.self, from: data), !answer.accessToken.isEmpty else {
                throw RiposteError(.engineFailed, .configuration, "What was asked for a token gave none.")
            }
            return Token(value: answer.accessToken, end: now().addingTimeInterval(answer.expiresIn ?? 3600))
        }

        private func request() throws -> HTTPRequest {
            switch credentials {
            case .serviceAccount(let account):
                let grant = "urn%3Aietf%3Aparams%3Aoauth%3Agrant-type%3Ajwt-bearer"
                return HTTPRequest(
                    account.tokenURL, method: "POST", headers: ["Content-Type": "application/x-www-form-urlencoded"],
                    body: Data("grant_type=\(grant)&assertion=\(try account.assertion(at: now()))".utf8))
            case .metadataServer(let url):
                return HTTPRequest(
                    url.appending(path: "computeMetadata/v1/instance/service-accounts/default/token"),
                    headers: ["Metadata-Flavor": "Google"])
            case .key, .none:
                throw RiposteError(.badInput, .configuration, "\(credentials) needs no token.")
            }
        }

        private func explained(_ error: RiposteError) -> RiposteError {
            switch (credentials, error.httpStatus) {
            case (.serviceAccount(let account), let status?) where (400..<500).contains(status):
                RiposteError(
                    .badInput, .configuration,
                    "Google refuses the key of \(account.email): it was revoked, or this machine's clock is wrong.",
                    underlying: error.underlying)
            case (.metadataServer, nil):
                RiposteError(
                    .badInput, .configuration,
                    "There are no credentials for Google: name a service account's key file in "
                        + "GOOGLE_APPLICATION_CREDENTIALS, or a key in RIPOSTE_GOOGLE_KEY.", underlying: error)
            default: error
            }
        }
    }
#endif
