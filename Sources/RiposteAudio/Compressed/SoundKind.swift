import Foundation

/// The form of recorded sound, as its first bytes tell it.
public enum SoundKind: String, Sendable, CaseIterable {
    case wave, flac, mp3
    /// Vorbis or Opus in Ogg.
    case ogg
    /// MPEG-4, as .m4a and .mp4; the sound is AAC as a rule.
    case mp4
    /// Matroska, as .webm; the sound is Opus or Vorbis as a rule.
    case webm
    /// AAC as a stream (ADTS).
    case aac

    /// So many bytes tell it.
    public static let prefixLength = 12

    /// nil for what is none of these.
    public init?(_ beginning: some Collection<UInt8>) {
        let bytes = Array(beginning.prefix(Self.prefixLength))
        func has(_ text: StaticString, at position: Int = 0) -> Bool {
            let letters = UnsafeBufferPointer(start: text.utf8Start, count: text.utf8CodeUnitCount)
            return bytes.count >= position + letters.count && bytes[position...].starts(with: letters)
        }
        switch true {
        case has("RIFF"), has("RF64"), has("BW64"): self = .wave
        case has("fLaC"): self = .flac
        case has("OggS"): self = .ogg
        case has("ID3"): self = .mp3
        case has("ftyp", at: 4): self = .mp4
        case bytes.starts(with: [0x1A, 0x45, 0xDF, 0xA3]): self = .webm
        case bytes.count >= 2 && bytes[0] == 0xFF && bytes[1] & 0xF6 == 0xF0: self = .aac
        // A frame of layer I to III; 00 in the place of the layer was AAC's.
        case bytes.count >= 2 && bytes[0] == 0xFF && bytes[1] & 0xE0 == 0xE0 && bytes[1] & 0x06 != 0: self = .mp3
        default: return nil
        }
    }
}

/// Gives recorded sound piece by piece, as mono samples at one rate.
public protocol SoundReader: AnyObject {
    /// The rate of what `read` gives, in hertz.
    var sampleRate: Int { get }
    /// The sound's length in seconds, as far as it is known beforehand.
    var duration: Double? { get }
    /// Whether there turned out to be less sound than was announced. Known at the end.
    var isTruncated: Bool { get }

    /// The next samples, mono at `sampleRate`; nil at the end.
    /// - Parameter count: about how many of the recording's own samples to read. The result may be longer or shorter by
    ///   resampling, but is never empty.
    func read(_ count: Int) throws -> [Float]?
}

extension WaveReader: SoundReader {}
