import Foundation
import RiposteAudio
import RiposteCore

/// How sound goes over the wire, in one direction.
enum RealtimeSoundFormat: String, Sendable {
    /// 16 bits at 24 kHz.
    case pcm = "audio/pcm"
    /// The telephone's, in North America and Japan.
    case muLaw = "audio/pcmu"
    /// The same elsewhere.
    case aLaw = "audio/pcma"
    /// A packet of 20 ms a message; not OpenAI's.
    case opus = "audio/opus"

    /// In hertz. Opus is coded at any rate; this is the one that the answer's sound has.
    var rate: Int { self == .pcm || self == .opus ? 24_000 : G711.sampleRate }

    private var law: G711? {
        switch self {
        case .pcm, .opus: nil
        case .muLaw: .muLaw
        case .aLaw: .aLaw
        }
    }

    /// - Throws: `.badInput` for what cannot be had, `.libraryMissing` for Opus without its library.
    init(_ format: JSONValue, direction: String) throws {
        guard let named = format["type"]?.string.flatMap(Self.init(rawValue:)),
            (format["rate"]?.number ?? Double(named.rate)) == Double(named.rate)
        else {
            throw RiposteError(
                .badInput, .configuration,
                "'session.audio.\(direction).format' has to be audio/pcm at 24000 Hz, audio/opus, audio/pcmu or "
                    + "audio/pcma.")
        }
        if named == .opus { try OpusLibrary.load() }
        self = named
    }

    var described: JSONValue {
        // OpenAI tells a rate of PCM alone.
        self == .pcm ? ["type": .string(rawValue), "rate": .number(Double(rate))] : ["type": .string(rawValue)]
    }

    /// Bytes as samples at the format's rate. Opus has a memory, and is unpacked by an ``OpusReceiver``.
    /// - Throws: `.badInput` for what is no sound of the format.
    func samples(_ bytes: Data) throws -> [Float] {
        if let law { return law.decoded(bytes) }
        guard bytes.count.isMultiple(of: 2) else {
            throw RiposteError(.badInput, .audio, "'audio' has to be 16-bit samples.")
        }
        var sound = [Float]()
        sound.reserveCapacity(bytes.count / 2)
        for index in stride(from: bytes.startIndex, to: bytes.endIndex, by: 2) {
            let value = Int16(bitPattern: UInt16(bytes[index]) | UInt16(bytes[index + 1]) << 8)
            sound.append(Float(value) / 32_768)
        }
        return sound
    }

    /// Samples as bytes; Opus is packed by an ``OpusSender``.
    func bytes(_ samples: [Float]) -> Data {
        law.map { Data($0.encoded(samples)) } ?? SoundBytes.pcm(samples)
    }
}
