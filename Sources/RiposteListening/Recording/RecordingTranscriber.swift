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
    private let concurrentPieces: Int

    /// - Parameter concurrentPieces: how many pieces are given to the transcriber at once. Default 1.
    public init(
        transcriber: any Transcriber, voiceActivity: Scorer, configuration: SpeechSplitterConfiguration = .init(),
        concurrentPieces: Int = 1
    ) {
        self.transcriber = transcriber
        self.voiceActivity = voiceActivity
        self.configuration = configuration
        self.concurrentPieces = max(1, concurrentPieces)
    }

    /// Transcribes a recording.
    /// - Parameters:
    ///   - request: without a language, that of the first segment is taken for all.
    ///   - read: gives the next sound, mono at 16 kHz, or nil at the end.
    ///   - progress: is told how many seconds of the recording are done, now and then.
    ///   - found: is told of each segment as soon as it and those before it are there.
    /// - Returns: the segments with words in them, in order.
    public func segments(
        _ request: TranscriptionRequest = .init(), read: () throws -> [Float]?, progress: (Double) -> Void = { _ in },
        found: (Segment) async throws -> Void = { _ in }
    ) async throws -> [Segment] {
        var splitter = SpeechSplitter(voiceActivity, configuration: configuration)
        var segments: [Segment?] = []
        return try await withThrowingTaskGroup(of: (Int, Segment).self) { group in
            var language = request.language
            var running = 0
            var done = 0
            var isAtEnd = false
            var told = 0
            while !isAtEnd {
                try Task.checkCancellation()
                let sound = try read()
                isAtEnd = sound == nil
                done += sound?.count ?? 0
                for piece in try sound.map({ try splitter.append($0) }) ?? splitter.finish() {
                    // The next piece is told the language that the first one with words in it was in.
                    while running >= (language == nil ? 1 : concurrentPieces), let finished = try await group.next() {
                        running -= 1
                        segments[finished.0] = finished.1
                        // What is no speech has no language.
                        if !finished.1.transcript.isEmpty { language = language ?? finished.1.transcript.language }
                    }
                    var request = request
                    request.language = language
                    let index = segments.count
                    segments.append(nil)
                    running += 1
                    group.addTask { [request] in (index, try await segment(of: piece, request)) }
                }
                try await Self.tell(segments, &told, found)
                progress(seconds(done))
                // A long silence gives nothing to wait for; others want the thread as well.
                await Task.yield()
            }
            for try await finished in group {
                segments[finished.0] = finished.1
                try await Self.tell(segments, &told, found)
            }
            return segments.compactMap { $0 }.filter { !$0.transcript.isEmpty }
        }
    }

    private static func tell(
        _ segments: [Segment?], _ told: inout Int, _ found: (Segment) async throws -> Void
    ) async throws {
        while told < segments.count, let next = segments[told] {
            told += 1
            if !next.transcript.isEmpty { try await found(next) }
        }
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
