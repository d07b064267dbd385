import ArgumentParser
import Foundation
import RiposteAudio
import RiposteCore
import RiposteInference
import RiposteListening

/// Recordings to text.
struct TranscribeCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "transcribe",
        abstract: "Writes down what is said in recordings.",
        discussion: """
            Takes WAVE files of any sample rate and length; FLAC, MP3 and Ogg where libsndfile is installed; M4A, MP4, WebM \
            and AAC where ffmpeg is. What cannot be read is reported; the other files are \
            transcribed all the same, and the exit code is 1.
            """)

    @Argument(
        help: "Sound files.",
        completion: .file(extensions: ["wav", "flac", "mp3", "ogg", "opus", "m4a", "mp4", "webm", "aac"]))
    var files: [String]

    @Option(help: "The recogniser: a model's name, as riposte models list shows it, or the folder of a prepared one.")
    var model = "whisper-base"

    @Option(help: "The language spoken, as en or de; several (en,de): one of these. Default: found out from the sound.")
    var language: LanguageChoice?

    @Option(help: "What to do: transcribe, or translate into English.")
    var task = TranscriptionRequest.Task.transcribe

    @Option(help: "How to write it: text, json (a line for each file), srt or vtt.")
    var format = TranscriptFormat.text

    @Option(help: "Texts that are followed side by side; 1 takes the likeliest word each time, which is quicker.")
    var beam = 5

    @OptionGroup var phrases: PhraseOptions

    @OptionGroup var cloud: CloudOptions

    func validate() throws {
        guard (1...20).contains(beam) else { throw ValidationError("--beam takes 1 to 20.") }
    }

    func run() async throws {
        ProcessMemory.keepLittle()
        let store = ModelsCommand.store
        let scorer = try SileroScorer(folder: store.folder(of: "silero-vad"))
        let concurrent = ProcessInfo.processInfo.activeProcessorCount
        let assembly = Assembly(store: store)
        let transcriber = try cloud.transcriber(
            try assembly.transcriber(model, beam: beam, concurrent: concurrent), usage: assembly.usage)
        try await transcriber.load()
        let recordings = RecordingTranscriber(
            transcriber: transcriber, voiceActivity: scorer, concurrentPieces: concurrent)
        var request = (language ?? LanguageChoice()).request
        request.task = task
        request.wantsWords = format.needsWords
        try phrases.apply(to: &request)
        var failures = 0
        for file in files {
            do {
                let result = try await transcribe(file, request, with: recordings)
                // Not `print`, which would keep it back while it is read by a program.
                FileHandle.standardOutput.write(Data(try format.text(of: result).utf8))
            } catch let error as RiposteError where error.code != .cancelled {
                Failure.report(error.message.contains(file) ? error.message : "\(file): \(error.message)")
                failures += 1
            }
        }
        if failures > 0 { throw ExitCode(Failure.failed) }
    }

    private func transcribe(
        _ file: String, _ request: TranscriptionRequest, with recordings: RecordingTranscriber<SileroScorer>
    ) async throws -> FileTranscript {
        let start = ContinuousClock.now
        var limits = FFmpegProgram.Limits()
        // A file of one's own may be as long as it is.
        (limits.sound, limits.processor, limits.time) = (1e6, 7_200, 7_200)
        let reader = try await SoundRecording.reader(URL(fileURLWithPath: file), limits: limits)
        var progress = TranscribeProgress(file: file, duration: reader.duration)
        defer { progress.end() }
        var samples = 0
        let segments = try await recordings.segments(request) {
            let sound = try reader.read(16_000)
            samples += sound?.count ?? 0
            return sound
        } progress: {
            progress.update($0)
        }
        if reader.isTruncated {
            Failure.report("\(file) is shorter than its header says; what is there was transcribed")
        }
        let elapsed = ContinuousClock.now - start
        return FileTranscript(
            file: file, segments: segments, language: language?.request.language,
            durationSeconds: Double(samples) / Double(reader.sampleRate),
            elapsedSeconds: Double(elapsed.components.seconds) + Double(elapsed.components.attoseconds) / 1e18)
    }
}

/// Tells how far a long recording is, on the standard error stream.
private struct TranscribeProgress {
    private let file: String
    private let duration: Double?
    private let isTerminal = isatty(STDERR_FILENO) == 1
    private let start = ContinuousClock.now
    private var told = 0
    private var isShown = false

    /// Recordings shorter than this, in seconds, are done before anybody wonders.
    private static let short = 60.0

    init(file: String, duration: Double?) {
        self.file = file
        self.duration = duration
    }

    /// - Parameter seconds: of the recording that are done.
    mutating func update(_ seconds: Double) {
        guard let duration, duration >= Self.short else { return }
        let percent = min(100, Int(100 * seconds / duration))
        // A line that is written over on a terminal, and a new one now and then in a log.
        guard percent >= told + (isTerminal ? 1 : 10) else { return }
        told = percent
        isShown = true
        let left = left(after: seconds, of: duration)
        write("\(isTerminal ? "\r" : "")\(file): \(percent) %\(left)\(isTerminal ? "\u{1B}[K" : "\n")")
    }

    /// How much longer it takes, if it goes on as it went so far.
    private func left(after seconds: Double, of duration: Double) -> String {
        let elapsed = (ContinuousClock.now - start) / .seconds(1)
        guard seconds > 0, elapsed >= 1 else { return "" }
        let left = Int((elapsed * max(0, duration - seconds) / seconds).rounded())
        return left < 60 ? ", \(left) s left" : ", \((left + 30) / 60) min left"
    }

    mutating func end() {
        if isShown, isTerminal { write("\r\u{1B}[K") }
    }

    private func write(_ text: String) {
        FileHandle.standardError.write(Data(text.utf8))
    }
}
