import ArgumentParser
import Foundation
import RiposteAudio

/// The form of a sound file.
enum SoundFormat: String, ExpressibleByArgument, CaseIterable {
    case wav, raw, opus, flac, mp3, aac

    init?(file: String) {
        switch (file as NSString).pathExtension.lowercased() {
        case "wav", "wave": self = .wav
        case "raw", "pcm": self = .raw
        case "opus", "ogg": self = .opus
        case "flac": self = .flac
        case "mp3": self = .mp3
        case "aac": self = .aac
        default: return nil
        }
    }

    func writer(_ url: URL, sampleRate: Int) throws -> any SoundWriter {
        switch self {
        case .wav: try WaveWriter(url, sampleRate: sampleRate)
        case .raw: try RawSoundWriter(url, sampleRate: sampleRate)
        case .opus: try OggOpusWriter(url, sampleRate: sampleRate)
        case .flac: try SoundFileWriter(url, .flac, sampleRate: sampleRate)
        case .mp3: try SoundFileWriter(url, .mp3, sampleRate: sampleRate)
        case .aac: try AACWriter(url, sampleRate: sampleRate)
        }
    }
}
