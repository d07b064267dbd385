import RiposteAudio
import RiposteCore

/// Recognises one utterance for another node of this project, which has found its beginning and its end itself: all of the
/// sound is the utterance's, and the transcript is told with what the other node would know of its own.
actor WyomingUtterance {
    private let engines: SpeechEngines
    private let request: TranscriptionRequest
    private let send: @Sendable (WyomingEvent) async throws -> Void
    private var utterance: (any Transcription)?
    private var count = 0

    /// The longest utterance, in seconds: of a turn, many times over.
    static let longest = 300

    init(
        engines: SpeechEngines, request: TranscriptionRequest,
        send: @escaping @Sendable (WyomingEvent) async throws -> Void
    ) {
        self.engines = engines
        self.request = request
        self.send = send
    }

    /// - Parameter samples: mono, 16 kHz.
    func append(_ samples: [Float]) async throws {
        guard !samples.isEmpty else { return }
        count += samples.count
        guard count <= Self.longest * Waterfall.sampleRate else {
            throw RiposteError(.badInput, .transcription, "An utterance may be \(Self.longest / 60) minutes long.")
        }
        let utterance: any Transcription
        if let begun = self.utterance {
            utterance = begun
        } else {
            utterance = try await engines.transcriber.beginUtterance(request)
            self.utterance = utterance
        }
        await utterance.append(samples)
    }

    /// The sound has ended.
    func finish() async throws {
        let transcript = try await utterance?.final() ?? Transcript(text: "", noSpeechProbability: 1)
        var data: [String: SlotValue] = [
            "text": .text(transcript.text),
            "context": .object([WyomingWork.key: .object(WyomingWork.values(transcript))]),
        ]
        if let language = transcript.language ?? request.language { data["language"] = .text(language) }
        try await send(WyomingEvent("transcript", data))
    }
}
