import RiposteCore

/// Puts a pause into a spoken command, between two words: somebody thinks in the middle of a sentence.
///
/// The pause is 0.4 to 1.2 s of the recording's own background, put in where a new phrase begins ("with", "and", a
/// preposition, a measure); where there is no such place, between any two words. Which place and how long follows from
/// the recording's name, so that it is the same in every run.
struct PauseInsertion {
    var samples: [Float]
    /// Where the pause is, in samples.
    var pause: Range<Int>

    private static let phraseStarts: Set<String> = ["with", "and", "for", "a", "in", "of", "to", "please", "some"]
    private static let sampleRate = 16_000
    /// Background fades in and out over this: 10 ms.
    private static let fade = 160

    /// - Parameters:
    ///   - words: with their times from the start of the recording.
    ///   - end: the true end of speech, in seconds.
    /// - Returns: nil when there are not enough words to have a gap between them.
    init?(into recording: [Float], words: [Transcript.Word], end: Double, name: String) {
        // Not within the first two words, and not in the last fifth of a second.
        let inner = words.indices.filter { $0 >= 2 && words[$0].start < end - 0.2 }
        let phrases = inner.filter {
            Self.phraseStarts.contains(words[$0].text.lowercased().filter(\.isLetter))
        }
        let places = phrases.isEmpty ? inner : phrases
        guard !places.isEmpty, recording.count > 2 * Self.sampleRate else { return nil }
        let seed = name.utf8.reduce(0xcbf2_9ce4_8422_2325 as UInt64) { ($0 ^ UInt64($1)) &* 0x100_0000_01b3 }
        let index = places[Int(seed % UInt64(places.count))]
        let seconds = 0.4 + 0.8 * Double(seed >> 16 & 0xffff) / 65_535
        let middle = Int((words[index - 1].end + words[index].start) / 2 * Double(Self.sampleRate))
        let place = Self.faintest(recording, near: middle)
        guard place > Self.fade, place < recording.count - Self.fade else { return nil }
        let count = Int(seconds * Double(Self.sampleRate))
        let background = Self.background(of: recording, count: count)
        var before = Array(recording[..<place])
        var after = Array(recording[place...])
        for index in 0..<Self.fade {
            let share = Float(index) / Float(Self.fade)
            let last = before.count - Self.fade + index
            before[last] = before[last] * (1 - share) + background[index] * share
            after[index] = after[index] * share + background[count - Self.fade + index] * (1 - share)
        }
        samples = before + background + after
        pause = place..<(place + count)
    }

    /// The middle of the faintest 20 ms within 80 ms of a place.
    private static func faintest(_ samples: [Float], near place: Int) -> Int {
        let starts = stride(
            from: max(0, place - 1_280), to: max(1, min(samples.count - 320, place + 1_280)), by: 40)
        let best = starts.min { power(samples[$0..<($0 + 320)]) < power(samples[$1..<($1 + 320)]) }
        return (best ?? place) + 160
    }

    /// The faintest tenth of a second, to and fro.
    private static func background(of samples: [Float], count: Int) -> [Float] {
        let length = 1_600
        let starts = stride(from: 0, to: samples.count - length, by: 400)
        let first = starts.min { power(samples[$0..<($0 + length)]) < power(samples[$1..<($1 + length)]) } ?? 0
        let piece = Array(samples[first..<(first + length)])
        let loop = piece + piece.reversed()
        return (0..<count).map { loop[$0 % loop.count] }
    }

    private static func power(_ samples: ArraySlice<Float>) -> Float { samples.reduce(0) { $0 + $1 * $1 } }
}
