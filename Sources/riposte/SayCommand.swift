import ArgumentParser
import Foundation
import RiposteAudio
import RiposteCore
import RiposteSpeaking

/// Text to sound, in a file or on the loudspeaker.
struct SayCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "say",
        abstract: "Speaks a text.",
        discussion: """
            The first sentence sounds while the rest is still being made, and, on standard input, written: \
            other programs' output can be piped in as it comes.
            """)

    @Argument(help: "What to say; standard input when it is - or left out.")
    var text: [String] = []

    @Option(name: [.short, .customLong("output")], help: "A WAVE file to write instead of playing the sound.")
    var output: String?

    @Option(help: "A voice from riposte voices, or a Piper voice's .onnx file. (default: heart)")
    var voice: String?

    @Option(help: "Words a minute, 80 to 450.")
    var rate = 175.0

    @Option(help: "0 to 1.")
    var volume = 0.9

    func validate() throws {
        guard (80...450).contains(rate) else {
            throw ValidationError("--rate takes 80 to 450 words a minute, not \(rate.formatted()).")
        }
        guard (0...1).contains(volume) else {
            throw ValidationError("--volume takes 0 to 1, not \(volume.formatted()).")
        }
    }

    func run() async throws {
        let synthesizer = try VoiceCatalogue(store: ModelsCommand.store).synthesizer(for: voice)
        try await synthesizer.load()
        let pieces = text.isEmpty || text == ["-"] ? StandardInput.pieces() : Self.stream(text.joined(separator: " "))
        let speech = synthesizer.speak(pieces, options: SpeechOptions(rate: rate, volume: volume))
        if let output {
            try await write(speech, to: output, sampleRate: synthesizer.sampleRate)
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

    private func play(_ speech: AsyncThrowingStream<SpokenFrame, any Error>) async throws {
        let device = PortAudioDevice(.init(input: nil))
        try device.open()
        defer { device.close() }
        _ = try await device.play(speech.audio()) { _ in }
    }

    private func write(
        _ speech: AsyncThrowingStream<SpokenFrame, any Error>, to path: String, sampleRate: Int
    ) async throws {
        let writer = try WaveWriter(URL(fileURLWithPath: path), sampleRate: sampleRate)
        for try await frame in speech { try writer.append(frame.audio.samples) }
        try writer.finish()
        let seconds = Double(writer.sampleCount) / Double(sampleRate)
        print("\(path): \(String(format: "%.2f", seconds)) s at \(sampleRate) Hz")
    }
}

/// The standard input as text, as it comes.
enum StandardInput {
    static func pieces() -> AsyncStream<String> {
        let (pieces, continuation) = AsyncStream<String>.makeStream()
        // Reading blocks, and must not do so on one of the few threads that tasks share.
        let thread = Thread {
            var decoder = TextDecoder()
            while true {
                let data = FileHandle.standardInput.availableData
                guard !data.isEmpty else { break }
                continuation.yield(decoder.decode(data))
            }
            continuation.yield(decoder.finish())
            continuation.finish()
        }
        thread.start()
        return pieces
    }
}

/// Decodes UTF-8 that arrives in blocks, which may end within a character.
struct TextDecoder {
    private var rest = Data()

    mutating func decode(_ data: Data) -> String {
        rest.append(data)
        let whole = rest.count - Self.unfinished(rest)
        let text = String(decoding: rest.prefix(whole), as: UTF8.self)
        rest = Data(rest.dropFirst(whole))
        return text
    }

    mutating func finish() -> String {
        defer { rest = Data() }
        return String(decoding: rest, as: UTF8.self)
    }

    /// How many bytes at the end belong to a character that is not complete.
    private static func unfinished(_ data: Data) -> Int {
        for (back, byte) in data.suffix(3).reversed().enumerated() where byte & 0b1100_0000 != 0b1000_0000 {
            let length = byte >= 0xF0 ? 4 : byte >= 0xE0 ? 3 : byte >= 0xC0 ? 2 : 1
            return length > back + 1 ? back + 1 : 0
        }
        return 0
    }
}
