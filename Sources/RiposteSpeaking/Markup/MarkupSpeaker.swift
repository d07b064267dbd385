import RiposteCore

/// Speaks text with marks for how it is spoken (SSML), with any engine.
///
/// A stretch in another style is a sentence of its own to the engine. Voices of other engines are brought to the sample
/// rate of the first.
public struct MarkupSpeaker: Sendable {
    /// What becomes of a stretch whose voice is not there.
    public enum MissingVoices: Sendable {
        /// Nothing is said: an error names the place, and the voice that was probably meant.
        case error
        /// The main voice says it. For text that somebody unknown wrote.
        case mainVoice
    }

    private let synthesizer: any Synthesizer
    private let missingVoices: MissingVoices
    private let voice: @Sendable (String) throws -> any Synthesizer

    /// - Parameters:
    ///   - synthesizer: speaks everything that asks for no other voice.
    ///   - missingVoices: what becomes of stretches in voices that are not there, or whose models are not. Default: error.
    ///   - voice: the engine for a voice that the markup names ("joe", "female"), not loaded yet; it throws `badInput` for
    ///     one that is not there. Default: the synthesizer itself, for voices that it has, and for any gender.
    public init(
        _ synthesizer: any Synthesizer, missingVoices: MissingVoices = .error,
        voice: (@Sendable (String) throws -> any Synthesizer)? = nil
    ) {
        self.synthesizer = synthesizer
        self.missingVoices = missingVoices
        self.voice = voice ?? { name in try Self.voice(name, of: synthesizer) }
    }

    private static func voice(_ name: String, of synthesizer: any Synthesizer) throws -> any Synthesizer {
        let isGender = ["male", "female", "neutral"].contains(name)
        if isGender || synthesizer.voices.contains(where: { $0.name == name }) { return synthesizer }
        let names = synthesizer.voices.map(\.name).joined(separator: ", ")
        throw RiposteError(.badInput, .synthesis, "There is no voice '\(name)'; there are \(names).")
    }

    /// Speaks the markup; frames carry its marks.
    /// - Parameter options: what everything is relative to.
    public func speak(
        _ markup: SpeechMarkup, options: SpeechOptions = .init()
    ) -> AsyncThrowingStream<SpokenFrame, any Error> {
        let main = Self.renderer(synthesizer)
        return SpeechStream(renderer: main).speak {
            try await synthesizer.load()
            var speakers: [String: Speaker] = [:]
            for (wish, place) in markup.voices { speakers[wish] = try await speaker(wish, place) }
            var writer = PartWriter(main: Speaker(renderer: main, voice: options.voice), speakers, options)
            for part in markup.parts { writer.add(part) }
            writer.flush(ending: .paragraph)
            let parts = writer.parts
            return AsyncStream { continuation in
                for part in parts { continuation.yield(part) }
                continuation.finish()
            }
        }
    }

    /// The first of the voices that is there; nil is the main one.
    /// - Parameter wish: names in the order of preference.
    private func speaker(_ wish: String, _ place: MarkupReader.Place) async throws -> Speaker? {
        var failure: RiposteError?
        for name in wish.split(separator: " ").map(String.init) {
            do {
                let engine = try voice(name)
                try await engine.load()
                // An engine may have the voice as its only one, under another name.
                let ownName = engine.voices.contains { $0.name == name } ? name : nil
                return Speaker(renderer: Self.renderer(engine), voice: ownName)
            } catch let error as RiposteError where Self.isMissing(error) {
                failure = failure ?? error
            }
        }
        guard missingVoices == .error, let failure else { return nil }
        var error = MarkupReader.error(place, failure.message)
        error.code = failure.code
        error.underlying = failure
        throw error
    }

    private static func isMissing(_ error: RiposteError) -> Bool {
        [.badInput, .modelMissing, .libraryMissing, .storage, .corrupt].contains(error.code)
    }

    private static func renderer(_ synthesizer: any Synthesizer) -> any SentenceRenderer {
        synthesizer as? any SentenceRenderer ?? WholeSpeechRenderer(synthesizer: synthesizer)
    }

    fileprivate struct Speaker: Sendable {
        let renderer: any SentenceRenderer
        let voice: String?
    }
}

/// Makes sentences out of the parts of markup.
private struct PartWriter {
    private(set) var parts: [SpeechPart] = []
    private let main: MarkupSpeaker.Speaker
    private let speakers: [String: MarkupSpeaker.Speaker]
    private let options: SpeechOptions
    /// Text that is not yet a sentence.
    private var text = ""
    private var style = MarkupStyle()

