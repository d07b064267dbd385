import Foundation
import RiposteCore
import RiposteInference
import RiposteTesting
import Testing

@testable import RiposteListening

/// From a file of the user's own to a model that runs. Needs ONNX Runtime: `riposte models fetch onnxruntime`.
@Suite(.enabled(if: (try? OnnxRuntime.shared()) != nil, "no ONNX Runtime"), .serialized)
struct WhisperImportTests {
    /// A model, and the form it is written in.
    enum Form: String {
        case ggml, ggmlHalf, cTranslate2, cTranslate2Half
    }

    private static let tokens = WhisperTokens(SyntheticWhisper.tokens, vocabulary: 51864)
    private static let manyTokens = WhisperTokens(SyntheticWhisper.tokens, vocabulary: 51866)

    private func write(_ model: SyntheticWhisper, _ form: Form, in folder: URL) throws -> URL {
        let isMultilingual = model.sizes.vocabulary > 51864
        let path = folder.appending(path: "model")
        switch form {
        case .ggml: try model.writeGgml(.float32, to: path)
        case .ggmlHalf: try model.writeGgml(.float16, to: path)
        case .cTranslate2, .cTranslate2Half:
            let tokens = try #require(isMultilingual ? Self.manyTokens : Self.tokens)
            try model.writeCTranslate2(
                form == .cTranslate2 ? .float32 : .float16, to: path, tokenizer: tokens.tokenizerFile())
        }
        return path
    }

    /// English with 80 mel bands, and many languages with 128 and fewer decoder layers than encoder layers.
    @Test(arguments: [(Form.ggml, 80), (.cTranslate2Half, 80), (.ggmlHalf, 128), (.cTranslate2, 128)])
    func logitsAgreeWithAPlainForwardPass(form: Form, mels: Int) throws {
        let folder = try TemporaryFolder()
        let sizes =
            mels == 80
            ? SyntheticWhisper.Sizes(width: form == .ggml ? 128 : 64, encoderLayers: 1, decoderLayers: 2)
            : SyntheticWhisper.Sizes(vocabulary: 51866, mels: 128)
        let model = SyntheticWhisper(sizes, seed: UInt64(mels))
        let path = try write(model, form, in: folder.url)
        let made = folder.url.appending(path: "made")
        try FileManager.default.createDirectory(at: made, withIntermediateDirectories: true)
        var configuration = WhisperPreparation.Configuration()
        configuration.precisions = [.float, .int8]
        try WhisperPreparation(name: "whisper-x", configuration: configuration)
            .prepare(unpacked: path, into: made) { _ in }

        let frames = 2 * sizes.audioPositions
        let features = (0..<mels).map { mel in
            (0..<frames).map { frame in 0.7 * sin(Float(mel * 3 + frame * frame) * 0.11) }
        }
        let tokens = [50257, 11, 4000, 50000]
        let expected = PlainWhisper(model: model).logits(tokens, features: features)
        let scale = expected.joined().map(abs).max() ?? 0
        #expect(scale > 1)

        for (precision, tolerance) in [(WhisperPrecision.float, Float(0.004)), (.int8, 0.1)] {
            let runner = try GraphRunner(folder: made, precision: precision)
            let memory = try runner.encode(Array(features.joined()), mels: mels)
            let logits = try runner.decode(tokens, memory: memory).logits
            let error = zip(logits.joined(), expected.joined()).map { abs($0 - $1) }.max() ?? .infinity
            #expect(error < tolerance * scale, "\(form) \(precision): \(error) of \(scale)")
        }
    }

