import Logging
import NIOCore
import NIOPosix
import RiposteCore
import ServiceLifecycle
import Synchronization

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#elseif canImport(Darwin)
    import Darwin
#endif

/// Announces a service on the local network by multicast DNS, until it is shut down: Home Assistant then finds it by
/// itself.
///
/// Where multicast cannot be had, it says so in the log and does nothing more.
public struct ServiceAnnouncer: Service {
    public struct Configuration: Sendable {
        /// What people see; where somebody has the name already, a number is put behind it. Default "Riposte".
        public var name = "Riposte"
        /// Default: Home Assistant's voice protocol.
        public var type = "_wyoming._tcp"
        /// Where the service listens; 0.0.0.0 is every address of this machine.
        public var host = "0.0.0.0"
        public var port = 10_300

        public init() {}
    }

    private typealias Packets = NIOAsyncChannel<AddressedEnvelope<ByteBuffer>, AddressedEnvelope<ByteBuffer>>
    private typealias Writer = NIOAsyncChannelOutboundWriter<AddressedEnvelope<ByteBuffer>>

    /// An interface that it is announced on.
    private struct Interface {
        var device: NIONetworkDevice
        var address: SocketAddress
        /// In the order of the network.
        var bytes: [UInt8]
    }

    private static let port = 5353
    private static let group = "224.0.0.251"
    /// Names that are tried before it is given up.
    private static let longestSearch = 50

    private let configuration: Configuration
    private let logger: Logger
    private let onAnnounced: @Sendable (_ name: String) async -> Void

    /// - Parameter onAnnounced: told the name once it is announced on an interface.
    public init(
        configuration: Configuration = .init(), logger: Logger = Logger(label: "riposte.announcement"),
        onAnnounced: @escaping @Sendable (_ name: String) async -> Void = { _ in }
    ) {
        self.configuration = configuration
        self.logger = logger
        self.onAnnounced = onAnnounced
    }

    public func run() async throws {
        let interfaces = (try? Self.interfaces(for: configuration.host)) ?? []
        if interfaces.isEmpty {
            logger.warning("\(configuration.name) is not announced: no network interface does multicast.")
        }
        let suffix = String(UInt32.random(in: 0...UInt32.max), radix: 16)
        await withTaskGroup(of: Void.self) { group in
            for interface in interfaces {
                let service = ServiceResponder.Service(
                    name: configuration.name, type: configuration.type, port: UInt16(clamping: configuration.port),
                    host: "riposte-\(suffix)", addresses: [interface.bytes])
                group.addTask { await announce(service, on: interface) }
            }
        }
        // A service that ends takes the others with it.
        try? await gracefulShutdown()
    }

    /// Those that have an IPv4 address on which the service listens.
    private static func interfaces(for host: String) throws -> [Interface] {
        let isEverywhere = host == "0.0.0.0" || host == "::"
        let wanted = isEverywhere ? nil : try SocketAddress.makeAddressResolvingHost(host, port: 0)
        return try System.enumerateDevices().compactMap { device in
            guard let address = device.address, case .v4(let v4) = address else { return nil }
            let bytes = withUnsafeBytes(of: v4.address.sin_addr.s_addr) { [UInt8]($0) }
            let isLoopback = bytes.first == 127
            if let wanted { guard address.ipAddress == wanted.ipAddress else { return nil } }
            // On loopback it works where the interface does not say that it does.
            guard isLoopback ? wanted != nil : device.multicastSupported else { return nil }
            return Interface(device: device, address: address, bytes: bytes)
        }
    }

    private func announce(_ service: ServiceResponder.Service, on interface: Interface) async {
        do {
            let channel = try await Self.open(interface)
            let group = try SocketAddress(ipAddress: Self.group, port: Self.port)
            let responder = SharedResponder(service)
            try await channel.executeThenClose { inbound, outbound in
                let listening = Task { try await listen(inbound, outbound, group, responder) }
                defer { listening.cancel() }
                await cancelWhenGracefulShutdown { await hold(responder, outbound, group) }
                guard let goodbye = responder.withLock({ $0.isEstablished ? $0.goodbye : nil }) else { return }
                // Also when the task is cancelled: nobody is to look for it any longer.
                try? await Task { try await outbound.write(Self.envelope(goodbye, to: group)) }.value
            }
        } catch {
            logger.warning("\(service.name) is not announced on \(interface.device.name): \(error)")
        }
    }

