import RiposteCore
import RiposteTesting
import Synchronization
import Testing

@testable import RiposteSpeaking

/// An engine that hums, 50 ms a character, and knows what it was asked for.
private final class Hummer: Synthesizer, SentenceRenderer {
    let name = "hummer"
    let sampleRate: Int
    let voices: [Voice]
    let gain: Float? = 1
    let understandsPhonemes: Bool
    private let asked = Mutex<[(String, SpeechOptions)]>([])

    var requests: [(text: String, options: SpeechOptions)] { asked.withLock { $0.map { (text: $0.0, options: $0.1) } } }

    init(_ voice: String, sampleRate: Int = 16_000, understandsPhonemes: Bool = false) {
        self.sampleRate = sampleRate
        self.understandsPhonemes = understandsPhonemes
        voices = [Voice(name: voice, engine: "hummer", language: "en", licence: "none")]
    }

    func load() async throws {}

    func speak(_ pieces: AsyncStream<String>, options: SpeechOptions) -> AsyncThrowingStream<SpokenFrame, any Error> {
        SpeechStream(renderer: self).speak(pieces, options: options)
    }

    func render(_ sentence: Sentence, options: SpeechOptions, to writer: SentenceWriter) async throws {
        try checkVoice(options)
        asked.withLock { $0.append((sentence.text, options)) }
        let count = sentence.text.count * sampleRate / 20
        try await writer.write((0..<count).map { $0 % 32 < 16 ? 0.2 : -0.2 })
    }
}

@Suite struct MarkupSpeakerTests {
    private func frames(
        _ markup: String, _ voice: Hummer, others: [String: Hummer] = [:], options: SpeechOptions = .init()
    ) async throws -> [SpokenFrame] {
        let speaker = MarkupSpeaker(voice) { name in
            guard let other = others[name] else { throw RiposteError(.badInput, .synthesis, "no \(name)") }
            return other
        }
        var frames: [SpokenFrame] = []
        for try await frame in speaker.speak(try SpeechMarkup(parsing: markup), options: options) {
            frames.append(frame)
        }
        return frames
    }

    private func seconds(_ frames: [SpokenFrame]) -> Double { frames.reduce(0) { $0 + $1.audio.duration } }

    @Test func pausesAreAsLongAsAskedFor() async throws {
        let without = seconds(try await frames("<speak>Hm. Hm.</speak>", Hummer("a")))
        let long = seconds(try await frames("<speak>Hm.<break time=\"2s\"/>Hm.</speak>", Hummer("a")))
        let none = seconds(try await frames("<speak>Hm.<break strength=\"none\"/>Hm.</speak>", Hummer("a")))
        // 0.35 s is the natural one.
        #expect(abs(long - without - 1.65) < 0.01)
        #expect(abs(without - none - 0.35) < 0.01)
        let outside = try await frames("<speak><break time=\"1s\"/>Hm.<break time=\"500ms\"/></speak>", Hummer("a"))
        let inside = seconds(try await frames("<speak>Hm.</speak>", Hummer("a")))
        #expect(abs(seconds(outside) - inside - 1.5) < 0.01)
        #expect(outside.prefix(45).allSatisfy { $0.audio.samples.allSatisfy { $0 == 0 } })
    }

    @Test func marksAreWhereTheyStand() async throws {
        let frames = try await frames(
            """
            <speak><mark name="start"/>Hm hm.<break time="1s"/><mark name="middle"/>Hm.<mark name="one"/>\
            <mark name="end"/></speak>
            """, Hummer("a"))
        let marks = frames.flatMap { frame in frame.marks.map { ($0, Double(frame.audio.position) / 16_000) } }
        #expect(marks.map(\.0) == ["start", "middle", "one", "end"])
        #expect(marks[0].1 == 0)
        #expect(abs(marks[1].1 - 1.3) < 0.02)
        #expect(marks[2].1 > marks[1].1 && marks[2].1 == marks[3].1)
        var position = 0
        for frame in frames {
            #expect(frame.audio.position == position && !frame.audio.samples.isEmpty)
            position = frame.audio.end
        }
    }

