/// Turns pieces of text into sentences as they come.
actor SentenceReader {
    /// When a sentence is given out though more text may change it.
    struct Timing: Sendable {
        /// Seconds without new text after which a finished sentence goes out.
        var patience: Double
        /// Seconds; see `SpeechStream.Configuration.hurry`.
        var hurry: Double
        var clock: SpeechClock
    }

    private var cutter: SentenceCutter
    private let timing: Timing
    private var text: TextReader
    private let output: @Sendable (Sentence, String) -> Void
    private var flushing: Task<Void, Never>?

    /// - Parameter output: takes a sentence and what is said of it.
    init(
        cutter: SentenceCutter, timing: Timing, text: TextReader, output: @escaping @Sendable (Sentence, String) -> Void
    ) {
        self.cutter = cutter
        self.timing = timing
        self.text = text
        self.output = output
    }

    func read(_ pieces: AsyncStream<String>) async {
        let watch = Task { await watchClock() }
        for await piece in pieces {
            flushing?.cancel()
            await timing.clock.roomForMore()
            timing.clock.textCame()
            give(cutter.append(piece))
            flushing = Task { [patience = timing.patience] in
                guard (try? await Task.sleep(for: .seconds(patience))) != nil else { return }
                flush()
            }
        }
        watch.cancel()
        flushing?.cancel()
        give(cutter.finish())
    }

    private func flush() {
        guard !Task.isCancelled, let sentence = cutter.flushIfComplete() else { return }
        give([sentence])
    }

    /// Looks now and then whether the listener has something to hear.
    private func watchClock() async {
        while (try? await Task.sleep(for: .milliseconds(25))) != nil {
            guard timing.clock.isShort(timing.hurry), !Task.isCancelled, let beginning = cutter.takeBeginning() else {
                continue
            }
            let spoken = text.spoken(beginning.text)
            // The comma is for the melody: more follows.
            output(beginning, spoken.last.map(",;:—–".contains) ?? false ? spoken : spoken + ",")
        }
    }

    private func give(_ sentences: [Sentence]) {
        for sentence in sentences { output(sentence, text.spoken(sentence.text)) }
    }
}
