import Foundation
import RiposteAudio
import RiposteCore
import RiposteSpeaking

/// What is heard over the assistant: recorded people, backchannels in other voices, coughs and doors.
struct BargeInSounds {
    /// Real recordings, each one utterance.
    let people: [BargeInTrial.Sound]
    /// Backchannels and noises.
    let others: [BargeInTrial.Sound]

    private static let backchannels = ["Mm-hmm.", "Uh-huh.", "Yeah.", "Okay.", "Right."]

    /// - Parameter folders: of WAV files.
    init(folders: [String], assembly: Assembly, limit: Int) async throws {
        var people: [BargeInTrial.Sound] = []
        for folder in folders {
            for file in try BenchRecordings(folder: folder, limit: limit).files {
                let samples = try Self.read(file).at(level: BargeInTrial.personLevel)
                people.append(.init(name: file.lastPathComponent, samples: samples, start: samples.audibleStart))
            }
        }
        self.people = people
        var others: [BargeInTrial.Sound] = []
        for voice in ["joe", "en-us", "en-gb", "heart"] {
            guard let synthesizer = try? assembly.synthesizer(voice) else { continue }
            try await synthesizer.load()
            for (index, text) in Self.backchannels.enumerated() {
                let rate = [150.0, 175, 205][index % 3]
                let speech = try await Self.speak(text, synthesizer, SpeechOptions(voice: voice, rate: rate))
                others.append(Self.sound("\(text) (\(voice))", Self.trimmed(speech)))
            }
        }
        for seed in 0..<10 {
            var chance = SeededChance(900 + seed)
            others.append(Self.sound("cough \(seed)", NoiseMaker.cough(&chance)))
            others.append(Self.sound("door \(seed)", NoiseMaker.door(&chance)))
        }
        self.others = others
    }

    private static func sound(_ name: String, _ samples: [Float]) -> BargeInTrial.Sound {
        let samples = samples.at(level: BargeInTrial.personLevel)
        return .init(name: name, samples: samples, start: samples.audibleStart)
    }

    /// Speech at 16 kHz.
    static func speak(_ text: String, _ synthesizer: any Synthesizer, _ options: SpeechOptions) async throws -> [Float]
    {
        var samples: [Float] = []
        for try await frame in synthesizer.speak(text, options: options) { samples += frame.audio.samples }
        return Resampler.resample(samples, from: synthesizer.sampleRate, to: 16_000)
    }

    /// Without the quiet at either end.
    private static func trimmed(_ samples: [Float]) -> [Float] {
        let least = (samples.map(abs).max() ?? 0) * 0.02
        guard let first = samples.firstIndex(where: { abs($0) > least }),
            let last = samples.lastIndex(where: { abs($0) > least })
        else { return samples }
        return Array(samples[first...last])
    }

    private static func read(_ url: URL) throws -> [Float] {
        let reader = try WaveReader(url)
        var samples: [Float] = []
        while let piece = try reader.read() { samples += piece }
        return samples
    }
}
