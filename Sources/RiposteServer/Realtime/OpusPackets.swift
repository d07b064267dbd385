import RiposteAudio
import RiposteCore

/// Sound that a client sends in Opus packets, numbered one after the other. What is in order is heard at once; behind a
/// gap a few packets are held back, in case the missing one is only late, and then it is concealed.
final class OpusReceiver {
    private let buffer: OpusJitterBuffer
    private var last = -1
    /// 20 ms at 16 kHz.
    private static let frameLength = 320
    /// Bytes of a packet at most: 120 ms of six frames.
    private static let longestPacket = 6 * 1275 + 7

    init() throws { buffer = try OpusJitterBuffer(sampleRate: Waterfall.sampleRate) }

    var statistics: OpusJitterBuffer.Statistics { buffer.statistics }

    /// - Parameter number: nil follows the packet before.
    /// - Returns: the sound that is certain by now, at 16 kHz, and what was wrong with a packet: silence takes its place.
    /// - Throws: `.badInput` for a number that is none.
    func hear(_ packet: [UInt8], number: Double?) throws -> (sound: [Float], fault: RiposteError?) {
        guard let number = number.map({ Int(exactly: $0) }) ?? last + 1, (0..<(1 << 53)).contains(number),
            packet.count <= Self.longestPacket
        else {
            throw RiposteError(.badInput, .audio, "A packet has to be numbered from 0, and to be Opus.")
        }
        last = max(last, number)
        buffer.insert(packet, number: number)
        var (sound, fault) = ([Float](), RiposteError?.none)
        while buffer.isReady {
            do {
                sound += try buffer.frame() ?? []
            } catch {
                fault = error as? RiposteError ?? RiposteError(.badInput, .audio, "A packet is no Opus: \(error)")
                sound += [Float](repeating: 0, count: Self.frameLength)
            }
        }
        return (sound, fault)
    }
}

/// Packs an answer's sound.
final class OpusSender {
    /// Bits a second.
    private static let bitrate = 24_000
    private let encoder: OpusEncoder
    private var pending: [Float] = []

    init() throws {
        encoder = try OpusEncoder(sampleRate: RealtimeSoundFormat.opus.rate, bitrate: Self.bitrate)
    }

    /// The packets that are full by now.
    func packets(_ samples: [Float]) throws -> [[UInt8]] {
        pending += samples
        var packets: [[UInt8]] = []
        var start = 0
        while pending.count - start >= encoder.frameLength {
            packets.append(try encoder.encode(pending[start..<(start + encoder.frameLength)]))
            start += encoder.frameLength
        }
        pending.removeFirst(start)
        return packets
    }

    /// The rest, with the silence it takes to get the last of it through the codec.
    func finish() throws -> [[UInt8]] {
        let rest = pending.count + encoder.delay
        let whole = (rest + encoder.frameLength - 1) / encoder.frameLength * encoder.frameLength
        return try packets([Float](repeating: 0, count: whole - pending.count))
    }

    /// What waits belongs to sound that was cut off.
    func drop() { pending = [] }
}
