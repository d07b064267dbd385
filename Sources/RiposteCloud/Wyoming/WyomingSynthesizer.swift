import Foundation
import RiposteAudio
import RiposteCore
import RiposteSpeaking
import Synchronization

/// Has another node speak, by the Wyoming protocol. The sound is passed on as it arrives.
///
/// The protocol knows no rate and no pitch; nodes of this project are told both in the event's `context`.
public struct WyomingSynthesizer: RemoteVoice {
    public struct Configuration: Sendable {
        /// Seconds until the first sound, and from one piece of it to the next. Default 10.
        public var timeout = 10.0

        public init() {}
    }

    public let name = "wyoming-voice"
    /// What the nodes' sound is brought to: their own rates are known only when they speak.
    public let sampleRate = 24_000
    /// The node's default; `listVoices` asks for all.
    public var voices: [Voice] {
        [Voice(name: node.name ?? "default", engine: name, language: "mul", licence: "service")]
    }

    private let node: WyomingNode
    private let configuration: Configuration
    private let usage: CloudUsage?

    /// - Parameter usage: is told what is sent.
    public init(_ node: WyomingNode, configuration: Configuration = .init(), usage: CloudUsage? = nil) {
        self.node = node
        self.configuration = configuration
        self.usage = usage
    }

    /// Does nothing: nothing is sent before there is something to say.
    public func load() async throws {}

    public func probe() async throws { _ = try await node.programs("tts", stage: .synthesis) }

    /// The voices the node has.
    public func listVoices(language: String? = nil) async throws -> [Voice] {
        let programs = try await node.programs("tts", stage: .synthesis)
        let voices = programs.flatMap { program -> [Voice] in
            guard case .object(let values) = program, case .list(let voices)? = values["voices"] else { return [] }
            return voices.compactMap(voice)
        }
        guard let language else { return voices }
        return voices.filter { $0.language.lowercased().hasPrefix(language.lowercased()) }
    }

    private func voice(_ value: SlotValue) -> Voice? {
        guard case .object(let values) = value, let voice = values["name"]?.text else { return nil }
        var language = "mul"
        if case .list(let languages)? = values["languages"], let first = languages.first?.text { language = first }
        return Voice(
            name: voice, engine: name, language: language.replacing("_", with: "-"), licence: "service")
    }

    public func speak(
        _ pieces: AsyncStream<String>, options: SpeechOptions
    ) -> AsyncThrowingStream<SpokenFrame, any Error> {
        SentenceSpeech(sampleRate: sampleRate, render: render).speak(pieces, options: options)
    }

    private func render(_ sentence: String, _ options: SpeechOptions, _ write: @escaping SentenceSpeech.Write)
        async throws
    {
        let (events, output) = AsyncStream.makeStream(of: WyomingEvent.self)
        defer { output.finish() }
        output.yield(request(sentence, options))
        usage?.sent(name, characters: sentence.count)
        let patience = WyomingExchange.Patience()
        patience.expect(within: configuration.timeout)
        let sound = Sound(rate: sampleRate)
        let hasSounded = try await WyomingExchange(node: node, stage: .synthesis).answer(
            to: events, patience: patience
        ) { event -> Bool? in
            guard ["audio-start", "audio-chunk", "audio-stop"].contains(event.type) else { return nil }
            // Whoever listens slowly makes the sound wait.
            patience.rest()
            let samples = try await sound.take(event)
            if !samples.isEmpty {
                SpeechArrival.current?.received(from: name)
                try await write(samples)
            }
            if event.type == "audio-stop" { return await sound.hasSounded }
            patience.expect(within: configuration.timeout)
            return nil
        }
        guard hasSounded else {
            throw RiposteError(.engineFailed, .synthesis, "\(node) has made no sound of “\(sentence)”.")
        }
    }

    private func request(_ sentence: String, _ options: SpeechOptions) -> WyomingEvent {
        var data: [String: SlotValue] = [
            "text": .text(sentence), "context": .object([WyomingWork.key: .object(WyomingWork.values(options))]),
        ]
        if let voice = options.voice ?? node.name { data["voice"] = .object(["name": .text(voice)]) }
        return WyomingEvent("synthesize", data)
    }

    /// The sound of one sentence as it comes.
    private actor Sound {
        private let rate: Int
        private var sound: WyomingSound?
        private(set) var hasSounded = false

        init(rate: Int) { self.rate = rate }

        /// - Throws: `.badInput` for sound of a kind that is not understood.
        func take(_ event: WyomingEvent) throws -> [Float] {
            var samples: [Float] = []
            switch event.type {
            case "audio-start": sound = try WyomingSound(event, to: rate)
            case "audio-chunk":
                if sound == nil { sound = try WyomingSound(event, to: rate) }
                samples = sound?.samples(event.payload) ?? []
            default: samples = sound?.finish() ?? []
            }
            if !samples.isEmpty { hasSounded = true }
            return samples
        }
    }
}
