import Foundation
import RiposteCore

/// What lies beside a Piper network: `NAME.onnx.json`.
struct PiperVoiceDescription: Decodable, Sendable {
    struct Audio: Decodable {
        let sampleRate: Int
    }

    struct Espeak: Decodable {
        let voice: String
    }

    /// How freely the voice speaks.
    struct Inference: Decodable {
        let noiseScale: Float?
        let lengthScale: Float?
        let noiseW: Float?
    }

    struct Language: Decodable {
        let code: String
    }

    let audio: Audio
    let espeak: Espeak?
    let inference: Inference?
    let language: Language?
    /// "espeak" (phonemes as espeak-ng writes them), which is also meant by nil, or "text" (its letters).
    let phonemeType: String?
    /// The numbers of each phoneme, which is a character or, in some voices, several.
    let phonemeIdMap: [String: [Int64]]
    let numSpeakers: Int?
    let speakerIdMap: [String: Int64]?

    /// - Parameter model: the network's file; the description is beside it.
    /// - Throws: `storage` if there is none, `corrupt` if it is not one.
    init(besides model: URL) throws {
        let file = model.appendingPathExtension("json")
        let data: Data
        do {
            data = try Data(contentsOf: file)
        } catch {
            throw RiposteError(
                .storage, .synthesis, "\(file.path) could not be read; a Piper voice is two files.", underlying: error)
        }
        let decoder = JSONDecoder()
        // Not `convertFromSnakeCase`: it would rewrite the phonemes and speakers, too.
        do {
            self = try decoder.decode(Self.self, from: data)
        } catch {
            throw RiposteError(.corrupt, .synthesis, "\(file.path) does not describe a Piper voice.", underlying: error)
        }
        guard (8000...48_000).contains(audio.sampleRate) else {
            throw RiposteError(.corrupt, .synthesis, "\(file.path) has a sample rate of \(audio.sampleRate).")
        }
    }

    /// The names of the speakers in the order of their numbers; numbers where they have none.
    var speakerNames: [String] {
        if let map = speakerIdMap, !map.isEmpty { return map.sorted { $0.value < $1.value }.map(\.key) }
        return (0..<min(max(numSpeakers ?? 1, 1), 10_000)).map(String.init)
    }

    /// The number of a speaker by name, or by number.
    func speakerNumber(_ name: String) -> Int64? {
        if let number = speakerIdMap?[name] { return number }
        guard let number = Int64(name), (0..<Int64(max(numSpeakers ?? 1, 1))).contains(number) else { return nil }
        return number
    }

    /// The network's input for phonemes: a start, the phonemes with a pad after each, an end. Phonemes the voice does
    /// not know are left out; nil if none is left.
    func ids(of phonemes: String) -> [Int64]? {
        let pad = phonemeIdMap["_"] ?? []
        var ids = (phonemeIdMap["^"] ?? []) + pad
        var hasSound = false
        // Accents are phonemes of their own.
        for scalar in phonemes.decomposedStringWithCanonicalMapping.unicodeScalars {
            // Voices that are given text mostly know small letters alone.
            let small = phonemeType == "text" ? scalar.properties.lowercaseMapping : String(scalar)
            guard let numbers = phonemeIdMap[String(scalar)] ?? phonemeIdMap[small] else { continue }
            ids += numbers + pad
            hasSound = hasSound || scalar.properties.isAlphabetic
        }
        return hasSound ? ids + (phonemeIdMap["$"] ?? []) : nil
    }
}

extension PiperVoiceDescription {
    private enum CodingKeys: String, CodingKey {
        case audio, espeak, inference, language
        case phonemeType = "phoneme_type"
        case phonemeIdMap = "phoneme_id_map"
        case numSpeakers = "num_speakers"
        case speakerIdMap = "speaker_id_map"
    }
}

extension PiperVoiceDescription.Audio {
    private enum CodingKeys: String, CodingKey {
        case sampleRate = "sample_rate"
    }
}

extension PiperVoiceDescription.Inference {
    private enum CodingKeys: String, CodingKey {
        case noiseScale = "noise_scale"
        case lengthScale = "length_scale"
        case noiseW = "noise_w"
    }
}
