import HTTPTypes
import Hummingbird
import Logging
import RiposteCore
import Synchronization

/// Lets in who may come in, and says in one form what was wrong.
struct RequestGuard<Context: RequestContext & RemoteAddressRequestContext>: RouterMiddleware {
    let settings: LiveSettings
    let figures: ServerFigures

    func handle(
        _ request: Request, context: Context, next: (Request, Context) async throws -> Response
    ) async throws -> Response {
        let began = ContinuousClock.now
        // What is done for a request bears its name, as that for a turn does the turn's.
        let name = TurnIdentity(conversation: "http", turn: context.id)
        var response = await TurnIdentity.$current.withValue(name) { await answer(request, context, next) }
        figures.count(status: response.status.code)
        if let field = HTTPField.Name("x-request-id") { response.headers[field] = name.description }
        context.logger.log(
            level: Self.isProbe(request) ? .debug : .info, "a request is answered",
            metadata: [
                // Without what is asked for in it: that can be words.
                "method": .string(request.method.rawValue), "path": .string(request.uri.path),
                "status": .stringConvertible(response.status.code), "turn": .string(name.description),
                "ms": .stringConvertible((ContinuousClock.now - began) / .milliseconds(1)),
            ])
        return response
    }

    /// Whoever watches the server asks all the time.
    private static func isProbe(_ request: Request) -> Bool {
        ["/health", "/ready", "/metrics"].contains(request.uri.path)
    }

    private func answer(
        _ request: Request, _ context: Context, _ next: (Request, Context) async throws -> Response
    ) async -> Response {
        do {
            try check(rateOf: context)
            try check(request)
            return try await next(request, context)
        } catch let failure as RequestFailure {
            return failure.response(from: request, context: context)
        } catch let error as RiposteError {
            return RequestFailure(error).response(from: request, context: context)
        } catch let error as HTTPError {
            return RequestFailure(error.status, error.body ?? "\(error.status)").response(
                from: request, context: context)
        } catch {
            // Its text may quote what was asked.
            context.logger.error("a request failed", metadata: ["error": .string("\(type(of: error))")])
            return RequestFailure(.internalServerError, "Something went wrong.").response(
                from: request, context: context)
        }
    }

    private func check(rateOf context: Context) throws {
        guard let wait = settings.rate?.ask(context.remoteAddress?.ipAddress ?? "") else { return }
        figures.slowedDown()
        throw RequestFailure(
            .tooManyRequests, "That is too often; try again in a moment.",
            headers: [.retryAfter: "\(Int(wait.rounded(.up)))"])
    }

    private func check(_ request: Request) throws {
        // A page of another origin must not use what this machine serves.
        if let origin = request.headers[.origin], !Self.isSame(origin, request.head.authority) {
            throw RequestFailure(.forbidden, "Pages of \(origin) may not use this server.")
        }
        let isOpen = ["/health", "/ready"].contains(request.uri.path) || PageRoute.isPage(request.uri.path)
        if !isOpen || PageRoute.isPage(request.uri.path), let name = request.head.authority, !settings.isKnown(name) {
            throw RequestFailure(
                .forbidden,
                "This server is not called \(name.prefix(255)) without a token: start it with --allow-host or --token.")
        }
        guard let token = settings.token, !isOpen else { return }
        let given = request.headers[.authorization].flatMap { $0.hasPrefix("Bearer ") ? $0.dropFirst(7) : nil }
        guard let given, Self.isEqual(given.utf8, token.utf8) else {
            throw RequestFailure(
                .unauthorized, "A token is needed: Authorization: Bearer …", headers: [.wwwAuthenticate: "Bearer"])
        }
    }

    /// Whether a request for a WebSocket passes the same checks.
    ///
    /// A page cannot set headers there: it names the token among the protocols, as OpenAI's clients in browsers do.
    static func admits(
        origin: String?, authority: String?, authorization: String?, protocols: [String] = [], settings: LiveSettings
    ) -> Bool {
        if let origin, !isSame(origin, authority) { return false }
        if let authority, !settings.isKnown(authority) { return false }
        guard let token = settings.token else { return true }
        var given = authorization.flatMap { $0.hasPrefix("Bearer ") ? $0.dropFirst(7) : nil }
        let prefix = "openai-insecure-api-key."
        given = given ?? protocols.first { $0.hasPrefix(prefix) }?.dropFirst(prefix.count)
        guard let given else { return false }
        return isEqual(given.utf8, token.utf8)
    }

    private static func isSame(_ origin: String, _ authority: String?) -> Bool {
        guard let authority, let end = origin.range(of: "://")?.upperBound else { return false }
        return origin[end...] == authority
    }

    /// Takes as long for a wrong token as for a right one of its length.
    private static func isEqual(_ given: Substring.UTF8View, _ token: String.UTF8View) -> Bool {
        guard given.count == token.count else { return false }
        return zip(given, token).reduce(0) { $0 | ($1.0 ^ $1.1) } == 0
    }
}

/// How many work at once: whoever comes when it is full is told so at once.
final class Admission: Sendable {
    private let running: Mutex<(count: Int, limit: Int)>
    private let figures: ServerFigures
    private let memory = AllocatorMemory()

    init(limit: Int, figures: ServerFigures) {
        running = Mutex((0, limit))
        self.figures = figures
    }

    /// From now on so many may work at once. Who is in stays.
    func admit(_ limit: Int) { running.withLock { $0.limit = limit } }

    /// What a node can do and how much of it is taken, for whoever places work.
    struct Capacity: Sendable, Equatable, Encodable {
        /// "ready" or "full". It is no failure to be full: whoever comes is told to come back.
        var status: String { sessions < limit ? "ready" : "full" }
        /// Requests and conversations that are worked on.
        var sessions: Int
        /// How many at once.
        var limit: Int

        private enum CodingKeys: String, CodingKey { case status, sessions, limit }

        func encode(to encoder: any Encoder) throws {
            var container = encoder.container(keyedBy: CodingKeys.self)
            try container.encode(status, forKey: .status)
            try container.encode(sessions, forKey: .sessions)
            try container.encode(limit, forKey: .limit)
        }
    }

    var capacity: Capacity { running.withLock { Capacity(sessions: $0.count, limit: $0.limit) } }

    /// - Throws: 503 when it is full.
    func enter() throws -> Place {
        let (isIn, limit) = running.withLock { running in
            guard running.count < running.limit else { return (false, running.limit) }
            running.count += 1
            return (true, running.limit)
        }
        guard isIn else {
            figures.refused()
            throw RequestFailure(
                .serviceUnavailable, "All \(limit) places are taken; try again in a moment.",
                headers: [.retryAfter: "1"])
        }
        figures.entered()
        return Place { [self] in
            running.withLock { $0.count -= 1 }
            figures.left()
            memory.giveBackSoon()
        }
    }

    /// Given back when it is let go.
    final class Place: Sendable {
        private let onEnd: @Sendable () -> Void
        init(_ onEnd: @escaping @Sendable () -> Void) { self.onEnd = onEnd }
        deinit { onEnd() }
    }
}
