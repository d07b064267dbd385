import Foundation
import RiposteAudio
import RiposteCore

/// Has another node recognise speech, by the Wyoming protocol. Sound is sent while it is spoken.
///
/// The protocol knows neither phrases nor confidence. A node of this project is told more in the `context` that an event may
/// have, and tells more; any other ignores that.
public struct WyomingTranscriber: Transcriber, RemoteEngine {
    public struct Configuration: Sendable {
        /// Seconds until the transcript, once all sound is sent. Default 15.
        public var timeout = 15.0
        /// The confidence of a transcript whose node tells none, 0 … 1. Default 0.8: it is not asked back about, and not
        /// taken for certain.
        public var assumedConfidence = 0.8

        public init() {}
    }

    public let name = "wyoming-speech"
    let node: WyomingNode
    let configuration: Configuration
    let usage: CloudUsage?

    /// - Parameter usage: is told what is sent.
    public init(_ node: WyomingNode, configuration: Configuration = .init(), usage: CloudUsage? = nil) {
        self.node = node
        self.configuration = configuration
        self.usage = usage
    }

    /// Does nothing: nothing is sent before there is something to understand.
    public func load() async throws {}

    public func probe() async throws { _ = try await node.programs("asr", stage: .transcription) }

    public func beginUtterance(_ request: TranscriptionRequest) async throws -> any Transcription {
        WyomingTranscription(self, request)
    }

    /// Sends an utterance as it comes.
    func transcript(_ events: AsyncStream<WyomingEvent>, _ request: TranscriptionRequest) async throws -> Transcript {
        try await WyomingExchange(node: node, stage: .transcription).answer(to: events) { event in
            event.type == "transcript" ? transcript(event, request) : nil
        }
    }

    /// What begins an utterance.
    func opening(_ request: TranscriptionRequest) -> [WyomingEvent] {
        var data: [String: SlotValue] = ["context": .object([WyomingWork.key: .object(WyomingWork.values(request))])]
        if let name = node.name { data["name"] = .text(name) }
        if let language = request.language { data["language"] = .text(language) }
        return [WyomingEvent("transcribe", data), WyomingEvent("audio-start", Self.format)]
    }

    /// Sound on its way, in pieces of a second at most.
    func chunks(_ samples: ArraySlice<Float>) -> [WyomingEvent] {
        stride(from: samples.startIndex, to: samples.endIndex, by: Waterfall.sampleRate).map { start in
            let piece = samples[start..<min(start + Waterfall.sampleRate, samples.endIndex)]
            return WyomingEvent("audio-chunk", Self.format, payload: WyomingSound.payload(piece))
        }
    }

    private static let format: [String: SlotValue] = [
        "rate": .number(Double(Waterfall.sampleRate)), "width": .number(2), "channels": .number(1),
    ]

    private func transcript(_ event: WyomingEvent, _ request: TranscriptionRequest) -> Transcript {
        let text = (event.text("text") ?? "").trimmingCharacters(in: .whitespacesAndNewlines)
        var transcript = Transcript(
            text: text, language: event.text("language") ?? request.language,
            confidence: text.isEmpty ? 0 : configuration.assumedConfidence,
            noSpeechProbability: text.isEmpty ? 1 : 0)
        if case .object(let told)? = event.object("context")[WyomingWork.key] {
            WyomingWork.complete(&transcript, told)
        }
        return transcript
    }
}
