import Foundation
import RiposteAudio
import RiposteCore
import RiposteDialog

/// Recognises speech with a server that speaks OpenAI's `POST /v1/audio/transcriptions`.
///
/// The protocol takes whole recordings: an utterance is sent when its final transcript is asked for, and partial
/// transcripts repeat what was last understood.
public struct OpenAITranscriber: Transcriber, RemoteEngine {
    public struct Configuration: Sendable {
        /// The model where the endpoint names none. Default "whisper-1".
        public var model = "whisper-1"
        /// Seconds until the answer begins, sending included. Default 15.
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

    /// - Parameter samples: mono, 16 kHz.
    func transcript(of samples: [Float], _ request: TranscriptionRequest) async throws -> Transcript {
        let wave = WaveFile(samples: samples, sampleRate: Self.sampleRate).encoded()
        let model = endpoint.model ?? configuration.model
        var body = MultipartBody()
        body.add("file", file: "utterance.wav", type: "audio/wav", wave)
        body.add("model", model)
        if let language = request.language, request.task == .transcribe { body.add("language", language) }
        if let prompt = prompt(request) { body.add("prompt", prompt) }
        // Only what descends from Whisper tells more than the text.
        let isVerbose = request.wantsWords || model.hasPrefix("whisper")
        body.add("response_format", isVerbose ? "verbose_json" : "json")
        if request.wantsWords { body.add("timestamp_granularities[]", "word") }
        let path = request.task == .translate ? "audio/translations" : "audio/transcriptions"
        let limits = HTTPStream.Limits(
            first: configuration.timeout, idle: configuration.timeout, total: 2 * configuration.timeout)
        usage?.sent(name, seconds: Double(samples.count) / Double(Self.sampleRate))
        let data: Data
        do {
            data = try await HTTPStream(
                endpoint.request(path, body: body.data, type: body.type), limits: limits, stage: .transcription
            ).whole()
        } catch {
            throw endpoint.explained(error, .transcription)
        }
        guard let answer = try? JSONDecoder().decode(OpenAITranscript.self, from: data) else {
            throw RiposteError(
                .engineFailed, .transcription, "The transcript of \(endpoint.host) is not of OpenAI's form.")
        }
        return answer.transcript(request, assumedConfidence: configuration.assumedConfidence)
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
        return partial
    }

    func final() async throws -> Transcript {
        // Digital silence is not worth a journey.
        guard samples.count >= Self.shortest, samples.contains(where: { $0 != 0 }) else {
            return Transcript(text: "", noSpeechProbability: 1)
        }
        let length = samples.count
        if let latest, latest.length == length { return latest.transcript }
        let transcript = try await transcriber.transcript(of: samples, request)
        if latest?.length ?? 0 <= length { latest = (length, transcript) }
        return transcript
    }
}
