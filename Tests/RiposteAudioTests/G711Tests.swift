import Foundation
import RiposteAudio
import Testing

@Suite struct G711Tests {
    /// The ends and the middle of the recommendation's tables, in 16 bits.
    @Test func knowsTheTables() {
        let muLaw: [(UInt8, Float)] = [
            (0x00, -32_124), (0x80, 32_124), (0xFF, 0), (0x7F, 0), (0xFE, 8), (0x7E, -8), (0xEF, 132), (0xF0, 120),
            (0x8F, 16_764), (0x9F, 8_316),
        ]
        for (byte, sample) in muLaw { #expect(G711.muLaw.decoded([byte]) == [sample / 32_768], "\(byte)") }
        let aLaw: [(UInt8, Float)] = [
            (0xD5, 8), (0x55, -8), (0xAA, 32_256), (0x2A, -32_256), (0xC5, 264), (0xDA, 248), (0xF5, 528),
        ]
        for (byte, sample) in aLaw { #expect(G711.aLaw.decoded([byte]) == [sample / 32_768], "\(byte)") }
    }

    @Test(arguments: G711.allCases) func givesBackWhatItWasGiven(_ law: G711) {
        for byte in UInt8.min...UInt8.max {
            let sample = law.decoded([byte])
            // µ-law has two zeros.
            let expected = law == .muLaw && byte == 0x7F ? 0xFF : byte
            #expect(law.encoded(sample) == [expected])
        }
    }

    /// Recommendation G.712 asks for 33 dB between a sine at −10 dB and its quantising noise.
    @Test(arguments: G711.allCases) func losesLittle(_ law: G711) {
        let sine = (0..<8_000).map { 0.316 * Float(sin(2 * .pi * 1_020 * Double($0) / 8_000)) }
        let heard = law.decoded(law.encoded(sine))
        let noise = zip(sine, heard).reduce(0) { $0 + ($1.0 - $1.1) * ($1.0 - $1.1) }
        let power = sine.reduce(0) { $0 + $1 * $1 }
        #expect(10 * log10(power / noise) > 33)
        #expect(law.encoded([2, -2, .nan]) == law.encoded([1, -1, 0]))
    }
}
