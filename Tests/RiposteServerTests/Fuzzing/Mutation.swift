import Foundation
import RiposteCore

/// Makes inputs that are nearly right from inputs that are.
struct Mutation {
    private let seeds: [[UInt8]]
    private var random: SeededGenerator

    /// Bytes that parsers treat in a special way.
    private static let special: [UInt8] =
        Array("{}[]\":,\\/0-9.eE+tfn \r\n\u{0}u".utf8) + [0x7F, 0x80, 0xC0, 0xFE, 0xFF]

    init(_ seeds: [[UInt8]], seed: UInt64 = 1) {
        self.seeds = seeds
        random = SeededGenerator(seed: seed)
    }

    init(texts: [String], seed: UInt64 = 1) { self.init(texts.map { Array($0.utf8) }, seed: seed) }

    /// Inputs a test tries: what `RIPOSTE_FUZZ_INPUTS` says, else a few.
    static var budget: Int { ProcessInfo.processInfo.environment["RIPOSTE_FUZZ_INPUTS"].flatMap(Int.init) ?? 2_000 }

    mutating func next() -> [UInt8] {
        var bytes = seeds.randomElement(using: &random) ?? []
        for _ in 0..<Int.random(in: 0...4, using: &random) { change(&bytes) }
        return bytes
    }

    private mutating func change(_ bytes: inout [UInt8]) {
        guard !bytes.isEmpty else {
            bytes = [Self.special.randomElement(using: &random) ?? 0]
            return
        }
        let start = Int.random(in: 0..<bytes.count, using: &random)
        let end = min(bytes.count, start + Int.random(in: 1...16, using: &random))
        switch Int.random(in: 0..<8, using: &random) {
        case 0: bytes[start] ^= 1 << UInt8.random(in: 0..<8, using: &random)
        case 1: bytes[start] = Self.special.randomElement(using: &random) ?? 0
        case 2: bytes.removeSubrange(start..<end)
        case 3: bytes.insert(contentsOf: bytes[start..<end], at: start)
        case 4: bytes.removeSubrange(start...)
        case 5: bytes.insert(Self.special.randomElement(using: &random) ?? 0, at: start)
        case 6:
            // A number becomes another one, as a length that is not true.
            let numbers = ["0", "-1", "4294967296", "9223372036854775807", "1e308", "0.1"]
            bytes.replaceSubrange(start..<end, with: Array((numbers.randomElement(using: &random) ?? "").utf8))
        default:
            let other = seeds.randomElement(using: &random) ?? []
            bytes = Array(bytes[..<start] + other.dropFirst(Int.random(in: 0...other.count, using: &random)))
        }
    }
}
