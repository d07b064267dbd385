import Foundation
import RiposteCore
import RiposteInference
import RiposteTesting
import Testing

@testable import RiposteSpeaking

@Suite struct KokoroTests {
    private static var model: URL? {
        guard SynthesisModels.hibari != nil else { return nil }
        return try? ModelStore.standard.folder(of: "kokoro")
    }
    private static let hint: Comment = "needs models; get them with: riposte models fetch onnxruntime hibari kokoro"

    private func file(_ name: String, _ data: Data) throws -> (folder: URL, file: URL) {
        let folder = try TestResources.temporaryFolder()
        let file = folder.appendingPathComponent(name)
        try data.write(to: file)
        return (folder, file)
    }

    private var table: Data {
        (0..<512).map { Float($0) / 512 }.withUnsafeBytes { Data($0) }
    }

    private func array(_ type: String = "<f4") -> Data {
        var header = "{'descr': '\(type)', 'fortran_order': False, 'shape': (2, 1, 256), }"
        header += String(repeating: " ", count: 117 - header.count) + "\n"
        return Data([0x93]) + Data("NUMPY".utf8) + Data([1, 0, 118, 0]) + Data(header.utf8) + table
    }

    @Test func readsArraysAndBareNumbers() throws {
        for (name, data) in [("af_anna.bin", table), ("af_anna.npy", array())] {
            let (folder, file) = try file(name, data)
            defer { try? FileManager.default.removeItem(at: folder) }
            let voices = try KokoroVoiceFile(file).voices
            #expect(voices.keys.sorted() == ["af_anna"])
            #expect(voices["af_anna"]?.count == 512 && voices["af_anna"]?[256] == 0.5)
            #expect(try KokoroVoiceFile.names(in: file) == ["af_anna"])
        }
    }

    @Test func damagedVoicesAreErrors() throws {
        let damaged = [
            Data(), table.dropLast(4), array("<f8"), Data("PK".utf8) + table, array().prefix(60),
            Data(repeating: 0xFF, count: 1024), Data("PK\u{5}\u{6}".utf8) + Data(repeating: 0xFF, count: 18),
        ]
        for data in damaged {
            let (folder, file) = try file("x.npz", data)
            defer { try? FileManager.default.removeItem(at: folder) }
            let error = #expect(throws: RiposteError.self) { try KokoroVoiceFile(file) }
            #expect(error?.code == .corrupt)
        }
        let missing = #expect(throws: RiposteError.self) { try KokoroVoiceFile(URL(fileURLWithPath: "/nowhere/x.npz")) }
        #expect(missing?.code == .storage)
    }

    /// A file of one's own with a single voice has no other.
    @Test func theClearestVoiceSpeaks() throws {
        #expect(VoiceCatalogue.entries.first { $0.voice.engine == "kokoro" }?.voice.name == "jf_gongitsune")
        let (folder, file) = try file("af_anna.bin", table)
        defer { try? FileManager.default.removeItem(at: folder) }
        let network = KokoroNetwork(folder: folder, lexicons: folder, threads: 1)
        #expect(try KokoroSynthesizer(network: network, voiceFile: file).speaker(.init()) == "af_anna")
    }

    @Test func namesTellWhoSpeaks() {
        #expect(KokoroSynthesizer.voice("bm_george").gender == "male")
        #expect(KokoroSynthesizer.voice("bm_george").language == "en-GB")
        #expect(KokoroSynthesizer.voice("jf_alpha").gender == "female")
        #expect(KokoroSynthesizer.voice("anna").gender == nil)
    }

    @Test(.enabled(if: KokoroTests.model != nil, KokoroTests.hint), .timeLimit(.minutes(10)))
    func speaks() async throws {
        let folder = try #require(Self.model)
        let engine = try KokoroSynthesizer(folder: folder, lexicons: try #require(SynthesisModels.hibari))
        #expect(engine.voices.map(\.name) == ["jf_alpha", "jf_gongitsune", "jf_nezumi", "jf_tebukuro", "jm_kumo"])
        #expect(engine.speaker(.init()) == "jf_gongitsune" && engine.speaker(.init(voice: "jm_kumo")) == "jm_kumo")
        var samples: [Float] = []
        for try await frame in engine.speak("Good morning.", options: .init(voice: "jm_kumo")) {
            samples += frame.audio.samples
        }
        #expect((0.5...2).contains(Double(samples.count) / 24_000))
        let level = 20 * log10(SpeechLevel.active(samples, sampleRate: 24_000))
        #expect((-24...(-14)).contains(level), "\(level)")
        // All voices, whatever file they are in, have one network.
        let catalogue = VoiceCatalogue(ownVoices: folder)
        let own = folder.appendingPathComponent("voices.npz").path + "/jm_kumo"
        let voices = try ["jf_alpha", "jm_kumo", own].map { try catalogue.synthesizer(for: $0) as? ChosenVoice }
        #expect(voices[0]?.engine === voices[1]?.engine && voices[0] != nil)
        #expect(voices[1]?.engine === voices[2]?.engine)
        let file = try catalogue.synthesizer(for: folder.appendingPathComponent("voices.npz").path)
        #expect((file as? ChosenVoice)?.voice == "jf_gongitsune")
        let error = await #expect(throws: RiposteError.self) {
            for try await _ in engine.speak("Hello.", options: .init(voice: "nobody")) {}
        }
        #expect(error?.code == .badInput)
        #expect(throws: RiposteError.self) {
            var configuration = KokoroSynthesizer.Configuration()
            configuration.voice = "nobody"
            _ = try KokoroSynthesizer(
                folder: folder, lexicons: folder, configuration: configuration)
        }
    }
}
