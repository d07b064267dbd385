import Foundation
import RiposteAudio
import RiposteCore
import RiposteSpeaking

/// Has sentences spoken and transcribed: what a listener would make of them.
struct ReadBack {
    private let sentences: [String]
    private let transcriber: any Transcriber
    private let form: ReadBackForm
    private let showsWrong: Bool

    /// - Parameter file: a sentence a line; # begins a comment line.
    /// - Throws: `badInput` for a file without sentences.
    init(file: String, model: String, showsWrong: Bool) throws {
        let text: String
        do {
            text = try String(contentsOf: URL(fileURLWithPath: file), encoding: .utf8)
        } catch {
            throw RiposteError(.badInput, .configuration, "\(file) cannot be read as text.", underlying: error)
        }
        sentences = text.split(whereSeparator: \.isNewline)
            .map { $0.trimmingCharacters(in: .whitespaces) }
            .filter { !$0.isEmpty && !$0.hasPrefix("#") }
        guard !sentences.isEmpty else {
            throw RiposteError(.badInput, .configuration, "There are no sentences in \(file).")
        }
        transcriber = try Assembly().transcriber(model)
        form = try ReadBackForm(folder: ModelsCommand.store.folder(of: "hibari"))
        self.showsWrong = showsWrong
    }

    func measure(
        _ voice: String, _ synthesizer: any Synthesizer, _ options: SpeechOptions, _ report: inout BenchReport
    ) async throws {
        try await transcriber.load()
        var errors = WordErrors()
        var right = 0
        for sentence in sentences {
            let heard = try await transcript(of: sentence, synthesizer, options)
            let (words, reference) = (form.words(of: heard), form.words(of: sentence))
            errors.add(words, reference: reference)
            if words == reference {
                right += 1
            } else if showsWrong {
                print("  \(voice)  \(sentence)\n    heard: \(heard)")
                print("    \(reference.joined(separator: " "))\n    \(words.joined(separator: " "))")
            }
        }
        report.add(voice, figure: "word error rate, read back", "%", errors.rate * 100, n: errors.words)
        report.add(voice, share: "sentences without an error", right, of: sentences.count)
    }

    private func transcript(
        of sentence: String, _ synthesizer: any Synthesizer, _ options: SpeechOptions
    ) async throws -> String {
        var resampler = Resampler(from: synthesizer.sampleRate, to: Waterfall.sampleRate)
        // A recogniser wants a moment before and after.
        let pause = [Float](repeating: 0, count: Waterfall.sampleRate * 3 / 10)
        var samples = pause
        for try await frame in synthesizer.speak(sentence, options: options) {
            samples += resampler.process(frame.audio.samples)
        }
        samples += resampler.finish() + pause
        return try await transcriber.transcribe(samples, TranscriptionRequest()).text
    }
}
