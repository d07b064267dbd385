import Foundation
import Hummingbird
import RiposteCore
import RiposteDialog
import RiposteTesting
import Testing

/// Requests over HTTP, against a server in this process.
@Suite(.serialized, .timeLimit(.minutes(10))) struct HTTPStreamTests {
    private static func withServer(_ test: @Sendable (URL) async throws -> Void) async throws {
        let router = Router()
        router.post("/echo") { request, _ -> Response in
            let body = try await request.body.collect(upTo: 1 << 24)
            return Response(
                status: .ok, headers: [.contentType: request.headers[.contentType] ?? ""],
                body: .init(byteBuffer: body))
        }
        router.get("/pieces/:count") { _, context -> Response in
            let count = context.parameters.get("count", as: Int.self) ?? 0
            return Response(
                status: .ok,
                body: .init { writer in
                    for _ in 0..<count { try await writer.write(ByteBuffer(repeating: 120, count: 100)) }
                    try await writer.finish(nil)
                })
        }
        router.get("/late") { _, _ -> Response in
            try await Task.sleep(for: .seconds(60))
            return Response(status: .ok)
        }
        router.get("/stalls") { _, _ -> Response in
            Response(
                status: .ok,
                body: .init { writer in
                    try await writer.write(ByteBuffer(string: "begun"))
                    try await Task.sleep(for: .seconds(60))
                    try await writer.finish(nil)
                })
        }
        router.get("/endless") { _, _ -> Response in
            Response(
                status: .ok,
                body: .init { writer in
                    while true { try await writer.write(ByteBuffer(repeating: 120, count: 10_000)) }
                })
        }
        router.get("/error") { _, _ -> Response in Response(status: .tooManyRequests) }
        let (ports, listening) = AsyncStream.makeStream(of: Int.self)
        let application = Application(
            router: router, configuration: .init(address: .hostname("127.0.0.1", port: 0)),
            onServerRunning: { listening.yield($0.localAddress?.port ?? 0) })
        let running = Task { try await application.run() }
        defer { running.cancel() }
        var iterator = ports.makeAsyncIterator()
        let port = try #require(await iterator.next())
        try await test(try #require(URL(string: "http://127.0.0.1:\(port)")))
    }

    private static func stream(_ url: URL, _ limits: HTTPStream.Limits = .init()) -> HTTPStream {
        HTTPStream(RiposteDialog.HTTPRequest(url), limits: limits, stage: .synthesis)
    }

    @Test func sendsAndTakesAll() async throws {
        try await Self.withServer { url in
            let body = Data((0..<100_000).map { UInt8(truncatingIfNeeded: $0) })
            let answer = try await HTTPStream(url.appending(path: "echo"), json: body).whole()
            #expect(answer == body)
            #expect(try await Self.stream(url.appending(path: "pieces/1000")).whole().count == 100_000)
        }
    }

    @Test func keepsItsLimits() async throws {
        try await Self.withServer { url in
            func failure(_ path: String, _ limits: HTTPStream.Limits = .init()) async -> RiposteError? {
                do {
                    _ = try await Self.stream(url.appending(path: path), limits).whole()
                    return nil
                } catch { return error as? RiposteError }
            }
            #expect(await failure("late", .init(first: 0.2))?.code == .timedOut)
            #expect(await failure("stalls", .init(idle: 0.2))?.code == .timedOut)
            #expect(await failure("stalls", .init(total: 0.3))?.code == .timedOut)
            let long = await failure("endless", .init(length: 100_000))
            #expect(long?.code == .engineFailed)
            #expect(long?.stage == .synthesis)
            let refused = await failure("error")
            #expect(refused?.code == .network)
            #expect(refused?.httpStatus == 429)
        }
        let nobody = await #expect(throws: RiposteError.self) {
            try await Self.stream(try #require(URL(string: "http://127.0.0.1:9/"))).whole()
        }
        #expect(nobody?.code == .network)
        #expect(nobody?.message == "127.0.0.1 cannot be reached, or stopped answering.")
    }

    /// Whoever leaves at the last piece, or is cancelled at about that time, leaves a request that is just ending.
    @Test func thousandsAreLeftAsTheyEnd() async throws {
        try await Self.withServer { url in
            let outcomes = await withTaskGroup(of: Bool.self) { group in
                var whole = 0
                for index in 0..<6000 {
                    if index >= 48, await group.next() == true { whole += 1 }
                    group.addTask {
                        let stream = Self.stream(url.appending(path: "pieces/\(index % 3 + 1)"))
                        let wanted = (index % 3 + 1) * 100
                        let reading = Task {
                            var count = 0
                            for try await piece in stream.pieces() {
                                count += piece.count
                                // At the last byte, with the end of the answer on its way.
                                if index % 2 == 0, count == wanted { break }
                            }
                            return count
                        }
                        if index % 4 == 1 {
                            // Cancelled from elsewhere, about when it ends.
                            try? await Task.sleep(for: .microseconds(index % 97 * 40))
                            reading.cancel()
                        }
                        return (try? await reading.value) == wanted
                    }
                }
                while let isWhole = await group.next() { whole += isWhole ? 1 : 0 }
                return whole
            }
            // Those that were not cancelled are whole, and some of the others too.
            #expect(outcomes >= 4500 && outcomes <= 6000)
            let last = try await Self.stream(url.appending(path: "pieces/1")).whole()
            #expect(last.count == 100)
        }
    }
}
