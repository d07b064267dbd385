import RiposteCore

/// Speaks text with marks for how it is spoken (SSML), with any engine.
///
/// A stretch in another style is a sentence of its own to the engine. Voices of other engines are brought to the sample
/// rate of the first.
public struct MarkupSpeaker: Sendable {
    private let synthesizer: any Synthesizer
    private let voice: @Sendable (String) throws -> any Synthesizer

    /// - Parameters:
    ///   - synthesizer: speaks everything that asks for no other voice.
    ///   - voice: the engine for a voice that the markup names ("joe", "female"), not loaded yet; it throws `badInput` for
    ///     one that is not there. Default: the synthesizer itself, which must then have the voice.
    public init(
        _ synthesizer: any Synthesizer, voice: (@Sendable (String) throws -> any Synthesizer)? = nil
    ) {
        self.synthesizer = synthesizer
        self.voice = voice ?? { _ in synthesizer }
    }

    /// Speaks the markup; frames carry its marks.
    /// - Parameter options: what everything is relative to.
    public func speak(
        _ markup: SpeechMarkup, options: SpeechOptions = .init()
    ) -> AsyncThrowingStream<SpokenFrame, any Error> {
        let main = Self.renderer(synthesizer)
        return SpeechStream(renderer: main).speak { [synthesizer, voice] in
            var speakers: [String: Speaker] = [:]
            for name in markup.voices {
                let engine = try voice(name)
                try await engine.load()
                // An engine may have the voice as its only one, under another name.
                let ownName = engine.voices.contains { $0.name == name } ? name : nil
                speakers[name] = Speaker(renderer: Self.renderer(engine), voice: ownName)
            }
            try await synthesizer.load()
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
        guard let last = sentences.indices.last else { return }
        let isOver = sentences[last].text.last.map { ".!?…".contains($0) } ?? false
        sentences[last].ending = ending == .clause && isOver ? .sentence : ending
        var own = style.options(in: options)
        own.voice = speaker.voice
        for sentence in sentences {
            var given = sentence
            given.text = InlinePronunciation.removed(from: sentence.text)
            parts.append(
                .sentence(
                    SpokenSentence(
                        given: given, spoken: reader.spoken(sentence.text), options: own, renderer: speaker.renderer)))
        }
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