    init(main: MarkupSpeaker.Speaker, _ speakers: [String: MarkupSpeaker.Speaker], _ options: SpeechOptions) {
        self.main = main
        self.speakers = speakers
        self.options = options
    }

    mutating func add(_ part: SpeechMarkup.Part) {
        switch part {
        case .text(let more, let style):
            if style != self.style { flush(ending: .clause) }
            self.style = style
            text += more
        case .end(let ending): flush(ending: ending)
        case .pause(let seconds):
            flush(ending: .clause)
            parts.append(.pause(seconds: seconds))
        case .mark(let name):
            flush(ending: .clause)
            parts.append(.mark(name))
        }
    }

    /// Ends the text so far.
    mutating func flush(ending: Sentence.Ending) {
        defer { text = "" }
        takeMarksOfBefore()
        let speaker = style.voice.flatMap { speakers[$0] } ?? main
        // Lines of markup are no lines of text.
        let words = text.split(whereSeparator: \.isWhitespace).joined(separator: " ")
        var reading = speaker.renderer.reading
        reading.readsMarkdown = false
        var reader = TextReader(reading, understandsPhonemes: speaker.renderer.understandsPhonemes)
        var configuration = SentenceCutter.Configuration()
        configuration.minimumFirstClause = .max
        var cutter = SentenceCutter(configuration: configuration)
        var sentences = cutter.append(words) + cutter.finish()
        let spoken = sentences.map { Sentence(reader.spoken($0.text)) }
        guard let last = sentences.indices.last, spoken.contains(where: \.isSpeakable) else {
            return end(with: words, ending)
        }
        let isOver = sentences[last].text.last.map { ".!?…".contains($0) } ?? false
        sentences[last].ending = ending == .clause && isOver ? .sentence : ending
        var own = style.options(in: options)
        own.voice = speaker.voice
        for (sentence, spoken) in zip(sentences, spoken) {
            var given = sentence
            given.text = InlinePronunciation.removed(from: sentence.text)
            parts.append(
                .sentence(
                    SpokenSentence(given: given, spoken: spoken.text, options: own, renderer: speaker.renderer)))
        }
    }
}

extension PartWriter {
    /// In "<emphasis>ready</emphasis>, and" the comma goes with the word in front of it.
    private mutating func takeMarksOfBefore() {
        let marks = text.prefix { ".,;:!?…".contains($0) }
        guard !marks.isEmpty, text[marks.endIndex...].first?.isWhitespace ?? false, case .sentence? = parts.last else {
            return
        }
        end(with: String(marks), .clause)
        text.removeFirst(marks.count)
    }

    /// Where nothing is said, the sentence before ends with it: "<emphasis>ready</emphasis>." is over, and a paragraph
    /// may be, too.
    private mutating func end(with rest: String, _ ending: Sentence.Ending) {
        for index in parts.indices.reversed() {
            switch parts[index] {
            case .mark: continue
            // A pause that was asked for is all there is.
            case .pause: return
            case .sentence(let sentence):
                let marks = String(rest.filter { ".,;:!?…".contains($0) }.prefix(3))
                let isOver = marks.contains { ".!?…".contains($0) }
                var given = sentence.given
                given.text += marks
                given.ending = given.ending.stronger(isOver && ending == .clause ? .sentence : ending)
                parts[index] = .sentence(
                    SpokenSentence(
                        given: given, spoken: sentence.spoken + marks, options: sentence.options,
                        renderer: sentence.renderer))
                return
            }
        }
    }
}

extension Sentence.Ending {
    /// Of two endings the one with the longer pause.
    fileprivate func stronger(_ other: Self) -> Self {
        let order: [Self] = [.clause, .sentence, .paragraph]
        let rank = max(order.firstIndex(of: self) ?? 0, order.firstIndex(of: other) ?? 0)
        return order[rank]
    }
}

/// An engine that only speaks whole texts, as one that speaks sentences.
private struct WholeSpeechRenderer: SentenceRenderer {
    let synthesizer: any Synthesizer
    var sampleRate: Int { synthesizer.sampleRate }
    var gain: Float? { nil }

    func render(_ sentence: Sentence, options: SpeechOptions, to writer: SentenceWriter) async throws {
        var options = options
        options.volume = 1
        for try await frame in synthesizer.speak(sentence.text, options: options) {
            try await writer.write(frame.audio.samples)
        }
    }
}
