import Foundation
import RiposteCore
import RiposteListening
import RiposteTesting
import Testing

// Needs the model: `riposte models fetch porcupine`.
@Suite(.enabled(if: PreparedModels.porcupine != nil, "no porcupine model"))
struct PorcupineDetectorTests {
    private static let words = ["alexa", "computer", "jarvis"]

    private func detector(_ words: [String], _ sensitivity: Float = 0.7) throws -> PorcupineDetector {
        var configuration = PorcupineDetector.Configuration()
        configuration.sensitivity = sensitivity
        return try PorcupineDetector(
            folder: #require(PreparedModels.porcupine), words: words, configuration: configuration)
    }

    @Test(.enabled(if: WakeWordFixture.hasRecordings, "no recordings; set RIPOSTE_RECORDINGS"))
    func equalsItsOwnPackage() async throws {
        let references = try WakeWordFixture.load().porcupine
        #expect(references.map(\.sensitivity) == [0.5, 0.7])
        for reference in references {
            #expect(reference.files.count == 90)
            let detector = try detector(Self.words, reference.sensitivity)
            for (file, hits) in reference.files {
                let found = try await WakeWordFixture.heard(WakeWordFixture.samples(file), detector)
                    .map { WakeWordFixture.Porcupine.Hit(frame: $0.position / 512 - 1, word: $0.word) }
                #expect(found == hits, "\(file) at \(reference.sensitivity)")
            }
        }
    }

    @Test(.enabled(if: WakeWordFixture.hasRecordings, "no recordings; set RIPOSTE_RECORDINGS"))
    func conforms() async throws {
        let first = try WakeWordFixture.samples("wake/alexa/115.wav")
        let second = try WakeWordFixture.samples("wake/jarvis/1ff6be5d-7958-464a-8726-1c268071d77d.wav")
        try await WakeWordDetectorConformance.check(detector(Self.words), sound: first + second)
    }

    /// The library itself leaves them open.
    @Test func keywordFilesAreClosed() async throws {
        for _ in 0..<5 {
            let detector = try detector(["alexa", "jarvis"])
            try await detector.load()
        }
        let folder = "/proc/self/fd"
        let open = try FileManager.default.contentsOfDirectory(atPath: folder)
            .compactMap { try? FileManager.default.destinationOfSymbolicLink(atPath: "\(folder)/\($0)") }
        #expect(open.count { $0.hasSuffix(".ppn") } == 0)
    }

    @Test func anUnknownWordNamesTheKnownOnes() throws {
        let error = #expect(throws: RiposteError.self) { try detector(["rumpelstiltskin"]) }
        #expect(error?.code == .badInput)
        #expect(error?.message.contains("bumblebee") == true)
    }

    @Test func aSensitivityOutOfRangeIsAnError() throws {
        let error = #expect(throws: RiposteError.self) { try detector(["alexa"], 1.5) }
        #expect(error?.code == .badInput)
    }

    @Test func aKeywordFileThatIsNoneIsAnError() async throws {
        let folder = try TestResources.temporaryFolder()
        defer { try? FileManager.default.removeItem(at: folder) }
        let file = folder.appending(path: "mine.ppn")
        try Data("nothing".utf8).write(to: file)
        let detector = try detector([file.path])
        let error = await #expect(throws: RiposteError.self) { try await detector.load() }
        #expect(error?.code == .corrupt || error?.code == .modelMissing)
        #expect(error?.message.contains("mine.ppn") == true)
    }
}

/// Without the model.
struct PorcupineFolderTests {
    /// Later versions have functions of the same names that take other arguments; this one's ends the process.
    @Test(.enabled(if: FileManager.default.isExecutableFile(atPath: "/usr/bin/cc"), "no C compiler"))
    func anotherVersionIsRefusedBeforeItIsCalled() async throws {
        let folder = try TestResources.temporaryFolder()
        defer { try? FileManager.default.removeItem(at: folder) }
        let source = folder.appending(path: "later.c")
        let code = """
            void abort(void);
            int pv_porcupine_init(void) { abort(); return 0; }
            void pv_porcupine_delete(void *object) {}
            int pv_porcupine_process(void) { abort(); return 0; }
            const char *pv_porcupine_version(void) { return "2.1.0"; }
            int pv_porcupine_frame_length(void) { return 512; }
            int pv_sample_rate(void) { return 16000; }
            """
        try Data(code.utf8).write(to: source)
        let compiler = Process()
        compiler.executableURL = URL(fileURLWithPath: "/usr/bin/cc")
        let library = folder.appending(path: "libpv_porcupine.so")
        compiler.arguments = ["-shared", "-fPIC", "-o", library.path, source.path]
        try compiler.run()
        compiler.waitUntilExit()
        try #require(compiler.terminationStatus == 0)
        let keyword = folder.appending(path: "mine.ppn")
        try Data("nothing".utf8).write(to: keyword)
        let detector = try PorcupineDetector(folder: folder, words: [keyword.path])
        let error = await #expect(throws: RiposteError.self) { try await detector.load() }
        #expect(error?.code == .corrupt)
        #expect(error?.message.contains("1.9 is needed") == true)
    }

    /// The recogniser looks for the word as it is said, not for the file's name.
    @Test(arguments: [
        ("coffee-maker_linux.ppn", "coffee maker"), ("hey-riposte_en_linux_v1_9_0.ppn", "hey riposte"),
        ("okay_kitchen_raspberry-pi.ppn", "okay kitchen"), ("jarvis_v1.9.ppn", "jarvis"),
        ("linux.ppn", "linux"), ("hey google.ppn", "hey google"),
    ])
    func aKeywordFileIsCalledByItsWord(_ file: String, _ word: String) {
        #expect(PorcupineDetector.word(of: URL(fileURLWithPath: "/words/" + file)) == word)
    }

    @Test func aFolderWithoutTheLibraryNamesTheCommand() async throws {
        let folder = try TestResources.temporaryFolder()
        defer { try? FileManager.default.removeItem(at: folder) }
        let file = folder.appending(path: "mine.ppn")
        try Data("nothing".utf8).write(to: file)
        let detector = try PorcupineDetector(folder: folder, words: [file.path])
        let error = await #expect(throws: RiposteError.self) { try await detector.load() }
        #expect(error?.code == .libraryMissing)
        #expect(error?.message.contains("riposte models fetch porcupine") == true)
    }
}
