/// A page of an Ogg stream (RFC 3533): packets, and what lets a player find its way.
struct OggPage {
    /// What a page is in its stream.
    struct Flags: OptionSet {
        let rawValue: UInt8
        static let begins = Flags(rawValue: 2)
        static let ends = Flags(rawValue: 4)
    }

    /// Packets end on the page they begin on here: a packet of speech is far smaller than a page.
    static let segmentLimit = 255

    /// The bytes of a page.
    /// - Parameters:
    ///   - packets: whole ones, whose segments are at most `segmentLimit`.
    ///   - position: samples at 48 kHz up to the end of the page.
    static func bytes(
        packets: [[UInt8]], flags: Flags, position: Int, serial: UInt32, number: UInt32
    ) -> [UInt8] {
        var page = Array("OggS".utf8)
        page.append(0)
        page.append(flags.rawValue)
        page.append(littleEndian: UInt64(bitPattern: Int64(position)))
        page.append(littleEndian: serial)
        page.append(littleEndian: number)
        page.append(littleEndian: UInt32(0))
        let segments = packets.flatMap(segments)
        page.append(UInt8(truncatingIfNeeded: segments.count))
        page += segments
        for packet in packets { page += packet }
        let checksum = checksum(of: page)
        for byte in 0..<4 { page[22 + byte] = UInt8(truncatingIfNeeded: checksum >> (8 * UInt32(byte))) }
        return page
    }

    /// A packet's length, in bytes of 255 and a last smaller one.
    static func segments(of packet: [UInt8]) -> [UInt8] {
        [UInt8](repeating: 255, count: packet.count / 255) + [UInt8(packet.count % 255)]
    }

    /// The polynomial 04C11DB7, most significant bit first, without reflection.
    private static let table: [UInt32] = (0..<256).map { index in
        (0..<8).reduce(UInt32(index) << 24) { value, _ in
            value & 0x8000_0000 != 0 ? (value << 1) ^ 0x04C1_1DB7 : value << 1
        }
    }

    static func checksum(of bytes: [UInt8]) -> UInt32 {
        bytes.reduce(0) { ($0 << 8) ^ table[Int(UInt8(truncatingIfNeeded: $0 >> 24) ^ $1)] }
    }
}
