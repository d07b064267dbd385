import Foundation
import RiposteCore

/// The microphone's side of a `FileDevice`: a file cut into frames, then silence.
struct FileInput {
    let duration: Double?
    var isTruncated: Bool { reader?.isTruncated ?? false }
    /// Whether everything the file has was taken. Without a file there is nothing to be over.
    var isOver: Bool { reader != nil && end.map { position >= $0 } ?? false }

    private let reader: WaveReader?
    private let tail: Double?
    private var pending: ArraySlice<Float> = []
    private var position = 0
    /// Where the file ended; nil while there is more.
    private var end: Int?

    init(_ url: URL?, tail: Double?) throws {
        reader = try url.map { try WaveReader($0, sampleRate: FileDevice.inputRate) }
        duration = reader?.duration
        self.tail = tail
        if reader == nil { end = 0 }
    }

    /// The next frame, filled up with silence; nil when the silence after the file is over too.
    mutating func read(_ count: Int) throws -> AudioFrame? {
        while pending.count < count, end == nil {
            if let more = try reader?.read(4 * count) {
                pending += more
            } else {
                end = position + pending.count
            }
        }
        if let end, let tail, position >= end + Int(tail * Double(FileDevice.inputRate)) { return nil }
        var samples = Array(pending.prefix(count))
        pending = pending.dropFirst(count)
        samples += repeatElement(0, count: count - samples.count)
        defer { position += count }
        return AudioFrame(samples: samples, sampleRate: FileDevice.inputRate, position: position)
    }
}
