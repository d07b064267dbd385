import RiposteCore

/// Keeps account of which words a stretch of speech carries, to say afterwards what was really heard.
struct HeardText: Sendable {
    /// A sentence, or what came of it: at the end of each frame, the samples since the start of the speech
    /// and how much of the text was said by then.
    private struct Part {
        let text: String
        var frames: [(end: Int, progress: Double)]
    }

    private var parts: [Part] = []
    private var samples = 0

    mutating func add(_ frame: SpokenFrame) {
        samples += frame.audio.samples.count
        let mark = (end: samples, progress: frame.progress)
        if let last = parts.indices.last, parts[last].text == frame.text,
            frame.progress >= parts[last].frames.last?.progress ?? 0
        {
            parts[last].frames.append(mark)
        } else {
            parts.append(Part(text: frame.text, frames: [mark]))
        }
    }

    /// The words in the first `samples` samples. A word counts when all of it was heard; within a sentence,
    /// words are taken to last as long as they have letters.
    func text(heard samples: Int) -> String {
        var words: [Substring] = []
        for part in parts {
            let progress = part.frames.last { $0.end <= samples }?.progress ?? 0
            let all = part.text.split(whereSeparator: \.isWhitespace)
            let letters = Double(all.reduce(0) { $0 + $1.count })
            var said = 0.0
            for word in all {
                said += Double(word.count)
                guard said <= progress * letters + 1e-6 else { return words.joined(separator: " ") }
                words.append(word)
            }
        }
        return words.joined(separator: " ")
    }
}

extension String {
    var trimmed: String {
        String(trimmingSuffix(while: \.isWhitespace).drop(while: \.isWhitespace))
    }
}
