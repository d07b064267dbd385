import Foundation
import RiposteCore
import RiposteTesting
import Testing

@testable import RiposteSpeaking

struct StringTableTests {
    private func table(_ data: Data) throws -> StringTable {
        let folder = try TestResources.temporaryFolder()
        let file = folder.appendingPathComponent("x.table")
        try data.write(to: file)
        defer { try? FileManager.default.removeItem(at: folder) }
        return try StringTable(contentsOf: file)
    }

    @Test func findsEveryEntryAndNoOther() throws {
        var entries: [String: String] = ["": "empty", "é": "accent", "zz": ""]
        for number in 0..<500 { entries["word\(number)"] = String(repeating: "ə", count: number % 5) }
        let table = try table(StringTable.encode(entries))
        #expect(table.count == entries.count)
        for (key, value) in entries { #expect(table[key] == value) }
        for key in ["word", "word500", "wor", "zzz", "a", "É"] { #expect(table[key] == nil) }
    }

    @Test func worksEmpty() throws { #expect(try table(StringTable.encode([String: String]()))["x"] == nil) }

    @Test func refusesDamage() throws {
        let good = StringTable.encode(["one": "1", "two": "2"])
        for bad in [Data(), good.prefix(7), good.dropLast(), good + [0], Data(repeating: 1, count: 40)] {
            #expect(throws: RiposteError.self) { try table(Data(bad)) }
        }
    }
}

struct GunzipTests {
    // Made by zlib: a stored block, a block with the fixed code, one with codes of its own and a file name.
    private static let stored = "H4sIAAAAAAAA/wETAOz/aGVsbG8sIHN0b3JlZCBieXRlcxgToPUTAAAA"
    private static let fixed = "H4sIAAAAAAAA/ysoys/LL81LTtVRKIAxUyBsIDMzsSQzP88aIUUFVQD2SaiJcgAAAA=="
    private static let dynamic =
        "H4sICAAAAAAA/25hbWUAFZDXkcQgEERT6RDEAAOEI++1K6189Nf3QRWFmdevsxymgCuRKhitIb6B1RYudVDXI5oBdoS4CS7MCLJAPrDm"
        + "C5UVyW+w9oeQ7TBywNsTSS84dyOZB86+SC6HzwrEEuorSKgRYwPvWoh0iKmH/kP8CGMmRJ2husBFYuQLE1fohkRK9DtCOhD8iWAvrpv7"
        + "h2cv73K+KaAlf1T8WXNCw0ktJ3ac3JMwkDSSOJE8M8HCJB8mooxfETfm/DHvztwH85/0uOhz0+uh30vPnL4FvSkjxBg21rAVFhY6tkTK"
        + "wM5Gdjf9AaCLjsZbAQAA"

    private func unpack(_ base64: String) throws -> String {
        String(decoding: try Gunzip.unpack(try #require(Data(base64Encoded: base64))), as: UTF8.self)
    }

    @Test func unpacksEveryKindOfBlock() throws {
        #expect(try unpack(Self.stored) == "hello, stored bytes")
        #expect(try unpack(Self.fixed) == String(repeating: "pronounce, pronounced, pronunciation; ", count: 3))
        let letters = (0..<90).map { "\($0 * $0 % 97)" + String(UnicodeScalar(UInt8(97 + $0 % 26))) }
        #expect(try unpack(Self.dynamic) == letters.joined(separator: " "))
    }

    @Test func noticesEveryDamagedByte() throws {
        let whole = try #require(Data(base64Encoded: Self.fixed))
        for index in 10..<whole.count {
            var damaged = whole
            damaged[index] ^= 0x10
            #expect(throws: RiposteError.self) { try Gunzip.unpack(damaged) }
        }
        for length in 0..<whole.count {
            #expect(throws: RiposteError.self) { try Gunzip.unpack(whole.prefix(length)) }
        }
    }
}

/// Needs the package's own files; the store keeps only what was prepared from them.
@Suite(
    .enabled(if: PronunciationResources.package != nil, "get the files with: riposte models fetch --as-shipped hibari"))
struct HibariPreparationTests {
    @Test func preparesWhatSynthesisNeeds() throws {
        let folder = try PronunciationResources.prepared()
        for name in ["hibari.onnx", "vocab.json", "voices.json", "oov.onnx", "oov.json", "normalize.json"] {
            #expect(FileManager.default.fileExists(atPath: folder.appendingPathComponent(name).path), "\(name)")
        }
        let gold = try StringTable(
            contentsOf: folder.appendingPathComponent(PronunciationFiles.lexicon(.american, "gold")))
        // As many as the package's dictionary has.
        #expect(gold.count == 90201)
        #expect(gold["read"]?.contains("VBD=ɹˈɛd") == true)
    }

    @Test func reportsProgressAndWhatIsMissing() throws {
        let folder = try TestResources.temporaryFolder()
        defer { try? FileManager.default.removeItem(at: folder) }
        #expect(throws: RiposteError.self) {
            try HibariPreparation().prepare(unpacked: folder, into: folder) { _ in }
        }
    }
}
