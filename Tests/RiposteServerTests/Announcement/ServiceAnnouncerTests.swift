import RiposteTesting
import Testing

@testable import RiposteServer

/// The client that Home Assistant uses finds the server.
@Suite(
    .serialized, .enabled(if: PythonClients.executable != nil, "make test-clients prepares the clients"),
    .enabled(if: MulticastHere.works, "multicast does not work on this machine"))
struct ServiceAnnouncerTests {
    @Test(.timeLimit(.minutes(10))) func isFoundAndSaysGoodbye() async throws {
        let (names, told) = AsyncStream.makeStream(of: String.self)
        var configuration = ServiceAnnouncer.Configuration()
        configuration.host = "127.0.0.1"
        configuration.name = "Riposte Test \(UInt16.random(in: 0...UInt16.max))"
        let runs = (0..<2).map { index in
            var configuration = configuration
            configuration.port = 10_400 + index
            let announcer = ServiceAnnouncer(configuration: configuration) { told.yield($0) }
            return Task { try await announcer.run() }
        }
        defer { for run in runs { run.cancel() } }
        var iterator = names.makeAsyncIterator()
        let both = [try #require(await iterator.next()), try #require(await iterator.next())].sorted()
        // The second of a name has a number behind it.
        #expect(both == [configuration.name, configuration.name + " 2"])
        async let lines = PythonClients.run(Self.script, port: 0)
        try await Task.sleep(for: .seconds(5))
        for run in runs { run.cancel() }
        let seen = try await lines.filter { $0.contains(configuration.name) }.sorted()
        let name = configuration.name
        #expect(
            seen.map { $0.replacing("10401", with: "10400") } == [
                "added \(name) 10400 127.0.0.1", "added \(name) 2 10400 127.0.0.1", "removed \(name)",
                "removed \(name) 2",
            ])
    }

    private static let script = """
        import time
        from zeroconf import ServiceBrowser, ServiceListener, Zeroconf
        kind = "_wyoming._tcp.local."
        class Listener(ServiceListener):
            def add_service(self, zeroconf, kind, name):
                info = zeroconf.get_service_info(kind, name, timeout=3000)
                print("added", name.removesuffix("." + kind), info.port, *info.parsed_addresses(), flush=True)
            def remove_service(self, zeroconf, kind, name):
                print("removed", name.removesuffix("." + kind), flush=True)
            def update_service(self, *_): pass
        zeroconf = Zeroconf(interfaces=["127.0.0.1"])
        ServiceBrowser(zeroconf, kind, Listener())
        time.sleep(9)
        zeroconf.close()
        """
}

/// Whether a packet to the group comes back at all; the client itself finds it out.
private enum MulticastHere {
    static let works: Bool = {
        guard let python = PythonClients.executable else { return false }
        let script = """
            import socket, struct
            s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
            s.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            s.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
            s.bind(("", 5353))
            group, own = socket.inet_aton("224.0.0.251"), socket.inet_aton("127.0.0.1")
            s.setsockopt(socket.IPPROTO_IP, socket.IP_ADD_MEMBERSHIP, group + own)
            s.setsockopt(socket.IPPROTO_IP, socket.IP_MULTICAST_IF, own)
            s.settimeout(2)
            s.sendto(bytes(12), ("224.0.0.251", 5353))
            s.recvfrom(100)
            """
        return (try? PythonClients.status(of: script, with: python)) == 0
    }()
}
