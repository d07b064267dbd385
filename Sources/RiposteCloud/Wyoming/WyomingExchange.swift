import NIOCore
import NIOPosix
import RiposteAudio
import RiposteCore
import Synchronization

/// A request to a node and its answer, on a connection of its own, as the protocol's clients have it.
struct WyomingExchange: Sendable {
    let node: WyomingNode
    /// What errors say they happened in.
    let stage: RiposteError.Stage
    /// Seconds until a connection is there.
    var connectLimit = 5.0

    /// Sends events as they come, and takes the node's, until one of them gives the answer.
    /// - Parameters:
    ///   - events: goes on as long as something may have to be sent.
    ///   - patience: how long the node may take.
    /// - Throws: `.network` where nobody is there or hangs up without an answer; `.timedOut`; what the node calls an error:
    ///   `.badInput` or `.engineFailed`.
    func answer<Answer: Sendable>(
        to events: AsyncStream<WyomingEvent>, patience: Patience = .init(),
        _ take: @escaping @Sendable (WyomingEvent) async throws -> Answer?
    ) async throws -> Answer {
        let channel = try await connect()
        do {
            return try await channel.executeThenClose { inbound, outbound in
                try await withThrowingTaskGroup(of: Answer?.self) { group in
                    group.addTask {
                        for await event in events { try await outbound.write(ByteBuffer(bytes: try event.bytes())) }
                        return nil
                    }
                    group.addTask { try await read(inbound, take) }
                    group.addTask {
                        try await patience.runOut()
                        throw RiposteError(.timedOut, stage, "\(node) took too long to answer.")
                    }
                    defer { group.cancelAll() }
                    while let answer = try await group.next() {
                        if let answer { return answer }
                    }
                    throw hungUp
                }
            }
        } catch {
            if error is RiposteError || error is CancellationError { throw error }
            throw RiposteError(hungUp.code, stage, hungUp.message, underlying: error)
        }
    }

    private func connect() async throws -> NIOAsyncChannel<ByteBuffer, ByteBuffer> {
        do {
            return try await ClientBootstrap(group: MultiThreadedEventLoopGroup.singleton)
                .connectTimeout(.milliseconds(Int64(connectLimit * 1000)))
                .channelOption(.tcpOption(.tcp_nodelay), value: 1)
                .connect(host: node.host, port: node.port) { channel in
                    channel.eventLoop.makeCompletedFuture {
                        try NIOAsyncChannel(wrappingChannelSynchronously: channel)
                    }
                }
        } catch {
            throw RiposteError(.network, stage, "\(node) cannot be reached.", underlying: error)
        }
    }

    private func read<Answer>(
        _ bytes: NIOAsyncChannelInboundStream<ByteBuffer>, _ take: (WyomingEvent) async throws -> Answer?
    ) async throws -> Answer {
        var limits = WyomingEventParser.Limits()
        // Some tell of hundreds of voices.
        limits.data = 4 << 20
        var parser = WyomingEventParser(limits: limits)
        for try await piece in bytes {
            parser.append(piece.readableBytesView)
            while let event = try parser.next() {
                if event.type == "error" { throw failure(event) }
                if let answer = try await take(event) { return answer }
            }
        }
        try Task.checkCancellation()
        throw hungUp
    }

    private var hungUp: RiposteError { RiposteError(.network, stage, "\(node) stopped answering.") }

    /// What a node calls an error. Those of this project say its kind.
    private func failure(_ event: WyomingEvent) -> RiposteError {
        let isInput = event.text("code") == RiposteError.Code.badInput.rawValue
        let reason = event.text("text").map { ": \($0.prefix(300))" } ?? "."
        return RiposteError(
            isInput ? .badInput : .engineFailed, stage, "\(node) cannot do this\(reason)")
    }

    /// How long an answer may take. It rests while nothing is waited for.
    final class Patience: Sendable {
        private let end = Mutex<ContinuousClock.Instant?>(nil)

        /// Something has to come within so many seconds.
        func expect(within seconds: Double) { end.withLock { $0 = .now + .seconds(seconds) } }

        func rest() { end.withLock { $0 = nil } }

        /// Returns when something that was expected has not come.
        /// - Throws: `CancellationError`.
        fileprivate func runOut() async throws {
            while true {
                let end = end.withLock { $0 }
                if let end, end <= .now { return }
                // A limit that is set meanwhile is noticed soon enough.
                try await Task.sleep(until: min(end ?? .now + .seconds(0.5), .now + .seconds(0.5)), clock: .continuous)
            }
        }
    }
}

extension WyomingNode {
    /// Asks what it can do.
    /// - Parameters:
    ///   - kind: "asr" or "tts".
    /// - Returns: its programs of that kind.
    /// - Throws: as `WyomingExchange.answer`; `.badInput` where it has none.
    func programs(_ kind: String, stage: RiposteError.Stage) async throws -> [SlotValue] {
        let (events, output) = AsyncStream.makeStream(of: WyomingEvent.self)
        output.yield(WyomingEvent("describe"))
        let patience = WyomingExchange.Patience()
        patience.expect(within: 5)
        let info = try await WyomingExchange(node: self, stage: stage).answer(to: events, patience: patience) { event in
            event.type == "info" ? event : nil
        }
        output.finish()
        guard case .list(let programs)? = info.data[kind], !programs.isEmpty else {
            throw RiposteError(
                .badInput, stage, "\(self) \(kind == "asr" ? "recognises nothing" : "has no voice").")
        }
        return programs
    }
}
