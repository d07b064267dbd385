import Foundation
import RiposteCore
import RiposteSpeaking

/// How fast the voices are on this machine, as far as it has been measured; kept in a file.
struct VoiceSpeeds {
    private let file: URL
    /// Times real time, by engine, and for Piper, whose voices are of several sizes, by voice.
    private var speeds: [String: Double]

    init(_ file: URL) {
        self.file = file
        speeds = (try? JSONDecoder().decode([String: Double].self, from: Data(contentsOf: file))) ?? [:]
    }

    subscript(voice: Voice) -> Double? { speeds[Self.key(voice)] }

    private static func key(_ voice: Voice) -> String {
        // Speakers of one file take the same.
        voice.engine == "piper" ? "piper/\(voice.name.prefix { $0 != "/" })" : voice.engine
    }

    private static let text = "The kettle is on, and your tea will be ready in about four minutes."

    /// Measures one voice of each kind that can speak.
    mutating func measure(_ listings: [VoiceCatalogue.Listing], _ catalogue: VoiceCatalogue) async throws {
        var measured: Set<String> = []
        for voice in listings.filter(\.missingModels.isEmpty).map(\.voice) {
            guard measured.insert(Self.key(voice)).inserted else { continue }
            let synthesizer = try catalogue.synthesizer(for: voice.name)
            try await synthesizer.load()
            var best = 0.0
            for _ in 0..<3 {
                let start = ContinuousClock.now
                var samples = 0
                for try await frame in synthesizer.speak(Self.text) { samples += frame.audio.samples.count }
                let seconds = (ContinuousClock.now - start) / .seconds(1)
                best = max(best, Double(samples) / Double(synthesizer.sampleRate) / seconds)
            }
            speeds[Self.key(voice)] = best
        }
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.prettyPrinted, .sortedKeys]
        // Where it cannot be kept it is measured again.
        try? encoder.encode(speeds).write(to: file, options: .atomic)
    }
}
