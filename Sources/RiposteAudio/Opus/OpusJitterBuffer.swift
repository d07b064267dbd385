import RiposteCore

/// Puts packets of a network back into a steady stream of sound: those that come late or out of order find their place,
/// those that are lost are concealed.
///
/// It is asked for a frame every 20 ms. It holds a few packets back, so that one may be late by as much.
///
/// Not to be used from several threads at once.
public final class OpusJitterBuffer {
    public struct Configuration: Sendable, Equatable {
        /// Packets held back before the sound begins, each of 20 ms. Default 3: late by 60 ms is not lost.
        public var depth = 3
        /// Packets kept at most; older ones are skipped, so that the delay does not grow. Default 50, a second.
        public var limit = 50
        /// Frames in a row that are concealed before there is silence. Default 5: longer, a guess becomes a drone.
        public var longestConcealment = 5

        public init() {}
    }

    /// What became of the packets.
    public struct Statistics: Sendable, Equatable {
        public var played = 0
        /// Frames that were made up for a packet that had not come.
        public var concealed = 0
        /// Packets that came after their time, or twice.
        public var late = 0
        /// Packets given up because too many were waiting.
        public var skipped = 0
    }

    public private(set) var statistics = Statistics()
    private let configuration: Configuration
    private let decoder: OpusDecoder
    private var packets: [Int: [UInt8]] = [:]
    /// The number of the packet that is played next; nil until the sound begins.
    private var next: Int?
    private var missing = 0

    /// - Parameter sampleRate: of the sound, in hertz; one of `OpusLibrary.sampleRates`.
    /// - Throws: `libraryMissing`; `badInput` for another rate.
    public init(sampleRate: Int, configuration: Configuration = .init()) throws {
        decoder = try OpusDecoder(sampleRate: sampleRate)
        self.configuration = configuration
    }

    /// Takes a packet, when it comes.
    /// - Parameter number: packets are numbered one after the other as they are sent.
    public func insert(_ packet: [UInt8], number: Int) {
        if let next, number < next || packets[number] != nil {
            statistics.late += 1
            return
        }
        packets[number] = packet
        guard packets.count > configuration.limit, let first = packets.keys.min() else { return }
        packets[first] = nil
        statistics.skipped += 1
        if let next { self.next = max(next, first + 1) }
    }

    /// Whether the next frame needs no guess, or so many packets wait behind a gap that the missing one is given up.
    ///
    /// For whoever has no clock to ask by, because packets come over a connection that keeps their order: asked for frames
    /// while this holds, the buffer holds nothing back but what follows a gap.
    public var isReady: Bool {
        next.map { packets[$0] != nil } ?? false || packets.count >= max(1, configuration.depth)
    }

    /// The next 20 ms of sound; nil before enough packets have come, and once none have for a while.
    /// - Throws: `badInput` for a packet that is no Opus; the next call goes on after it.
    public func frame() throws -> [Float]? {
        guard let number = next ?? start else { return nil }
        next = number + 1
        guard let packet = packets.removeValue(forKey: number) else { return try conceal(number) }
        missing = 0
        statistics.played += 1
        return try decoder.decode(packet)
    }

    private var start: Int? { packets.count >= configuration.depth ? packets.keys.min() : nil }

    private func conceal(_ number: Int) throws -> [Float]? {
        missing += 1
        guard missing <= configuration.longestConcealment else {
            // The sender has paused: begin anew with whatever comes.
            if packets.isEmpty { next = nil } else { next = packets.keys.min() }
            missing = 0
            return nil
        }
        statistics.concealed += 1
        return try decoder.conceal()
    }
}