    /// The same weights give the same bytes, whichever file they come from; and so the same transcripts.
    @Test(.enabled(if: WhisperCheckpoints.areThere, WhisperCheckpoints.hint))
    func realWeightsAreTheSameFromBothFormats() throws {
        let folder = try TemporaryFolder()
        let shipped = WhisperCheckpoints.root.appending(path: "whisper-tiny.en")
        let source = try WhisperSource(shipped)
        let checkpoint = try #require(source.checkpoint as? CTranslate2File)
        let tokenizer = try BytePairTokenizer(contentsOf: shipped.appending(path: "tokenizer.json"))
        let file = folder.url.appending(path: "ggml-tiny.en.bin")
        try SyntheticWhisper(of: checkpoint, source.dimensions)
            .writeGgml(.float16, to: file, tokens: (0..<50256).map { tokenizer.bytes(of: $0) })

        let made = folder.url.appending(path: "made")
        try FileManager.default.createDirectory(at: made, withIntermediateDirectories: true)
        try WhisperPreparation(name: "whisper-x").prepare(unpacked: file, into: made) { _ in }
        let reference = try WhisperCheckpoints.prepared("whisper-tiny.en")
        for name in ["weights.int8.bin", "encoder.int8.onnx", "decoder.int8.onnx"] {
            let both = try [made, reference].map { try Data(contentsOf: $0.appending(path: name)) }
            // Not inside the expectation: on a failure it would look for the difference, for hours.
            let isSame = both[0] == both[1]
            #expect(isSame, "\(name) differs")
        }

        // The vocabulary comes out of the file without its merges, and the settings without a config.json.
        let rebuilt = try BytePairTokenizer(contentsOf: made.appending(path: "tokenizer.json"))
        for text in ["Can I have a light-roast 12-ounce coffee?", " naïve façade — 日本語 ♪♪", "don't  stop"] {
            #expect(rebuilt.encode(text) == tokenizer.encode(text))
        }
        for name in ["<|endoftext|>", "<|startoftranscript|>", "<|transcribe|>", "<|notimestamps|>"] {
            #expect(rebuilt.specialTokens[name] == tokenizer.specialTokens[name])
        }
        let settings = try [made, shipped].map { folder in
            try JSONDecoder().decode(
                WhisperSettings.self, from: Data(contentsOf: folder.appending(path: "config.json")))
        }
        #expect(settings[0].alignmentHeads == settings[1].alignmentHeads)
        #expect(settings[0].suppressIdsBegin == settings[1].suppressIdsBegin)
        #expect(settings[0].suppressIds == settings[1].suppressIds?.filter { $0 < 50256 })
    }

