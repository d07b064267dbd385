import Foundation
import Hummingbird
import HummingbirdTesting
import RiposteMemory
import RiposteTesting
import Testing

@testable import RiposteServer

/// The alerts, the dashboard and the manifests of the examples: about what the server really tells, and in the form that
/// they should have.
@Suite struct MonitoringTests {
    private static let folder = TestResources.packageRoot.appending(path: "Examples/monitoring")

    /// promtool: what `RIPOSTE_PROMTOOL` names, what `make monitoring-tools` takes from Debian's package, or the machine's.
    private static var promtool: URL? {
        let named = ProcessInfo.processInfo.environment["RIPOSTE_PROMTOOL"]
        return [named, ".build/monitoring/usr/bin/promtool", "/usr/bin/promtool", "/usr/local/bin/promtool"]
            .compactMap(\.self).first { FileManager.default.isExecutableFile(atPath: $0) }
            .map { URL(fileURLWithPath: $0) }
    }

    /// The server's metrics, with the labels each has.
    private func metrics() async throws -> [String: Set<String>] {
        let engines = NetworkConversationTests.engines()
        // Is told once something was transcribed.
        engines.queue.transcribed(soundSeconds: 2, in: 1)
        let folder = try TestResources.temporaryFolder()
        defer { try? FileManager.default.removeItem(at: folder) }
        var configuration = WebServer.Configuration()
        configuration.memory = ConversationMemory(
            try SQLiteConversationStore(folder.appending(path: "memory.sqlite")))
        let server = try WebServer(engines: engines, configuration: configuration)
        let text = try await Application(router: server.router()).test(.router) { client in
            // Answers are counted once there was one.
            try await client.execute(uri: "/health", method: .get) { _ in }
            return try await client.execute(uri: "/metrics", method: .get) { String(buffer: $0.body) }
        }
        var metrics: [String: Set<String>] = [:]
        for line in text.split(separator: "\n") where !line.hasPrefix("#") {
            let sample = try #require(line.firstMatch(of: #/^([a-z_]+)(?:\{([^}]*)\})?/#), "\(line)")
            let labels = (sample.2 ?? "").matches(of: #/([a-z_]+)="/#).map { String($0.1) }
            metrics[String(sample.1), default: []].formUnion(labels)
        }
        return metrics
    }

    /// Every metric that a text names is there and has the labels that are asked for; what Prometheus adds is there, too.
    private func check(_ text: String, _ metrics: [String: Set<String>], _ file: String) -> Set<String> {
        var named: Set<String> = []
        for match in text.matches(of: #/\b(riposte_[a-z_]+)(?:\{([^}]*)\})?/#) {
            let name = String(match.1)
            named.insert(name)
            guard let labels = metrics[name] else {
                Issue.record("\(file) names \(name), which there is not")
                continue
            }
            for label in (match.2 ?? "").matches(of: #/([a-z_]+)\s*(?:=~|!~|!=|=)/#) {
                let label = String(label.1)
                #expect(labels.contains(label) || ["instance", "job"].contains(label), "\(file): \(name){\(label)}")
            }
        }
        return named
    }

    @Test func alertsAreAboutWhatIsTold() async throws {
        let metrics = try await metrics()
        for file in ["riposte.rules.yml", "riposte.rules.test.yml"] {
            let text = try String(contentsOf: Self.folder.appending(path: file), encoding: .utf8)
            #expect(check(text, metrics, file).count >= 8, "\(file)")
        }
    }

    @Test func theDashboardShowsWhatIsToldAndAllOfIt() async throws {
        struct Dashboard: Decodable {
            struct Panel: Decodable {
                struct Target: Decodable { var expr: String }
                struct Place: Decodable { var x, y, w, h: Int }
                var id: Int
                var title: String
                var targets: [Target]
                var gridPos: Place
            }
            var panels: [Panel]
        }
        let metrics = try await metrics()
        let file = "riposte.dashboard.json"
        let dashboard = try JSONDecoder().decode(
            Dashboard.self, from: Data(contentsOf: Self.folder.appending(path: file)))
        #expect(Set(dashboard.panels.map(\.id)).count == dashboard.panels.count)
        let places = Set(dashboard.panels.map { [$0.gridPos.x, $0.gridPos.y] })
        #expect(
            places.count == dashboard.panels.count && dashboard.panels.allSatisfy { $0.gridPos.x + $0.gridPos.w <= 24 })
        let named = check(dashboard.panels.flatMap(\.targets).map(\.expr).joined(separator: "\n"), metrics, file)
        // Of a histogram, one of its three is enough.
        func family(_ name: String) -> String { String(name.replacing(#/_(bucket|sum|count)$/#, with: "")) }
        #expect(Set(named.map(family)) == Set(metrics.keys.map(family)))
    }

    @Test(.enabled(if: promtool != nil, "promtool is not there: make monitoring-tools"), .timeLimit(.minutes(10)))
    func alertsRingAtWhatTheyShould() async throws {
        let promtool: URL = try #require(Self.promtool)
        for arguments in [["check", "rules", "riposte.rules.yml"], ["test", "rules", "riposte.rules.test.yml"]] {
            let process = Process()
            let output = Pipe()
            process.executableURL = promtool
            process.arguments = arguments
            process.currentDirectoryURL = Self.folder
            (process.standardOutput, process.standardError) = (output, output)
            try process.run()
            let text = String(decoding: output.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
            process.waitUntilExit()
            #expect(process.terminationStatus == 0, "\(text)")
        }
    }

    private static var validator: URL? {
        let file = PythonClients.executable?.deletingLastPathComponent().appending(path: "kubernetes-validate")
        return file.flatMap { FileManager.default.isExecutableFile(atPath: $0.path) ? $0 : nil }
    }

    /// By the schemas of Kubernetes, with no field that they do not know.
    @Test(
        .enabled(if: validator != nil, "make test-clients gets what knows Kubernetes' schemas"),
        .timeLimit(.minutes(10))
    )
    func manifestsHaveTheFormTheyShould() throws {
        let validator: URL = try #require(Self.validator)
        let manifests = Self.folder.deletingLastPathComponent().appending(path: "kubernetes")
        let files = try FileManager.default.contentsOfDirectory(atPath: manifests.path).filter { $0.hasSuffix(".yaml") }
        #expect(!files.isEmpty)
        for file in files {
            let process = Process()
            let output = Pipe()
            process.executableURL = validator
            process.arguments = ["--strict", manifests.appending(path: file).path]
            (process.standardOutput, process.standardError) = (output, output)
            try process.run()
            let text = String(decoding: output.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
            process.waitUntilExit()
            #expect(process.terminationStatus == 0, "\(text)")
        }
    }
}
