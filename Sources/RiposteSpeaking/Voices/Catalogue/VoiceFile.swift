import Foundation
import RiposteCore

/// A voice of the user's own: a file, and which of its speakers.
struct VoiceFile {
    let url: URL
    let speaker: String?
    let isKokoro: Bool

    private static let endings = [".onnx", ".npz", ".npy", ".bin"]

    /// "folder/NAME.onnx", "folder/NAME.onnx/SPEAKER", "voices.npz/af_sky"; nil for what is no such path.
    init?(path: String) {
        if let ending = Self.endings.first(where: path.hasSuffix) {
            self.init(url: URL(fileURLWithPath: path), speaker: nil, isKokoro: ending != ".onnx")
            return
        }
        for ending in Self.endings {
            guard let range = path.range(of: ending + "/", options: .backwards), range.upperBound < path.endIndex else {
                continue
            }
            let file = String(path[..<path.index(before: range.upperBound)])
            self.init(
                url: URL(fileURLWithPath: file), speaker: String(path[range.upperBound...]), isKokoro: ending != ".onnx"
            )
            return
        }
        return nil
    }

    private init(url: URL, speaker: String?, isKokoro: Bool) {
        self.url = url
        self.speaker = speaker
        self.isKokoro = isKokoro
    }

    /// The voices in it; none if it is not what its name says.
    var voices: [Voice] {
        if isKokoro {
            let names = (try? KokoroVoiceFile.names(in: url)) ?? []
            return names.map { name in
                var voice = KokoroSynthesizer.voice(name)
                voice.licence = "unknown"
                return voice
            }
        }
        return (try? PiperSynthesizer.voices(in: url)) ?? []
    }

    /// The file with the speaker that one of its voices is.
    func speaking(_ voice: Voice) -> VoiceFile {
        if isKokoro { return VoiceFile(url: url, speaker: voice.name, isKokoro: true) }
        let slash = voice.name.firstIndex(of: "/")
        return VoiceFile(
            url: url, speaker: slash.map { String(voice.name[voice.name.index(after: $0)...]) }, isKokoro: false)
    }
}