    @Test func stylesReachTheEngine() async throws {
        let voice = Hummer("a", understandsPhonemes: true)
        let frames = try await frames(
            """
            <speak>A plain one. <prosody rate="200%" pitch="+12st" volume="50%">Quick.</prosody> And
            <phoneme ph="wʌn">one</phoneme>.</speak>
            """, voice, options: SpeechOptions(rate: 100, volume: 0.8))
        let asked = voice.requests
        #expect(asked.map(\.text) == ["A plain one.", "Quick.", "And [one](/wʌn/)."])
        #expect(asked[1].options == SpeechOptions(rate: 200, volume: 0.4, pitch: 2))
        #expect(asked[2].options == SpeechOptions(rate: 100, volume: 0.8))
        // Frames name the words, not how they are said.
        #expect(Set(frames.map(\.text)) == ["A plain one.", "Quick.", "And one."])
    }

    /// Another engine speaks at another rate; what is heard has one.
    @Test func voicesTakeTurns() async throws {
        let other = Hummer("b", sampleRate: 22_050)
        let voice = Hummer("a")
        let frames = try await frames(
            "<speak>Hm hm hm. <voice name=\"b\">Hm hm hm.</voice> Hm.</speak>", voice, others: ["b": other])
        #expect(voice.requests.map(\.text) == ["Hm hm hm.", "Hm."])
        #expect(other.requests.map(\.text) == ["Hm hm hm."])
        #expect(frames.allSatisfy { $0.audio.sampleRate == 16_000 })
        #expect(abs(seconds(frames) - 0.05 * 21 - 0.7) < 0.05)
        let error = await #expect(throws: RiposteError.self) {
            try await self.frames("<speak><voice name=\"c\">Hm.</voice></speak>", voice)
        }
        #expect(error?.message.contains("line 1, column 8: no c") == true && error?.code == .badInput)
    }

    /// Names in the order of preference; a stretch in a voice that is not there is an error, or said by the main one.
    @Test func missingVoices() async throws {
        let (voice, other) = (Hummer("a"), Hummer("b"))
        _ = try await frames("<speak><voice name=\"c b\">Hm.</voice></speak>", voice, others: ["b": other])
        #expect(other.requests.map(\.text) == ["Hm."])
        let markup = try SpeechMarkup(parsing: "<speak>One.\n <voice name=\"c\">Two.</voice></speak>")
        for try await _ in MarkupSpeaker(voice, missingVoices: .mainVoice).speak(markup) {}
        #expect(voice.requests.map(\.text) == ["One.", "Two."])
        let error = await #expect(throws: RiposteError.self) {
            for try await _ in MarkupSpeaker(voice).speak(markup) {}
        }
        #expect(error?.message.contains("line 2, column 2") == true && error?.message.contains("'c'") == true)
        let own = try SpeechMarkup(
            parsing: "<speak><voice name=\"a\">x</voice><voice gender=\"female\">y</voice></speak>")
        for try await _ in MarkupSpeaker(voice).speak(own) {}
        #expect(voice.requests.map(\.text).suffix(2) == ["x", "y"])
    }

    /// Marks behind an element belong to the words in it, and so does the end of a paragraph.
    @Test func marksFollowTheirWords() async throws {
        let plain = seconds(try await frames("<speak><p>Hm hm.</p><p>Hm.</p></speak>", Hummer("a")))
        let voice = Hummer("a")
        let emphasised = try await frames(
            "<speak><p>Hm <emphasis level=\"none\">hm</emphasis>.</p><p>Hm.</p></speak>", voice)
        #expect(abs(seconds(emphasised) - plain) < 0.01)
        let styled = Hummer("a")
        let heard = try await frames(
            "<speak><p>Hm <prosody rate=\"100%\" pitch=\"+1%\">hm</prosody>.</p><p>Hm,\n<emphasis>hm</emphasis>, "
                + "hm<mark name=\"x\"/>.</p><p><break time=\"10ms\"/>.</p></speak>", styled)
        #expect(styled.requests.map(\.text) == ["Hm", "hm.", "Hm,", "hm,", "hm."])
        let sounding = heard.filter { $0.audio.samples.contains { $0 != 0 } }
        let next = try #require(sounding.firstIndex { $0.text == "Hm," })
        let gap = Double(sounding[next].audio.position - sounding[next - 1].audio.end) / 16_000
        #expect(gap > 0.5, "\(gap)")
    }

    @Test func dictionaryAndEnginesWithoutPhonemes() async throws {
        let voice = Hummer("a")
        _ = try await frames("<speak><phoneme ph=\"x\">tea</phoneme> *now*.</speak>", voice)
        // In markup a star is a star: nobody wrote Markdown.
        #expect(voice.requests.map(\.text) == ["tea *now*."])
    }
}