    /// Through the store, as the command does it.
    @Test func anImportIsAModelLikeAnyOther() async throws {
        let folder = try TemporaryFolder()
        let model = SyntheticWhisper(
            .init(encoderLayers: 1, vocabulary: 51865, audioPositions: 1500, textPositions: 448))
        let path = try write(model, .ggmlHalf, in: folder.url)
        var configuration = ModelStore.Configuration(root: folder.url.appending(path: "store"))
        configuration.importVersions = [WhisperImport.kind: WhisperImport.version]
        let store = ModelStore(configuration: configuration)
        let whisper = try WhisperImport(path)
        #expect(whisper.sizeName == nil && whisper.storage == "f16")
        #expect(whisper.summary.contains("99 languages") && whisper.summary.contains("upper half"))
        let named = try whisper.modelImport(name: "mine")
        #expect(try await store.add(named) == .imported)
        #expect(store.status(of: "whisper-mine", verifying: true) == .ready)
        #expect(store.imported.map(\.model) == ["whisper-mine"])
        #expect(try await store.add(named) == .wasThere)

        let transcriber = WhisperTranscriber(folder: try store.folder(of: "whisper-mine"))
        let hum = (0..<8000).map { 0.1 * sin(Float($0) * 0.3) }
        #expect(try await transcriber.transcribe(hum, .init(language: "de")).language == "de")

        // Another model under the same name is refused, unless told otherwise.
        let other = folder.url.appending(path: "other")
        try SyntheticWhisper(.init(encoderLayers: 1, audioPositions: 1500, textPositions: 448), seed: 2)
            .writeGgml(.float16, to: other)
        let second = try WhisperImport(other).modelImport(name: "whisper-mine")
        let error = await #expect(throws: RiposteError.self) { try await store.add(second) }
        #expect(error?.message.contains("--force") == true)
        #expect(try await store.add(second, force: true) == .imported)

        // Prepared by another version of the program, it says how to get it again.
        configuration.importVersions = [WhisperImport.kind: WhisperImport.version + 1]
        let later = #expect(throws: RiposteError.self) {
            try ModelStore(configuration: configuration).folder(of: "whisper-mine")
        }
        #expect(later?.message.contains("riposte models import --force --name whisper-mine \(other.path)") == true)
    }

    @Test func aFailedImportLeavesNothing() async throws {
        let folder = try TemporaryFolder()
        var model = SyntheticWhisper(.init(encoderLayers: 1, audioPositions: 1500, textPositions: 448))
        model.arrays["decoder/layer_norm/beta"]?.values[0] = .nan
        let path = try write(model, .ggml, in: folder.url)
        let store = ModelStore(configuration: .init(root: folder.url.appending(path: "store")))
        let named = try WhisperImport(path).modelImport(name: "mine")
        let error = await #expect(throws: RiposteError.self) { try await store.add(named) }
        #expect(error?.code == .corrupt)
        #expect(store.status(of: "whisper-mine") == .missing)
        let left = try FileManager.default.subpathsOfDirectory(atPath: store.root.path)
        #expect(left.filter { !$0.hasPrefix(".locks") } == [".staging"], "\(left)")
    }

    @Test func aNameOfTheCatalogueIsRefused() async throws {
        let folder = try TemporaryFolder()
        let model = SyntheticWhisper(.init(encoderLayers: 1, audioPositions: 1500, textPositions: 448))
        let whisper = try WhisperImport(try write(model, .ggmlHalf, in: folder.url))
        let store = ModelStore(configuration: .init(root: folder.url.appending(path: "store")))
        let error = await #expect(throws: RiposteError.self) {
            try await store.add(whisper.modelImport(name: "base"))
        }
        #expect(error?.message.contains("--name") == true)
        for name in ["", "../x", "a b", "whisper-"] {
            #expect(throws: RiposteError.self) { try whisper.modelImport(name: name) }
        }
    }

    @Test func anotherWindowIsRefused() throws {
        let folder = try TemporaryFolder()
        let path = try write(SyntheticWhisper(.init(encoderLayers: 1)), .ggmlHalf, in: folder.url)
        let error = #expect(throws: RiposteError.self) { try WhisperImport(path) }
        #expect(error?.message.contains("1500") == true)
    }

    /// The weights of the largest models lie further back than a 32-bit number reaches.
    @Test func weightsBeyondTwoGigabytesAreFound() throws {
        let folder = try TemporaryFolder()
        let file = folder.url.appending(path: "weights.bin")
        let offset = 5 << 30
        try Data().write(to: file)
        let handle = try FileHandle(forWritingTo: file)
        // The file has a hole and takes no room.
        try handle.seek(toOffset: UInt64(offset))
        let values = (0..<4096).map { Float($0) / 7 }
        try handle.write(contentsOf: values.withUnsafeBytes { Data($0) })
        try handle.close()
        var graph = OnnxGraph(name: "far")
        let x = graph.input("x", .float, ["n"])
        let region = OnnxWeightFile.Region(file: "weights.bin", offset: offset, length: 4 * values.count)
        graph.output(
            graph.apply("Add", [x, graph.external("far", .float, [4096], in: region)]), as: "y", .float, ["n"])
        let model = folder.url.appending(path: "far.onnx")
        try graph.write(to: model)
        let session = try InferenceSession(model: model)
        let sum = try session.run(["x": Tensor([Float(1)])], outputs: ["y"])
        #expect(try sum["y"]?.floats() == values.map { $0 + 1 })
    }
}
