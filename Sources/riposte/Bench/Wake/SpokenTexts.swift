import Foundation
import RiposteCore
import RiposteSpeaking

/// Sentences spoken by every English voice there is, in turn and at different rates: speech without end.
struct SpokenTexts {
    private let sentences: [String]
    private var voices: [(name: String, synthesizer: any Synthesizer)] = []
    private var next = 0

    /// Sentences in one sound.
    private static let together = 4
    private static let rates = [150.0, 175, 200, 230]

    /// - Parameter words: sentences with one of these are left out.
    init(file: String, without words: [String]) async throws {
        sentences = try PhraseOptions.lines(in: file).filter { sentence in
            let spoken = sentence.lowercased()
            return !words.contains { spoken.contains($0.lowercased()) }
        }
        // One catalogue, so that the voices of one model are one engine.
        let catalogue = VoiceCatalogue(store: ModelsCommand.store)
        for listing in catalogue.listings
        where listing.voice.language.hasPrefix("en") && listing.missingModels.isEmpty {
            let synthesizer = try catalogue.synthesizer(for: listing.voice.name)
            try await synthesizer.load()
            voices.append((listing.voice.name, synthesizer))
        }
    }

    /// nil when all has been said.
    /// - Parameter wanted: the names of those that are to be spoken; nil: all.
    mutating func next(only wanted: Set<String>? = nil) async throws -> WakeSounds.Sound? {
        guard !voices.isEmpty else { return nil }
        if let wanted {
            while next < sentences.count, !wanted.contains(name(next / Self.together)) { next += Self.together }
        }
        guard next < sentences.count else { return nil }
        let index = next / Self.together
        let text = sentences[next..<min(sentences.count, next + Self.together)].joined(separator: ". ") + "."
        next += Self.together
        let (name, synthesizer) = voices[index % voices.count]
        let options = SpeechOptions(voice: name, rate: Self.rates[index / voices.count % Self.rates.count])
        let samples = try await BargeInSounds.speak(text, synthesizer, options)
        return WakeSounds.Sound(name: self.name(index), samples: samples)
    }

    private func name(_ index: Int) -> String { "\(voices[index % voices.count].name) \(index)" }
}
