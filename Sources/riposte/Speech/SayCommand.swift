import ArgumentParser
import Foundation
import RiposteAudio
import RiposteCloud
import RiposteCore
import RiposteSpeaking
import Synchronization

/// Text to sound, in a file or on the loudspeaker.
struct SayCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "say",
        abstract: "Speaks a text.",
        discussion: """
            The first sentence sounds while the rest is still being made, and, on standard input, written: \
            other programs' output can be piped in as it comes.

            A text that begins with <speak> is SSML: speak, p, s, break, emphasis, prosody, say-as, sub, phoneme, voice \
            and mark. Other text may be Markdown, whose marks are not said. [word](/phonemes/) says how a word sounds.
            """)

    @Argument(help: "What to say; standard input when it is - or left out.")
    var text: [String] = []

    @Option(
        name: [.short, .customLong("output")],
        help:
            "A file to write instead of playing the sound: .wav, .raw (16-bit samples), .opus, .flac, .mp3 or .aac; - is standard output."
    )
    var output: String?

    @Option(
        help: "The form of what is written: wav, raw, opus, flac, mp3 or aac. (default: by the file's ending, else wav)"
    )
    var format: SoundFormat?

    @Option(help: "The sample rate of what is written, 8000 to 48000 Hz. (default: the voice's own)")
    var sampleRate: Int?

    @Option(
        help: """
            A voice from riposte voices, a Piper voice's .onnx file (FILE.onnx/SPEAKER if it has several), or a Kokoro \
            voice's .npz, .npy or .bin. (default: heart)
            """)
    var voice: String?

    @Option(help: "Words a minute, 80 to 450.")
    var rate = 175.0

    @Option(help: "0 to 1.")
    var volume = 0.9

    @Option(help: "How high the voice is: a factor on its own pitch, 0.5 to 2.")
    var pitch = 1.0

    @OptionGroup var reading: ReadingOptions

    @OptionGroup var cloud: CloudOptions

    @Flag(help: "The text is SSML, and anything else an error.")
    var ssml = false

    @Flag(help: "Print a line for each mark of SSML: its name and its place in milliseconds.")
    var marks = false

    func validate() throws {
        guard (80...450).contains(rate) else {
            throw ValidationError("--rate takes 80 to 450 words a minute, not \(rate.formatted()).")
        }
        guard (0...1).contains(volume) else {
            throw ValidationError("--volume takes 0 to 1, not \(volume.formatted()).")
        }
        guard (0.5...2).contains(pitch) else {
            throw ValidationError("--pitch takes 0.5 to 2, not \(pitch.formatted()).")
        }
        guard (8000...48_000).contains(sampleRate ?? 8000) else {
            throw ValidationError("--sample-rate takes 8000 to 48000 Hz.")
        }
        guard output != nil || (format == nil && sampleRate == nil) else {
            throw ValidationError("--format and --sample-rate need --output.")
        }
    }

    func run() async throws {
        let catalogue = VoiceCatalogue(store: ModelsCommand.store, reading: try reading.reading())
        let options = SpeechOptions(rate: rate, volume: volume, pitch: pitch == 1 ? nil : pitch)
        let pieces = text.isEmpty || text == ["-"] ? StandardInput.pieces() : Self.stream(text.joined(separator: " "))
        let (markup, rest) = try await Self.markup(in: pieces, isSure: ssml)
        let synthesizer = try cloud.synthesizer(catalogue.synthesizer(for: voice), usage: CloudUsage())
        try await synthesizer.load()
        let speech =
            if let markup {
                MarkupSpeaker(synthesizer) { try catalogue.synthesizer(named: $0) }.speak(markup, options: options)
            } else {
                synthesizer.speak(rest, options: options)
            }
        if let output {
            try await write(speech, to: output, rate: synthesizer.sampleRate)
        } else {
            try await play(speech)
        }
    }

    private static func stream(_ text: String) -> AsyncStream<String> {
        AsyncStream { continuation in
            continuation.yield(text)
            continuation.finish()
        }
    }

    /// The text as markup if it is that, else the pieces again.
    private static func markup(
        in pieces: AsyncStream<String>, isSure: Bool
    ) async throws -> (SpeechMarkup?, AsyncStream<String>) {
        var iterator = pieces.makeAsyncIterator()
        var text = ""
        // Enough to see how it begins.
        while text.utf8.count < 8 || isSure || SpeechMarkup.isMarkup(text), let piece = await iterator.next() {
            text += piece
            guard text.utf8.count <= 1 << 20 || !(isSure || SpeechMarkup.isMarkup(text)) else { break }
            if !isSure, text.contains(where: { !$0.isWhitespace }), !text.drop(while: \.isWhitespace).hasPrefix("<") {
                break
            }
        }
        if isSure || SpeechMarkup.isMarkup(text) { return (try SpeechMarkup(parsing: text), pieces) }
        // An iterator cannot be handed on, but the stream goes on where it left off.
        let start = Mutex<String?>(text)
        let rest = AsyncStream<String> {
            if let text = start.withLock({ start in
                defer { start = nil }
                return start
            }) {
                return text
            }
            return await pieces.first { _ in true }
        }
        return (nil, rest)
    }

    private func play(_ speech: AsyncThrowingStream<SpokenFrame, any Error>) async throws {
        let device = PortAudioDevice(.init(input: nil))
        try device.open()
        defer { device.close() }
        let showsMarks = marks
        _ = try await device.play(speech.audio(onFrame: { if showsMarks { Self.show($0) } })) { _ in }
    }

    private func write(
        _ speech: AsyncThrowingStream<SpokenFrame, any Error>, to path: String, rate: Int
    ) async throws {
        let isPipe = path == "-"
        let url = URL(fileURLWithPath: isPipe ? "/dev/stdout" : path)
        let format = format ?? SoundFormat(file: path) ?? .wav
        let wanted = sampleRate ?? rate
        let writer = try format.writer(url, sampleRate: wanted)
        var resampler = wanted == rate ? nil : Resampler(from: rate, to: wanted)
        for try await frame in speech {
            if marks, !isPipe { Self.show(frame) }
            try writer.append(resampler?.process(frame.audio.samples) ?? frame.audio.samples)
        }
        if let rest = resampler?.finish() { try writer.append(rest) }
        try writer.finish()
        guard !isPipe else { return }
        let seconds = Double(writer.sampleCount) / Double(wanted)
        print("\(path): \(String(format: "%.2f", seconds)) s at \(wanted) Hz")
    }

    private static func show(_ frame: SpokenFrame) {
        let place = frame.audio.position * 1000 / max(frame.audio.sampleRate, 1)
        for mark in frame.marks { print("\(mark) \(place)") }
    }
}
