import Foundation
import RiposteCore
import RiposteDialog

/// What was meant by each recording of a folder: its `labels.json`, which has an intent and the words of each slot by
/// file name.
///
/// The words that were really said are not known. A transcript is right when its slots are: every value is there, in the
/// words of the label and as often as in the label, and there is nothing else that would fill a slot. What all labels
/// together name is taken for the values there are.
struct LabelledCommands: Sendable {
    struct Label: Sendable, Decodable {
        var intent: String
        var slots: [String: String]
    }

    private struct Phrase: Sendable {
        var slot: String
        var words: [String]
    }

    /// By file name.
    let labels: [String: Label]
    /// Every value of any label, the longest first.
    private let phrases: [Phrase]
    /// The words of each slot's values.
    private let vocabulary: [String: Set<String>]

    /// Words that also stand outside of any slot: "some" is an amount in "some milk", and nothing in "get some coffee".
    private static let common: Set<String> = ["a", "an", "the", "of", "and", "with", "to", "some"]

    /// - Throws: `.badInput` when the folder has no labels.
    init(folder: URL) throws {
        let file = folder.appendingPathComponent("labels.json")
        do {
            try self.init(labels: JSONDecoder().decode([String: Label].self, from: Data(contentsOf: file)))
        } catch {
            throw RiposteError(
                .badInput, .configuration, "\(file.path) is not there or has no labels.", underlying: error)
        }
    }

    init(labels: [String: Label]) {
        self.labels = labels
        var seen: Set<[String]> = []
        phrases = labels.values.flatMap(\.slots)
            .map { Phrase(slot: $0.key, words: SpokenForm.words(of: $0.value)) }
            .filter { !$0.words.isEmpty && seen.insert([$0.slot] + $0.words).inserted }
            .sorted { ($0.words.count, $1.slot) > ($1.words.count, $0.slot) }
        vocabulary = Dictionary(
            phrases.map { ($0.slot, Set($0.words)) }, uniquingKeysWith: { $0.union($1) })
    }

    /// Whether the slots of a transcript are those of the file's label; nil for a file without a label.
    func isRight(_ transcript: String, file: String) -> Bool? {
        guard let label = labels[file] else { return nil }
        guard let found = values(in: transcript) else { return false }
        let meant = label.slots.map { ([$0.key] + SpokenForm.words(of: $0.value)).joined(separator: " ") }
        return found.sorted() == meant.sorted()
    }

    /// How many of the label's slots have their value in a transcript, whatever else is in it; nil for a file without a
    /// label.
    func rightSlots(_ transcript: String, file: String) -> (right: Int, all: Int)? {
        guard let label = labels[file] else { return nil }
        let words = SpokenForm.words(of: transcript)
        var (found, index): ([String], Int) = ([], 0)
        while index < words.count {
            guard let phrase = phrases.first(where: { words[index...].starts(with: $0.words) }) else {
                index += 1
                continue
            }
            found.append(([phrase.slot] + phrase.words).joined(separator: " "))
            index += phrase.words.count
        }
        let right = label.slots.count { slot in
            found.contains(([slot.key] + SpokenForm.words(of: slot.value)).joined(separator: " "))
        }
        return (right, label.slots.count)
    }

    /// The slots with their values in a transcript; nil when some word would be part of a value and is not.
    private func values(in transcript: String) -> [String]? {
        let words = SpokenForm.words(of: transcript)
        var values: [String] = []
        var loose: [String] = []
        var index = 0
        while index < words.count {
            guard let phrase = phrases.first(where: { words[index...].starts(with: $0.words) }) else {
                loose.append(words[index])
                index += 1
                continue
            }
            guard !belongs(loose, to: phrase.slot) else { return nil }
            loose = []
            values.append(([phrase.slot] + phrase.words).joined(separator: " "))
            index += phrase.words.count
        }
        return belongs(loose, to: nil) ? nil : values
    }

    /// Whether words outside of any value would be part of one: a slot's own word, or a common one where the value begins.
    private func belongs(_ loose: [String], to slot: String?) -> Bool {
        let own = vocabulary.values.reduce(into: Set<String>()) { $0.formUnion($1) }.subtracting(Self.common)
        if loose.contains(where: own.contains) { return true }
        guard let slot, let last = loose.last, last == "some" else { return false }
        return vocabulary[slot]?.contains(last) ?? false
    }
}
