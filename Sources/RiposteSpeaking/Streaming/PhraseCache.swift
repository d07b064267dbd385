import RiposteCore
import Synchronization

/// Speech that was made before, by engine, voice, text and rate. Bounded: what was not used for longest goes first.
/// One cache may serve several engines.
public final class PhraseCache: Sendable {
    struct Key: Hashable {
        let engine: String
        let voice: String?
        let text: String
        let rate: Double
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

    private let capacity: Int
    private let state = Mutex(State())

    /// - Parameter capacity: samples, 4 bytes each. Default 4 million: 16 MB, almost three minutes at 24 kHz.
    public init(capacity: Int = 4_000_000) {
        self.capacity = capacity
    }

    /// How many phrases there are.
    public var count: Int { state.withLock { $0.entries.count } }

    /// Forgets everything.
    public func removeAll() {
        state.withLock { $0 = State() }
    }

    subscript(key: Key) -> [Float]? {
        state.withLock { state in
            guard var entry = state.entries[key] else { return nil }
            state.uses += 1
            entry.lastUse = state.uses
            state.entries[key] = entry
            return entry.samples
        }
    }

    func insert(_ samples: [Float], for key: Key) {
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
