import Foundation
import Hummingbird
import RiposteAudio
import RiposteCore
import RiposteListening
import Synchronization

/// `POST /v1/audio/transcriptions`: a recording to text.
struct TranscriptionRoute {
    let engines: SpeechEngines
    let admission: Admission
    let limit: Int

    private struct Answer: Encodable {
        struct Segment: Encodable {
            var id: Int
            var start: Double
            var end: Double
            var text: String
        }
        struct Word: Encodable {
            var word: String
            var start: Double
            var end: Double
        }
        var text: String
        var task: String?
        var language: String?
        var duration: Double?
        var segments: [Segment]?
        var words: [Word]?
    }

    private struct Heard {
        var segments: [RecordingTranscriber<SpeechScorer>.Segment]
        var duration: Double
        var text: String { segments.map(\.transcript.text).joined(separator: " ") }
    }

    func add(to router: Router<ServerContext>) {
        router.post("/v1/audio/transcriptions") { request, _ in try await respond(to: request) }
    }

    private func respond(to request: Request) async throws -> Response {
        // What is uploaded is in memory: as many recordings as there are places.
        let place = try admission.enter()
        let body = Data(try await upload(request).readableBytesView)
        guard let form = MultipartForm(body, contentType: request.headers[.contentType] ?? "") else {
            throw RequestFailure(.badRequest, "The body is no multipart/form-data.")
        }
        guard let file = form["file"] else { throw RequestFailure(.badRequest, "'file' is missing.") }
        let format = form["response_format"]?.text ?? "json"
        guard ["json", "text", "srt", "verbose_json", "vtt"].contains(format) else {
            throw RequestFailure(
                .badRequest, "'response_format' takes json, text, srt, verbose_json or vtt, not '\(format)'.")
        }
        let isStream = ["true", "1"].contains(form["stream"]?.text)
        guard !isStream || format == "json" || format == "text" else {
            throw RequestFailure(.badRequest, "'stream' gives texts: it goes with json or text, not with '\(format)'.")
        }
        let wantsWords = form.all("timestamp_granularities[]").contains("word")
        var recognition = TranscriptionRequest(language: form["language"]?.text, wantsWords: wantsWords)
        recognition.prompt = form["prompt"]?.text
        // What is no sound is told before the answer begins.
        let recording = Recording(
            try await SoundRecording.reader(
                file.value, name: file.fileName ?? "The recording", limits: Self.limits))
        if isStream { return try stream(recording, recognition, place) }
        defer { withExtendedLifetime(place) {} }
        let heard = try await transcribe(recording, recognition)
        switch format {
        case "text": return text(heard.text + "\n", "text/plain; charset=utf-8")
        case "srt": return text(subtitles(heard).srt, "application/x-subrip")
        case "vtt": return text(subtitles(heard).vtt, "text/vtt")
        case "verbose_json": return JSONAnswer.response(verbose(heard, recognition))
        default: return JSONAnswer.response(Answer(text: heard.text))
        }
    }

    /// Seconds in which a recording has to be here: until then it holds a place.
    private static let uploadLimit = 120.0

    private func upload(_ request: Request) async throws -> ByteBuffer {
        try await withThrowingTaskGroup(of: ByteBuffer.self) { group in
            defer { group.cancelAll() }
            group.addTask { try await JSONAnswer.body(of: request, limit: limit) }
            group.addTask {
                try await Task.sleep(for: .seconds(Self.uploadLimit))
                throw RequestFailure(.requestTimeout, "The recording did not come within \(Int(Self.uploadLimit)) s.")
            }
            return try await group.next() ?? ByteBuffer()
        }
    }

    private struct Delta: Encodable {
        var type = "transcript.text.delta"
        var delta: String
    }

    private struct Done: Encodable {
        var type = "transcript.text.done"
        var text: String
    }

    /// Events, one for each piece of speech as soon as it is understood.
    private func stream(
        _ recording: Recording, _ request: TranscriptionRequest, _ place: Admission.Place
    ) throws -> Response {
        let recordings = try recordings()
        return Response(
            status: .ok, headers: ServerSentEvents.headers,
            body: .init { writer in
                defer { withExtendedLifetime(place) {} }
                var text = ""
                do {
                    _ = try await recordings.segments(
                        request, read: { try recording.read() },
                        found: { segment in
                            let delta = (text.isEmpty ? "" : " ") + segment.transcript.text
                            text += delta
                            try await writer.write(ServerSentEvents.event(Delta(delta: delta)))
                        })
                    try await writer.write(ServerSentEvents.event(Done(text: text)))
                } catch let error as RiposteError {
                    // The status was sent long ago.
                    try await writer.write(ServerSentEvents.event(ServerSentEvents.Fault(error.message)))
                }
                try await writer.finish(nil)
            })
    }

    /// Seconds of a recording: it holds a place as long as it is worked on, and a megabyte can be an hour.
    private static let longest = 7_200.0

    private static var limits: FFmpegProgram.Limits {
        var limits = FFmpegProgram.Limits()
        // One more, so that what is longer is noticed.
        limits.sound = longest + 1
        return limits
    }

    private static let tooLong = RiposteError(
        .badInput, .audio, "A recording may be \(Int(longest / 60)) minutes long.")

    /// A recording as it is read, no more of it than may be.
    private final class Recording: Sendable {
        private let state: Mutex<(reader: any SoundReader, samples: Int)>
        let sampleRate: Int

        init(_ reader: sending any SoundReader) {
            sampleRate = reader.sampleRate
            state = Mutex((reader, 0))
        }

        var duration: Double { Double(state.withLock { $0.samples }) / Double(sampleRate) }

        func read() throws -> [Float]? {
            try state.withLock { state in
                let sound = try state.reader.read(16_000)
                state.samples += sound?.count ?? 0
                guard state.samples <= Int(longest) * sampleRate else { throw tooLong }
                return sound
            }
        }
    }

    private func recordings() throws -> RecordingTranscriber<SpeechScorer> {
        let engines = engines.queued()
        return RecordingTranscriber(
            transcriber: engines.transcriber, voiceActivity: SpeechScorer(try engines.voiceActivity()))
    }

    private func transcribe(_ recording: Recording, _ request: TranscriptionRequest) async throws -> Heard {
        let segments = try await recordings().segments(request, read: { try recording.read() })
        return Heard(segments: segments, duration: recording.duration)
    }

    private func verbose(_ heard: Heard, _ request: TranscriptionRequest) -> Answer {
        let words = heard.segments.flatMap(\.transcript.words)
        return Answer(
            text: heard.text, task: "transcribe",
            language: request.language ?? heard.segments.first?.transcript.language, duration: heard.duration,
            segments: heard.segments.enumerated().map {
                .init(id: $0, start: $1.start, end: $1.end, text: $1.transcript.text)
            },
            words: request.wantsWords ? words.map { .init(word: $0.text, start: $0.start, end: $0.end) } : nil)
    }

    private func text(_ text: String, _ type: String) -> Response {
        Response(status: .ok, headers: [.contentType: type], body: .init(byteBuffer: .init(string: text)))
    }

    private func subtitles(_ heard: Heard) -> Subtitles {
        Subtitles(heard.segments.map { .init(start: $0.start, end: $0.end, text: $0.transcript.text) })
    }
}

/// Any scorer as one type.
struct SpeechScorer: WindowScorer {
    private var base: any WindowScorer
    var windowLength: Int { base.windowLength }

    init(_ base: any WindowScorer) { self.base = base }

    mutating func score(_ window: ArraySlice<Float>) throws -> Float { try base.score(window) }
    mutating func reset() { base.reset() }
}
