import Foundation
import RiposteCore
import Synchronization
import Testing

@testable import RiposteSpeaking

/// An engine that hums: a tone as long as the text, silence around it, and a record of what it was asked for.
private final class HummingRenderer: SentenceRenderer {
    let sampleRate = 8000
    let gain: Float? = 1
    private let asked = Mutex<[String]>([])
    let failsAt: String?

    init(failsAt: String? = nil) {
        self.failsAt = failsAt
    }

    var sentences: [String] { asked.withLock { $0 } }

    /// Silence of 0.2 s, a tone of 50 ms a character, silence of 0.3 s.
    func render(_ sentence: Sentence, options: SpeechOptions, to writer: SentenceWriter) async throws {
        asked.withLock { $0.append(sentence.text) }
        if sentence.text == failsAt { throw RiposteError(.engineFailed, .synthesis, "The hum broke.") }
        try await writer.write([Float](repeating: 0, count: 1600))
        for _ in sentence.text {
            try await writer.write((0..<400).map { sin(Float($0) * 2 * .pi / 20) * 0.5 })
        }
        try await writer.write([Float](repeating: 0, count: 2400))
    }
}

/// The way from pieces of text to frames of sound.
@Suite struct StreamingSpeechTests {
    private func pieces(_ texts: [String]) -> AsyncStream<String> {
        AsyncStream { continuation in
            for text in texts { continuation.yield(text) }
            continuation.finish()
        }
    }

    private func frames(
        of texts: [String], options: SpeechOptions = .init(), renderer: HummingRenderer = .init()
    ) async throws -> [SpokenFrame] {
        var frames: [SpokenFrame] = []
        for try await frame in SpeechStream(renderer: renderer).speak(pieces(texts), options: options) {
            frames.append(frame)
        }
        return frames
    }

    /// A beginning that goes ahead gets a comma, unless it has one.
    @Test(arguments: [
        ("Yes, we do know this, and now ", "Yes, we do know this,"),
        ("The train from the station and the ", "The train from the station,"),
    ])
    func beginningsEndWithOneComma(_ text: String, _ spoken: String) async {
        let (pieces, input) = AsyncStream.makeStream(of: String.self)
        let (said, output) = AsyncStream.makeStream(of: String.self)
        let reader = SentenceReader(
            cutter: SentenceCutter(), timing: .init(patience: 10, hurry: 0, clock: SpeechClock()),
            text: TextReader(TextReading(), understandsPhonemes: true)
        ) { output.yield($1) }
        let reading = Task { await reader.read(pieces) }
        input.yield(text)
        #expect(await said.first { _ in true } == spoken)
        input.finish()
        await reading.value
    }

    @Test func framesFollowEachOtherAndNameTheirSentence() async throws {
        let frames = try await frames(of: ["Hel", "lo. Ho", "w are", " you?"])
        var position = 0
        for frame in frames {
            #expect(frame.audio.position == position)
            #expect(frame.audio.sampleRate == 8000)
            #expect(frame.audio.samples.count <= 160)
            position = frame.audio.end
        }
        var texts: [String] = []
        for frame in frames where texts.last != frame.text { texts.append(frame.text) }
        #expect(texts == ["Hello.", "How are you?"])
        // Only the last frame of a stretch may be short.
        #expect(frames.filter { $0.audio.samples.count < 160 }.count <= 3)
    }

    @Test func silenceAtTheEndsIsTrimmedAndPausesAreOurs() async throws {
        let samples = try await frames(of: ["Hello. ", "How are you?"]).flatMap(\.audio.samples)
        let onset = try #require(samples.firstIndex { abs($0) >= 0.01 })
        #expect(onset < 8 * 5, "the first sound comes at once")
        // 6 and 12 characters of 50 ms, a pause of 0.35 s between them, 30 ms of tail after each.
        let expected = 0.3 + 0.03 + 0.35 + 0.004 + 0.6 + 0.03
        #expect(abs(Double(samples.count) / 8000 - expected) < 0.02)
        let gap = samples[3000..<5000]
        #expect(gap.allSatisfy { $0 == 0 })
    }

    /// What is told of a sentence begins with it, not with the pause before it.
    @Test func thePauseIsNoneOfTheSentence() async throws {
        let frames = try await frames(of: ["Hello. ", "How are you? "])
        let first = try #require(frames.first { $0.text == "How are you?" })
        #expect(first.progress < 0.1)
    }

    @Test func joinsDoNotClick() async throws {
        let samples = try await frames(of: ["Hm, what? Yes. No! Ah… well."]).flatMap(\.audio.samples)
        // A 400 Hz tone at half scale moves by 0.157 · 0.9 a sample at most.
        let steps = zip(samples, samples.dropFirst()).map { abs($0 - $1) }
        #expect((steps.max() ?? 1) < 0.16)
        #expect(abs(samples.first ?? 1) < 0.02)
        #expect(abs(samples.last ?? 1) < 0.02)
    }

    @Test func volumeIsLinear() async throws {
        func peak(_ volume: Double) async throws -> Float {
            try await frames(of: ["Hello."], options: .init(volume: volume)).flatMap(\.audio.samples).map(abs).max()
                ?? 0
        }
        let full = try await peak(1)
        #expect(abs(full - 0.5) < 0.01)
        #expect(abs(try await peak(0.5) - full / 2) < 0.001)
        #expect(try await peak(0) == 0)
        #expect(try await peak(7) == full, "more than everything is everything")
    }

    @Test func nothingToSayIsNoSound() async throws {
        let renderer = HummingRenderer()
        #expect(try await frames(of: [], renderer: renderer).isEmpty)
        #expect(try await frames(of: ["", "  \n", "... — !"], renderer: renderer).isEmpty)
        #expect(renderer.sentences.isEmpty)
    }

