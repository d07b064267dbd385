import Foundation
import RiposteCore
import RiposteInference
import Testing

@testable import RiposteListening

/// Reading checkpoints and quantising matrices, on small made-up ones.
@Suite struct WhisperPreparationFileTests {
    @Test func arraysAreReadAcrossPartsAndByAlias() throws {
        let folder = try TemporaryFolder()
        var bytes = CheckpointBytes()
        bytes.add("a/weight", [2, 3], [1, -2, 0.5, 4, 5, 65504])
        bytes.add("b", [2], [0.25, -0.125])
        let whole = bytes.finished(aliases: ["c": "a/weight"])
        // Cut in the middle of the first array.
        let cut = whole.count / 2
        try Data(whole[..<cut]).write(to: folder.url.appending(path: "model.bin.part1"))
        try Data(whole[cut...]).write(to: folder.url.appending(path: "model.bin.part2"))
        let file = try CTranslate2File(parts: [
            folder.url.appending(path: "model.bin.part1"), folder.url.appending(path: "model.bin.part2"),
        ])
        #expect(file.specification == "WhisperSpec")
        #expect(file.shape(of: "c") == [2, 3])
        #expect(try file.floats("a/weight", rows: 1..<2) == [4, 5, 65504])
        #expect(try file.floats("c") == [1, -2, 0.5, 4, 5, 65504])
        #expect(try file.floats("b") == [0.25, -0.125])
    }

    @Test func damagedFilesAreRefused() throws {
        let folder = try TemporaryFolder()
        var bytes = CheckpointBytes()
        bytes.add("a", [4], [1, 2, 3, 4])
        let url = folder.url.appending(path: "model.bin")
        try Data(bytes.finished(aliases: [:]).dropLast(9)).write(to: url)
        #expect { try CTranslate2File(parts: [url]) } throws: { ($0 as? RiposteError)?.code == .corrupt }
        #expect { try CheckpointFiles(in: folder.url.appending(path: "none")) } throws: {
            ($0 as? RiposteError)?.code == .corrupt
        }
    }

    @Test func channelQuantizationStaysWithinHalfAStep() {
        let (outputs, inputs) = (3, 64)
        let floats: [Float] = (0..<192).map { index in Float(sin(Double(index) * 0.7)) * Float(1 + index / 64) }
        var result = ChannelQuantization(outputs: outputs, inputs: inputs)
        result.append(Array(floats[..<inputs]))
        result.append(Array(floats[inputs...]))
        for output in 0..<outputs {
            for input in 0..<inputs {
                let original = floats[output * inputs + input]
                let value = Float(result.values[input * outputs + output])
                #expect(abs(value) <= ChannelQuantization.limit)
                #expect(abs(value * result.scales[output] - original) <= result.scales[output] * 0.501)
            }
        }
    }

    @Test func blockQuantizationStaysWithinHalfAStep() {
        let (outputs, inputs) = (2, 256)
        let floats: [Float] = (0..<512).map { index in Float(cos(Double(index * index) * 0.3)) * Float(1 + index / 128)
        }
        var result = BlockQuantization(outputs: outputs, inputs: inputs)
        result.append(Array(floats[..<inputs]))
        result.append(Array(floats[inputs...]))
        #expect(result.scales.count == 4)
        for index in floats.indices {
            let scale = result.scales[index / 128]
            let restored = (Float(result.values[index]) - BlockQuantization.Width.eight.zero) * scale
            #expect(abs(restored - floats[index]) <= scale * 0.501)
        }
    }

    @Test func fourBitsStayWithinAStep() {
        let (outputs, inputs) = (2, 256)
        let floats: [Float] = (0..<512).map { index in
            Float(cos(Double(index * index) * 0.3)) * Float(1 + index / 128)
        }
        var result = BlockQuantization(outputs: outputs, inputs: inputs, width: .four)
        result.append(floats)
        #expect(result.scales.count == 4 && result.values.count == 256)
        for index in floats.indices {
            let scale = result.scales[index / 128]
            let stored = result.values[index / 2] >> (index.isMultiple(of: 2) ? 0 : 4) & 15
            let restored = (Float(stored) - BlockQuantization.Width.four.zero) * scale
            // Half a step, but for what is as large as the largest and of the other sign: 8 is stored as 7.
            #expect(abs(restored - floats[index]) <= abs(scale) * 1.001)
        }
    }

    @Test func halvesAreTheFloatsTheyStandFor() {
        #expect(HalfPrecision.floats.count == 65536)
        for (bits, float) in HalfPrecision.floats.enumerated() where bits & 0x7c00 != 0x7c00 {
            let exponent = bits >> 10 & 0x1f
            let fraction = Double(bits & 0x3ff)
            let magnitude = exponent == 0 ? fraction * 0x1p-24 : (1024 + fraction) * exp2(Double(exponent - 25))
            let expected = bits & 0x8000 == 0 ? magnitude : -magnitude
            if Double(float) != expected { Issue.record("\(bits) became \(float)") }
        }
        #expect(HalfPrecision.floats[0x7c00] == .infinity && HalfPrecision.floats[0xfc00] == -.infinity)
        #expect(HalfPrecision.floats[0x7e00].isNaN)
    }

    @Test func transpositionTurnsRowsToColumns() {
        #expect(Transposition.transposed([1, 2, 3, 4, 5, 6], rows: 2, columns: 3) == [1, 4, 2, 5, 3, 6])
    }
}

/// A folder that goes away with its owner.
final class TemporaryFolder: Sendable {
    let url: URL

    init() throws {
        url = FileManager.default.temporaryDirectory.appending(path: "riposte-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true)
    }

    deinit { try? FileManager.default.removeItem(at: url) }
}

/// Makes the bytes of a small checkpoint in half precision.
struct CheckpointBytes {
    private var variables: [UInt8] = []
    private var count: UInt32 = 0

    mutating func add(_ name: String, _ shape: [UInt32], _ values: [Float]) {
        variables += Self.string(name) + [UInt8(shape.count)] + shape.flatMap(Self.bytes) + [4]
        variables += Self.bytes(UInt32(values.count * 2))
        variables += values.flatMap { Self.bytes(Float16($0).bitPattern) }
        count += 1
    }

    func finished(aliases: [String: String]) -> [UInt8] {
        var all = Self.bytes(UInt32(6)) + Self.string("WhisperSpec") + Self.bytes(UInt32(3)) + Self.bytes(count)
        all += variables + Self.bytes(UInt32(aliases.count))
        for (alias, name) in aliases { all += Self.string(alias) + Self.string(name) }
        return all
    }

    private static func string(_ text: String) -> [UInt8] {
        bytes(UInt16(text.utf8.count + 1)) + Array(text.utf8) + [0]
    }

    private static func bytes<T: FixedWidthInteger>(_ value: T) -> [UInt8] {
        withUnsafeBytes(of: value.littleEndian) { Array($0) }
    }
}
