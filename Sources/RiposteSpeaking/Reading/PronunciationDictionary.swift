import Foundation
import RiposteCore

/// How a user wants words to be said.
///
///     # One entry a line; the left side is what is written, the right side what is said.
///     nginx = engine X
///     Siobhan = /ʃɪvˈɔn/
///     "et al." = and others
///
/// Phonemes stand between slashes, in misaki's alphabet or the international one. An entry in small letters is found
/// however it is written, one with capitals only as it stands; of several that begin at one place the longest counts.
public struct PronunciationDictionary: Sendable, Equatable {
    private struct Entry: Sendable, Equatable {
        /// What stands in the text.
        let written: [Unicode.Scalar]
        /// What takes its place.
        let said: String
        let hasCapitals: Bool
    }

    /// By the first letter, small; in each group the longest first.
    private var entries: [Unicode.Scalar: [Entry]] = [:]
    /// How many entries there are.
    public private(set) var count = 0

    private static let byteLimit = 4_000_000
    private static let entryLimit = 50_000
    private static let wordLimit = 200

    public init() {}

    /// - Throws: `storage` if the file cannot be read, `badInput` with the number of a line that is no entry.
    public init(contentsOf file: URL) throws {
        let data: Data
        do {
            let size = try FileManager.default.attributesOfItem(atPath: file.path)[.size] as? Int ?? 0
            guard size <= Self.byteLimit else {
                throw RiposteError(.badInput, .synthesis, "\(file.path) is larger than a dictionary may be (4 MB).")
            }
            data = try Data(contentsOf: file)
        } catch let error as RiposteError {
            throw error
        } catch {
            throw RiposteError(.storage, .synthesis, "\(file.path) could not be read.", underlying: error)
        }
        try self.init(parsing: String(decoding: data, as: UTF8.self), name: file.path)
    }

    /// - Parameter name: what errors call the text.
    /// - Throws: `badInput` with the number of a line that is no entry.
    public init(parsing text: String, name: String = "dictionary") throws {
        // Empty lines count.
        let lines = text.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline)
        for (index, given) in lines.enumerated() {
            let line = given.trimmingCharacters(in: .whitespaces)
            if line.isEmpty || line.hasPrefix("#") { continue }
            func fail(_ why: String) -> RiposteError {
                RiposteError(.badInput, .synthesis, "\(name), line \(index + 1): \(why)")
            }
            guard let equals = line.firstIndex(of: "=") else {
                throw fail("an entry is WORD = WHAT IS SAID, or WORD = /PHONEMES/.")
            }
            var written = line[..<equals].trimmingCharacters(in: .whitespaces)
            let said = line[line.index(after: equals)...].trimmingCharacters(in: .whitespaces)
            if written.count > 1, written.hasPrefix("\""), written.hasSuffix("\"") {
                written = String(written.dropFirst().dropLast())
            }
            guard !written.isEmpty, !said.isEmpty else { throw fail("a side of the = is empty.") }
            guard written.count <= Self.wordLimit, said.count <= Self.wordLimit else {
                throw fail("a side of the = is longer than \(Self.wordLimit) characters.")
            }
            guard !written.contains(where: { "[]()".contains($0) }) else { throw fail("brackets cannot be said.") }
            guard count < Self.entryLimit else { throw fail("there are more than \(Self.entryLimit) entries.") }
            try add(written, said: said, fail)
        }
        for key in entries.keys { entries[key]?.sort { $0.written.count > $1.written.count } }
    }

    private mutating func add(_ written: String, said: String, _ fail: (String) -> RiposteError) throws {
        var replacement = said
        if said.hasPrefix("/") {
            guard said.hasSuffix("/"), said.count > 2 else { throw fail("phonemes stand between two slashes.") }
            let phonemes = PhonemeAlphabet.misaki(fromInternational: String(said.dropFirst().dropLast()))
            guard !phonemes.contains("/") else { throw fail("a slash is no phoneme.") }
            replacement = "[\(written)](/\(phonemes)/)"
        }
        let scalars = Array(written.unicodeScalars)
        guard let first = Self.key(scalars.first) else { return }
        let entry = Entry(written: scalars, said: replacement, hasCapitals: written != written.lowercased())
        entries[first, default: []].append(entry)
        count += 1
    }

    private static func key(_ scalar: Unicode.Scalar?) -> Unicode.Scalar? {
        scalar.flatMap { $0.properties.lowercaseMapping.unicodeScalars.first }
    }

    /// The text with every word that has an entry replaced.
    func applied(to text: String) -> String {
        guard !entries.isEmpty else { return text }
        let scalars = Array(text.unicodeScalars)
        var result: [Unicode.Scalar] = []
        var index = 0
        while index < scalars.count {
            if scalars[index] == "[", let end = InlinePronunciation.end(in: scalars, from: index) {
                result += scalars[index..<end]
                index = end
            } else if let entry = entry(at: index, in: scalars) {
                result += Array(entry.said.unicodeScalars)
                index += entry.written.count
            } else {
                result.append(scalars[index])
                index += 1
            }
        }
        return String(result)
    }

    private func entry(at index: Int, in scalars: [Unicode.Scalar]) -> Entry? {
        guard let key = Self.key(scalars[index]), let candidates = entries[key] else { return nil }
        return candidates.first { entry in
            let end = index + entry.written.count
            guard end <= scalars.count, Self.isEdge(scalars, index), Self.isEdge(scalars, end) else { return false }
            return zip(entry.written, scalars[index..<end]).allSatisfy { written, found in
                written == found || (!entry.hasCapitals && Self.key(found) == written)
            }
        }
    }

    /// Whether no word goes over the place in front of `index`. Accents belong to their letters, and "don't" is one word;
    /// "Anna's" is Anna with an ending.
    private static func isEdge(_ scalars: [Unicode.Scalar], _ index: Int) -> Bool {
        guard index > 0, index < scalars.count else { return true }
        let (before, after) = (scalars[index - 1], scalars[index])
        if isAccent(after) { return false }
        if after.isApostrophe, isWord(before), index + 1 < scalars.count, scalars[index + 1].isLetter {
            let ending = scalars[(index + 1)...].prefix { $0.isLetter }
            return ending.elementsEqual(["s"]) || ending.elementsEqual(["S"])
        }
        if before.isApostrophe, index > 1, isWord(scalars[index - 2]), after.isLetter { return false }
        return !(isWord(before) && after.isWordCharacter)
    }

    private static func isWord(_ scalar: Unicode.Scalar) -> Bool { scalar.isWordCharacter || isAccent(scalar) }

    private static func isAccent(_ scalar: Unicode.Scalar) -> Bool {
        !scalar.isASCII && scalar.properties.canonicalCombiningClass != .notReordered
    }
}
