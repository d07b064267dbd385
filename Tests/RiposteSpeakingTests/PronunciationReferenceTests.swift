import Foundation
import Testing

@testable import RiposteSpeaking

/// Our phonemes beside those of the reference package (Tools/reference/pronunciation_fixture.py).
@Suite(.enabled(if: PronunciationResources.isThere, PronunciationResources.hint))
struct PronunciationReferenceTests {
    /// Sentences whose difference is meant are in `PronunciationBetter.json`; they count as different here all the
    /// same.
    @Test(arguments: ["PronunciationReference.json", "PronunciationMore.json", "PronunciationUnseen.json"])
    func equalsReference(_ name: String) throws {
        let pronouncer = try PronunciationResources.pronouncer()
        let samples = try PronunciationResources.fixture(name)
        let better = Set(try PronunciationResources.fixture("PronunciationBetter.json").map(\.text))
        var differences: [String] = []
        var meant = 0
        for sample in samples {
            let said = try pronouncer.phonemes(for: sample.text)
            guard said != sample.phonemes else { continue }
            if better.contains(sample.text) {
                meant += 1
            } else {
                differences.append("\(sample.text)\n  reference \(sample.phonemes)\n  ours      \(said)")
            }
        }
        let equal = Double(samples.count - meant - differences.count) / Double(samples.count)
        #expect(equal >= 0.95, "\(meant) meant, and:\n\(differences.joined(separator: "\n"))")
        #expect(differences.isEmpty, "not meant:\n\(differences.joined(separator: "\n"))")
    }

    @Test func readsBetterThanReference() throws {
        let pronouncer = try PronunciationResources.pronouncer()
        for sample in try PronunciationResources.fixture("PronunciationBetter.json") {
            let said = try pronouncer.phonemes(for: sample.text)
            #expect(said == sample.phonemes, "\(sample.text): \(sample.reason ?? "")")
        }
    }

    @Test func speaksBritish() throws {
        let pronouncer = try Pronouncer(
            folder: PronunciationResources.prepared(), configuration: .init(accent: .british))
        let samples = try PronunciationResources.fixture("PronunciationBritish.json")
        let different = try samples.filter { try pronouncer.phonemes(for: $0.text) != $0.phonemes }
        #expect(
            Double(different.count) <= 0.06 * Double(samples.count), "\(different.map(\.text).joined(separator: "\n"))")
    }

    /// Two spellings of the same sounds, compared without stress and length, as edits to a phoneme.
    @Test func agreesWithEspeak() throws {
        let pronouncer = try PronunciationResources.pronouncer()
        var edits = 0
        var length = 0
        for sample in try PronunciationResources.fixture("PronunciationEspeak.json") {
            let ours = bare(Pronunciation.espeakPhonemes(fromMisaki: try pronouncer.phonemes(for: sample.text)))
            let theirs = bare(sample.phonemes)
            edits += editDistance(ours, theirs)
            length += theirs.count
        }
        let rate = Double(edits) / Double(length)
        #expect(rate < 0.05, "\(rate) of the phonemes differ")
    }

    private func bare(_ phonemes: String) -> [Unicode.Scalar] {
        phonemes.unicodeScalars.filter { !"ˈˌː ʲ".unicodeScalars.contains($0) }
    }

    private func editDistance(_ left: [Unicode.Scalar], _ right: [Unicode.Scalar]) -> Int {
        var row = Array(0...right.count)
        for (index, scalar) in left.enumerated() {
            var diagonal = row[0]
            row[0] = index + 1
            for column in right.indices {
                let substitution = diagonal + (scalar == right[column] ? 0 : 1)
                diagonal = row[column + 1]
                row[column + 1] = min(substitution, diagonal + 1, row[column] + 1)
            }
        }
        return row[right.count]
    }
}