    @Test func errorsArriveAfterWhatWasSaid() async throws {
        let renderer = HummingRenderer(failsAt: "Two.")
        var heard: Set<String> = []
        let error = await #expect(throws: RiposteError.self) {
            for try await frame in SpeechStream(renderer: renderer).speak(
                pieces(["One. Two. Three."]), options: .init())
            {
                heard.insert(frame.text)
            }
        }
        #expect(error?.code == .engineFailed)
        #expect(heard == ["One."])
    }

    /// The first sentence sounds while the text is still being written.
    @Test(.timeLimit(.minutes(10))) func firstSentenceDoesNotWaitForTheRest() async throws {
        let (text, writer) = AsyncStream<String>.makeStream()
        let speech = SpeechStream(renderer: HummingRenderer()).speak(text, options: .init())
        var iterator = speech.makeAsyncIterator()
        writer.yield("It rings. And")
        #expect(try await iterator.next()?.text == "It rings.")
        // A finished sentence is spoken when the writer rests, though more may follow.
        writer.yield(" then.")
        var text2 = ""
        while text2 != "And then." { text2 = try await iterator.next()?.text ?? "And then." }
        writer.finish()
        while try await iterator.next() != nil {}
    }

    /// A long sentence that is still being written begins to sound, and goes on before the listener has heard that.
    @Test(.timeLimit(.minutes(10))) func longSentencesBeginBeforeTheyEnd() async throws {
        let (text, writer) = AsyncStream<String>.makeStream()
        let speech = SpeechStream(renderer: HummingRenderer()).speak(text, options: .init())
        for word in "The train from the central station and the bus to the air".split(separator: " ") {
            writer.yield(String(word) + " ")
        }
        var iterator = speech.makeAsyncIterator()
        // Nothing tells that the sentence is over.
        #expect(try await iterator.next()?.text == "The train from the central station and the bus")
        writer.yield("port leave.")
        writer.finish()
        var texts: [String] = []
        while let frame = try await iterator.next() {
            if texts.last != frame.text { texts.append(frame.text) }
        }
        #expect(texts == ["The train from the central station and the bus", "to the air port leave."])
    }

    /// A listener that is slow, or pauses, is not overrun.
    @Test(.timeLimit(.minutes(10))) func doesNotRunFarAhead() async throws {
        let renderer = HummingRenderer()
        var stream = SpeechStream(renderer: renderer)
        stream.configuration.lookAhead = 2
        let speech = stream.speak(pieces([String(repeating: "Hello there you. ", count: 200)]), options: .init())
        var iterator = speech.makeAsyncIterator()
        _ = try await iterator.next()
        try await Task.sleep(for: .milliseconds(300))
        // A sentence is 0.8 s and a pause 0.35 s: two seconds are two of them, and one is being made.
        #expect(renderer.sentences.count <= 4)
        var seconds = 0.0
        while seconds < 10, let frame = try await iterator.next() { seconds += frame.audio.duration }
        try await Task.sleep(for: .milliseconds(300))
        #expect((8...14).contains(renderer.sentences.count), "\(renderer.sentences.count)")
    }

    /// When the listener goes away, so does the work.
    @Test(.timeLimit(.minutes(10))) func endsWithItsListener() async throws {
        let renderer = HummingRenderer()
        let (text, writer) = AsyncStream<String>.makeStream()
        let ended = Mutex(false)
        writer.onTermination = { _ in ended.withLock { $0 = true } }
        writer.yield("One sentence. Another one. And")
        do {
            let speech = SpeechStream(renderer: renderer).speak(text, options: .init())
            for try await frame in speech where frame.text == "One sentence." { break }
        }
        try await eventually { ended.withLock { $0 } }
        let count = renderer.sentences.count
        writer.yield(" more. And more.")
        try await Task.sleep(for: .milliseconds(50))
        #expect(renderer.sentences.count == count)
    }

    /// A sink takes the sound alone; the text is told beside it.
    @Test(.timeLimit(.minutes(10))) func soundCanBeTakenAlone() async throws {
        let told = Mutex<[String]>([])
        let speech = SpeechStream(renderer: HummingRenderer()).speak(pieces(["One. Two."]), options: .init())
        var end = 0
        for try await audio in speech.audio(onFrame: { frame in told.withLock { $0.append(frame.text) } }) {
            #expect(audio.position == end)
            end = audio.end
        }
        #expect(end > 4000)
        #expect(Set(told.withLock { $0 }) == ["One.", "Two."])

        let renderer = HummingRenderer()
        let (text, writer) = AsyncStream<String>.makeStream()
        let ended = Mutex(false)
        writer.onTermination = { _ in ended.withLock { $0 = true } }
        writer.yield("One. Two. And")
        do {
            let sound = SpeechStream(renderer: renderer).speak(text, options: .init()).audio()
            for try await _ in sound { break }
        }
        try await eventually { ended.withLock { $0 } }
    }

    @Test(.timeLimit(.minutes(10))) func cancellationEndsAWaitingListener() async throws {
        let (text, writer) = AsyncStream<String>.makeStream()
        let ended = Mutex(false)
        writer.onTermination = { _ in ended.withLock { $0 = true } }
        let listening = Task {
            var count = 0
            for try await _ in SpeechStream(renderer: HummingRenderer()).speak(text, options: .init()) { count += 1 }
            return count
        }
        try await Task.sleep(for: .milliseconds(30))
        listening.cancel()
        #expect(try await listening.value == 0)
        try await eventually { ended.withLock { $0 } }
    }

    private func eventually(_ condition: () -> Bool) async throws {
        let start = ContinuousClock.now
        while !condition() {
            try #require(ContinuousClock.now - start < .seconds(5))
            try await Task.sleep(for: .milliseconds(5))
        }
    }
}