    private static func open(_ interface: Interface) async throws -> Packets {
        let channel = try await DatagramBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .channelOption(.socketOption(.so_reuseaddr), value: 1)
            .channelOption(.socketOption(NIOBSDSocket.Option(rawValue: SO_REUSEPORT)), value: 1)
            .bind(host: "0.0.0.0", port: port) { channel in
                channel.eventLoop.makeCompletedFuture { try Packets(wrappingChannelSynchronously: channel) }
            }
        guard let options = channel.channel as? any SocketOptionProvider,
            case .v4(let address) = interface.address,
            case .v4(let group) = try SocketAddress(ipAddress: Self.group, port: port)
        else {
            throw RiposteError(.network, .configuration, "There is no multicast here.")
        }
        do {
            // By hand: NIO joins on no interface that does not say of itself that it does multicast, as loopback.
            try await options.unsafeSetSocketOption(
                level: .ip, name: NIOBSDSocket.Option(rawValue: IP_ADD_MEMBERSHIP),
                value: ip_mreq(imr_multiaddr: group.address.sin_addr, imr_interface: address.address.sin_addr)
            ).get()
            try await options.setIPMulticastIF(address.address.sin_addr).get()
            // As RFC 6762, section 11, has it.
            try await options.setIPMulticastTTL(255).get()
            #if os(Linux)
                // Else the packets of every other interface would come here as well; 49 is IP_MULTICAST_ALL.
                try await options.unsafeSetSocketOption(
                    level: .ip, name: NIOBSDSocket.Option(rawValue: 49), value: CInt(0)
                ).get()
            #endif
        } catch {
            try? await channel.channel.close()
            throw error
        }
        return channel
    }

    /// Finds a name that nobody has, announces it, and holds it until the task is cancelled.
    private func hold(_ responder: SharedResponder, _ outbound: Writer, _ group: SocketAddress) async {
        do {
            for _ in 0..<Self.longestSearch {
                try await Task.sleep(for: .milliseconds(.random(in: 0...250)))
                guard try await probe(responder, outbound, group) else {
                    responder.withLock { $0.rename() }
                    continue
                }
                responder.withLock { $0.establish() }
                for pause in [1, 0] {
                    let message = responder.withLock { $0.announcement }
                    try await outbound.write(Self.envelope(message, to: group))
                    try await Task.sleep(for: .seconds(pause))
                }
                await onAnnounced(responder.withLock { $0.name })
                while !responder.withLock({ $0.isContested }) { try await Task.sleep(for: .milliseconds(500)) }
                responder.withLock { $0.rename() }
            }
            logger.warning("\(configuration.name) is not announced any more: others take every name.")
        } catch is CancellationError {
            // As it should end.
        } catch {
            logger.warning("\(configuration.name) is not announced any more: \(error)")
        }
    }

    /// - Returns: whether nobody has the name.
    private func probe(
        _ responder: SharedResponder, _ outbound: Writer, _ group: SocketAddress
    ) async throws -> Bool {
        for _ in 0..<3 {
            let probe = responder.withLock { $0.probe }
            try await outbound.write(Self.envelope(probe, to: group))
            try await Task.sleep(for: .milliseconds(250))
            if responder.withLock({ $0.isContested }) { return false }
        }
        return true
    }

    private static func envelope(_ message: DNSMessage, to address: SocketAddress) -> AddressedEnvelope<ByteBuffer> {
        AddressedEnvelope(remoteAddress: address, data: ByteBuffer(bytes: message.bytes))
    }

    private func listen(
        _ inbound: NIOAsyncChannelInboundStream<AddressedEnvelope<ByteBuffer>>, _ outbound: Writer,
        _ group: SocketAddress, _ responder: SharedResponder
    ) async throws {
        var budget = AnswerBudget()
        for try await packet in inbound {
            guard let message = try? DNSMessage(parsing: [UInt8](packet.data.readableBytesView)) else { continue }
            let isLegacy = packet.remoteAddress.port != Self.port
            let answer = responder.withLock { $0.hear(message, isLegacy: isLegacy) }
            guard answer.multicast != nil || answer.unicast != nil, budget.spend() else { continue }
            if let message = answer.unicast {
                try await outbound.write(Self.envelope(message, to: packet.remoteAddress))
            }
            if let message = answer.multicast {
                // Others may have the same to say: not all at once.
                try await Task.sleep(for: .milliseconds(.random(in: 20...120)))
                try await outbound.write(Self.envelope(message, to: group))
            }
        }
    }
}

/// A responder that is asked and told by several tasks.
private final class SharedResponder: Sendable {
    private let responder: Mutex<ServiceResponder>

    init(_ service: ServiceResponder.Service) { responder = Mutex(ServiceResponder(service)) }

    func withLock<Result: Sendable>(_ body: (inout sending ServiceResponder) -> sending Result) -> Result {
        responder.withLock(body)
    }
}

/// Keeps somebody who asks without end from being answered without end: 20 answers a second.
private struct AnswerBudget {
    private var second = ContinuousClock.now
    private var spent = 0

    mutating func spend() -> Bool {
        if ContinuousClock.now - second >= .seconds(1) { (second, spent) = (.now, 0) }
        spent += 1
        return spent <= 20
    }
}
