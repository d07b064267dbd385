import Foundation
import RiposteAudio
import RiposteCore
import RiposteDialog

/// Recognises speech with a server that speaks OpenAI's `POST /v1/audio/transcriptions`.
///
/// The protocol takes whole recordings: an utterance is sent when its final transcript is asked for. Where the answer is
/// streamed, partial transcripts follow it; else they repeat what was last understood.
public struct OpenAITranscriber: Transcriber, RemoteEngine {
    public struct Configuration: Sendable {
        /// The model where the endpoint names none. Default "whisper-1".
        public var model = "whisper-1"
        /// Whether the answer is taken as it comes (server-sent events). nil, the default: where the model can: those that
        /// descend from Whisper cannot at OpenAI's, nor is there a stream with the times of words.
        public var streams: Bool?
        /// Seconds until the answer begins, sending included, and from one piece of it to the next. Default 15.
        public var timeout = 15.0
        /// The confidence of a transcript whose server tells none, 0 … 1. Default 0.8: it is not asked back about, and
        /// not taken for certain.
        public var assumedConfidence = 0.8
        /// What is told of the phrases to favour, in front of the phrases. The protocol knows no phrases, only a text that
        /// may have come before.
        public var phraseIntroduction = "Words that may come: "

        public init() {}
    }

    public let name = "openai"
    let endpoint: OpenAIEndpoint
    let configuration: Configuration
    let usage: CloudUsage?

    /// - Parameter usage: is told what is sent.
    public init(_ endpoint: OpenAIEndpoint, configuration: Configuration = .init(), usage: CloudUsage? = nil) {
        self.endpoint = endpoint
        self.configuration = configuration
        self.usage = usage
    }

    /// Does nothing: nothing is sent before there is something to understand.
    public func load() async throws {}

    public func probe() async throws { try await endpoint.probe(.transcription) }

    public func beginUtterance(_ request: TranscriptionRequest) async throws -> any Transcription {
        OpenAITranscription(self, request)
    }

    /// - Parameters:
    ///   - samples: mono, 16 kHz.
    ///   - onText: is told what is understood so far, where it comes in pieces.
    func transcript(
        of samples: [Float], _ request: TranscriptionRequest, onText: @Sendable (String) async -> Void
    ) async throws -> Transcript {
        let wave = WaveFile(samples: samples, sampleRate: Self.sampleRate).encoded()
        let model = endpoint.model ?? configuration.model
        var body = MultipartBody()
        body.add("file", file: "utterance.wav", type: "audio/wav", wave)
        body.add("model", model)
        if let language = request.language, request.task == .transcribe { body.add("language", language) }
        if let prompt = prompt(request) { body.add("prompt", prompt) }
        // Only what descends from Whisper tells more than the text.
        let descendsFromWhisper = model.hasPrefix("whisper")
        let isStreamed = (configuration.streams ?? !descendsFromWhisper) && !request.wantsWords
        let isVerbose = (descendsFromWhisper || request.wantsWords) && !isStreamed
        body.add("response_format", isVerbose ? "verbose_json" : "json")
        if isStreamed {
            body.add("stream", "true")
            body.add("include[]", "logprobs")
        }
        if request.wantsWords { body.add("timestamp_granularities[]", "word") }
        let path = request.task == .translate ? "audio/translations" : "audio/transcriptions"
        let limits = HTTPStream.Limits(
            first: configuration.timeout, idle: configuration.timeout, total: 2 * configuration.timeout)
        usage?.sent(name, seconds: Double(samples.count) / Double(Self.sampleRate))
        let stream = HTTPStream(
            endpoint.request(path, body: body.data, type: body.type), limits: limits, stage: .transcription)
        var reader = OpenAITranscriptReader()
        do {
            for try await data in stream.pieces() {
                if try reader.read(data) { await onText(reader.text) }
            }
            try Task.checkCancellation()
            return try reader.transcript(request, assumedConfidence: configuration.assumedConfidence)
        } catch {
            throw endpoint.explained(error, .transcription)
        }
    }

    private func prompt(_ request: TranscriptionRequest) -> String? {
        var parts: [String] = []
        if !request.phrases.isEmpty, request.boost > 0 {
            parts.append(configuration.phraseIntroduction + request.phrases.joined(separator: ", ") + ".")
        }
        if let prompt = request.prompt { parts.append(prompt) }
        return parts.isEmpty ? nil : parts.joined(separator: " ")
    }

    static let sampleRate = 16_000
}

/// One utterance, kept until it is asked about.
actor OpenAITranscription: Transcription {
    private let transcriber: OpenAITranscriber
    private let request: TranscriptionRequest
    private var samples: [Float] = []
    private var latest: (length: Int, transcript: Transcript)?
    /// What is understood so far of so many samples, while the answer comes.
    private var live: (length: Int, text: String)?

    /// Shorter recordings are refused by OpenAI, and hold no word: a tenth of a second.
    private static let shortest = 1600

    init(_ transcriber: OpenAITranscriber, _ request: TranscriptionRequest) {
        self.transcriber = transcriber
        self.request = request
    }

    func append(_ samples: [Float]) { self.samples += samples }

    func partial() -> Transcript {
        var partial = latest?.transcript ?? Transcript(text: "", confidence: 0)
        partial.kind = .partial
        if let live, live.length > latest?.length ?? 0 {
            partial = Transcript(text: live.text, kind: .partial, language: request.language, confidence: 0.5)
        }
        return partial
    }

    private func heard(_ text: String, in length: Int) {
        guard live?.length ?? 0 <= length else { return }
        live = (length, text.trimmingCharacters(in: .whitespacesAndNewlines))
    }

    func final() async throws -> Transcript {
        // Digital silence is not worth a journey.
        guard samples.count >= Self.shortest, samples.contains(where: { $0 != 0 }) else {
            return Transcript(text: "", noSpeechProbability: 1)
        }
        let length = samples.count
        if let latest, latest.length == length { return latest.transcript }
        let transcript = try await transcriber.transcript(of: samples, request) { await self.heard($0, in: length) }
        if latest?.length ?? 0 <= length { latest = (length, transcript) }
        return transcript
    }
}
