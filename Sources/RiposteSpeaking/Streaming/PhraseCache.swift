import Foundation
import RiposteCore
import Synchronization

/// Speech that was made before, by engine, voice, text, rate and pitch. Bounded: what was not used for longest goes first.
/// One cache may serve several engines, and keep what it has in a folder for the next time.
public final class PhraseCache: Sendable {
    struct Key: Hashable {
        let engine: String
        let voice: String?
        let text: String
        let rate: Double
        let pitch: Double
    }

    private struct Entry {
        let samples: [Float]
        var lastUse: Int
    }

    private struct State {
        var entries: [Key: Entry] = [:]
        var sampleCount = 0
        var uses = 0
    }

    /// True where phrases are made that may be kept on disk: what is said in a conversation is nobody's business later.
    @TaskLocal static var keepsOnDisk = false

    private let capacity: Int
    private let folder: PhraseFolder?
    private let state = Mutex(State())

    /// - Parameters:
    ///   - capacity: samples, 4 bytes each. Default 4 million: 16 MB, almost three minutes at 24 kHz.
    ///   - folder: where phrases that are made in advance (`CachedSynthesizer.prepare`) are kept on disk as well. What else
    ///     is said is not. Default: nowhere.
    ///   - folderCapacity: bytes of all files there. Default 64 million, twenty minutes at 24 kHz.
    public init(capacity: Int = 4_000_000, folder: URL? = nil, folderCapacity: Int = 64_000_000) {
        self.capacity = capacity
        self.folder = folder.map { PhraseFolder($0, capacity: folderCapacity) }
    }

    /// How many phrases there are.
    public var count: Int { state.withLock { $0.entries.count } }

    /// Forgets everything.
    public func removeAll() {
        state.withLock { $0 = State() }
    }

    func samples(for key: Key) -> [Float]? {
        let remembered = state.withLock { state -> [Float]? in
            guard var entry = state.entries[key] else { return nil }
            state.uses += 1
            entry.lastUse = state.uses
            state.entries[key] = entry
            return entry.samples
        }
        if let remembered { return remembered }
        guard let kept = folder?.samples(for: key) else { return nil }
        remember(kept, for: key)
        return kept
    }

    func insert(_ samples: [Float], for key: Key) {
        remember(samples, for: key)
        if Self.keepsOnDisk { folder?.insert(samples, for: key) }
    }

    private func remember(_ samples: [Float], for key: Key) {
        // One long speech is not worth all the short ones.
        guard samples.count <= capacity / 4 else { return }
        state.withLock { state in
            if let old = state.entries[key] { state.sampleCount -= old.samples.count }
            state.uses += 1
            state.entries[key] = Entry(samples: samples, lastUse: state.uses)
            state.sampleCount += samples.count
            while state.sampleCount > capacity,
                let oldest = state.entries.min(by: { $0.value.lastUse < $1.value.lastUse })
            {
                state.sampleCount -= oldest.value.samples.count
                state.entries[oldest.key] = nil
            }
        }
    }
}
