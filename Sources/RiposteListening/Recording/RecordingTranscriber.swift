import RiposteCore

/// Transcribes recordings of any length, piece by piece, in memory that does not grow with the length.
///
/// ```swift
/// let transcriber = RecordingTranscriber(transcriber: whisper, voiceActivity: scorer)
/// let reader = try WaveReader(file)
/// for segment in try await transcriber.segments(read: { try reader.read() }) { … }
/// ```
public struct RecordingTranscriber<Scorer: WindowScorer>: Sendable {
    /// What was said in one go.
    public struct Segment: Sendable, Equatable {
        /// In seconds from the start of the recording.
        public var start: Double
        public var end: Double
        /// The times of its words count from the start of the recording, too.
        public var transcript: Transcript
    }

    private let transcriber: any Transcriber
    private let voiceActivity: Scorer
    private let configuration: SpeechSplitterConfiguration

    public init(
        transcriber: any Transcriber, voiceActivity: Scorer, configuration: SpeechSplitterConfiguration = .init()
    ) {
        self.transcriber = transcriber
        self.voiceActivity = voiceActivity
        self.configuration = configuration
    }

    /// Transcribes a recording.
    /// - Parameters:
    ///   - request: without a language, that of the first segment is taken for all.
    ///   - read: gives the next sound, mono at 16 kHz, or nil at the end.
    ///   - progress: is told how many seconds of the recording are done, now and then.
    /// - Returns: the segments with words in them, in order.
    public func segments(
        _ request: TranscriptionRequest = .init(), read: () throws -> [Float]?, progress: (Double) -> Void = { _ in }
    ) async throws -> [Segment] {
        var splitter = SpeechSplitter(voiceActivity, configuration: configuration)
        var request = request
        var segments: [Segment] = []
        var done = 0
        var isAtEnd = false
        while !isAtEnd {
            try Task.checkCancellation()
            let sound = try read()
            isAtEnd = sound == nil
            done += sound?.count ?? 0
            for piece in try sound.map({ try splitter.append($0) }) ?? splitter.finish() {
                let segment = try await segment(of: piece, request)
                // What is no speech has no language.
                guard !segment.transcript.isEmpty else { continue }
                request.language = request.language ?? segment.transcript.language
                segments.append(segment)
            }
            progress(seconds(done))
        }
        return segments
    }

    private func segment(
        of piece: SpeechSplitter<Scorer>.Piece, _ request: TranscriptionRequest
    ) async throws -> Segment {
        var transcript = try await transcriber.transcribe(piece.samples, request)
        let offset = seconds(piece.position)
        let (start, end) = (seconds(piece.speech.lowerBound), seconds(piece.speech.upperBound))
        for index in transcript.words.indices {
            // A recogniser counts the silence before the first word as part of it.
            transcript.words[index].start = min(max(transcript.words[index].start + offset, start), end)
            transcript.words[index].end = min(max(transcript.words[index].end + offset, start), end)
        }
        return Segment(start: start, end: end, transcript: transcript)
    }

    private func seconds(_ samples: Int) -> Double { Double(samples) / Double(configuration.endpoint.sampleRate) }
}
