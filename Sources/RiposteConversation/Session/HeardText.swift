import RiposteCore

/// Keeps account of which words a stretch of speech carries, to say afterwards what was really heard.
struct HeardText: Sendable {
    /// A sentence, or what came of it: at the end of each frame, the samples since the start of the speech
    /// and how much of the text was said by then.
    private struct Part {
        let text: String
        /// Where it begins.
        let start: Int
        var frames: [(end: Int, progress: Double)]

        /// Its words, each with how much of the text is said at its end. Within a sentence, words are taken to last
        /// as long as they have letters.
        var words: [(text: Substring, progress: Double)] {
            let all = text.split(whereSeparator: \.isWhitespace)
            let letters = Double(all.reduce(0) { $0 + $1.count })
            var said = 0.0
            return all.map { word in
                said += Double(word.count)
                return (text: word, progress: said / letters)
            }
        }

        /// Where so much of the text is said.
        func position(of progress: Double) -> Int {
            var last = (end: start, progress: 0.0)
            for frame in frames {
                if frame.progress >= progress {
                    let share =
                        frame.progress > last.progress
                        ? (progress - last.progress) / (frame.progress - last.progress) : 1
                    return last.end + Int(share * Double(frame.end - last.end))
                }
                last = frame
            }
            return last.end
        }
    }

    private var parts: [Part] = []
    private(set) var samples = 0

    mutating func add(_ frame: SpokenFrame) {
        let start = samples
        samples += frame.audio.samples.count
        let mark = (end: samples, progress: frame.progress)
        if let last = parts.indices.last, parts[last].text == frame.text,
            frame.progress >= parts[last].frames.last?.progress ?? 0
        {
            parts[last].frames.append(mark)
        } else {
            parts.append(Part(text: frame.text, start: start, frames: [mark]))
        }
    }

    /// The words in the first `samples` samples. A word counts when all of it was heard.
    func text(heard samples: Int) -> String {
        var words: [Substring] = []
        for part in parts {
            let progress = part.frames.last { $0.end <= samples }?.progress ?? 0
            for word in part.words {
                guard word.progress <= progress + 1e-9 else { return words.joined(separator: " ") }
                words.append(word.text)
            }
        }
        return words.joined(separator: " ")
    }

    /// Where the words begin, in samples.
    var wordStarts: [Int] {
        parts.flatMap { part in [part.start] + part.words.dropLast().map { part.position(of: $0.progress) } }
    }
}

extension String {
    var trimmed: String {
        String(trimmingSuffix(while: \.isWhitespace).drop(while: \.isWhitespace))
    }
}
