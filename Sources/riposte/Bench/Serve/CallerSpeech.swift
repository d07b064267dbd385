import Foundation
import NIOCore
import RiposteAudio
import RiposteListening

/// A recording as a caller sends it: events, each with a piece of sound, and where the speech in it ends.
struct CallerSpeech: Sendable {
    /// Seconds of sound in an event.
    static let pieceLength = 0.04
    private static let rate = 24_000

    let events: [ByteBuffer]
    /// In seconds from the start.
    let end: Double
    /// A piece of silence.
    static let silence = event([Float](repeating: 0, count: Int(Double(rate) * pieceLength)))

    /// - Parameter end: where the speech ends, in seconds; nil looks for it in the sound.
    init(_ file: URL, end: Double?) throws {
        let wave = try WaveFile(reading: file)
        let found = SpeechEnd().position(in: wave.samples[...]).map { Double($0) / Double(wave.sampleRate) }
        self.end = end ?? found ?? wave.duration
        var resampler = Resampler(from: wave.sampleRate, to: Self.rate)
        let sound = resampler.process(wave.samples) + resampler.finish()
        let length = Int(Double(Self.rate) * Self.pieceLength)
        events = stride(from: 0, to: sound.count, by: length).map { start in
            let piece = Array(sound[start..<min(sound.count, start + length)])
            return Self.event(piece + [Float](repeating: 0, count: length - piece.count))
        }
    }

    private static func event(_ sound: [Float]) -> ByteBuffer {
        var data = Data(capacity: sound.count * 2)
        for sample in sound {
            let value = Int16(max(-32_768, min(32_767, (sample * 32_767).rounded())))
            data.append(UInt8(truncatingIfNeeded: value))
            data.append(UInt8(truncatingIfNeeded: value >> 8))
        }
        return ByteBuffer(string: #"{"type":"input_audio_buffer.append","audio":"\#(data.base64EncodedString())"}"#)
    }
}
