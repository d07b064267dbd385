import Foundation
import RiposteCore
import Testing

@testable import RiposteInference

@Suite struct ModelStoreTests {
    @Test func theRootFollowsTheEnvironment() {
        func root(_ environment: [String: String]) -> String {
            ModelStore.Configuration.standardRoot(environment).path
        }
        #expect(root(["RIPOSTE_MODELS": "/models", "XDG_CACHE_HOME": "/cache", "HOME": "/home/me"]) == "/models")
        #expect(root(["XDG_CACHE_HOME": "/cache", "HOME": "/home/me"]) == "/cache/riposte")
        #expect(root(["XDG_CACHE_HOME": "relative", "HOME": "/home/me"]) == "/home/me/.cache/riposte")
        #expect(root(["RIPOSTE_MODELS": "", "HOME": "/home/me"]) == "/home/me/.cache/riposte")
    }

    @Test func aMissingModelNamesTheCommand() throws {
        let folder = try TemporaryFolder()
        let store = ModelStore(configuration: .init(root: folder.url))
        var error = #expect(throws: RiposteError.self) { try store.folder(of: "silero-vad") }
        #expect(error?.code == .modelMissing)
        #expect(error?.message.contains("riposte models fetch silero-vad") == true)
        for name in ["nonsense", "", "../silero-vad", "/etc", ".locks"] {
            error = #expect(throws: RiposteError.self) { try store.folder(of: name) }
            #expect(error?.code == .badInput)
            #expect(error?.message.contains("whisper-base") == true)
        }
    }

    @Test func theCatalogueIsWhole() throws {
        let catalogue = ModelCatalogue.standard
        #expect(
            catalogue.defaultNames
                == [
                    "onnxruntime", "silero-vad", "whisper-base", "whisper-tiny.en", "hibari", "piper-joe", "smart-turn",
                ])
        #expect(Set(catalogue.models.map(\.name)).count == catalogue.models.count)
        #expect(catalogue["openwakeword"]?.allowsCommercialUse == false)
        #expect(catalogue["whisper-base"]?.usableSources.count == 2)
        let hexadecimal = Set("0123456789abcdef")
        for model in catalogue.models {
            #expect(!model.sources.isEmpty && !model.licence.isEmpty && !model.purpose.isEmpty)
            for source in model.sources {
                #expect(Set(source.files.map(\.path)).count == source.files.count)
                for hash in source.files.map(\.sha256) + source.wheels.map(\.sha256) {
                    #expect(hash.count == 64 && hexadecimal.isSuperset(of: hash))
                }
                for file in source.files {
                    #expect(file.byteCount > 0 && !file.members.isEmpty && !file.path.contains(".."))
                }
            }
        }
    }

    @Test(arguments: [0, 1, 55, 56, 63, 64, 65, 119, 120, 1000])
    func digestsAreThoseOfTheStandardTool(_ count: Int) throws {
        let folder = try TemporaryFolder()
        let file = folder.url.appending(path: "file")
        try Data((0..<count).map { UInt8(truncatingIfNeeded: $0 &* 31) }).write(to: file)
        let tool = try ChildProcess(arguments: ["sha256sum", file.path], folder: folder.url)
            .run(isCancelled: { false }, whileRunning: {})
        #expect(tool.status == 0)
        #expect(tool.output.hasPrefix(try SHA256.digest(of: file)))
    }

    @Test func digestsDoNotDependOnThePieces() {
        let bytes = (0..<300).map { UInt8($0 % 251) }
        func digest(pieces: Int) -> String {
            var digest = SHA256()
            for start in stride(from: 0, to: bytes.count, by: pieces) {
                Array(bytes[start..<min(start + pieces, bytes.count)]).withUnsafeBytes { digest.update($0) }
            }
            return digest.finish()
        }
        let whole = digest(pieces: 300)
        for pieces in [1, 7, 63, 64, 65, 128] { #expect(digest(pieces: pieces) == whole) }
        #expect(SHA256().finish() == "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855")
    }
}
