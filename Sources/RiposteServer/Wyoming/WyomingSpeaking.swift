import RiposteAudio
import RiposteCore
import RiposteSpeaking

/// Speaks what one request says, piece by piece if it comes so.
struct WyomingSpeaking: Sendable {
    let engines: SpeechEngines
    let send: @Sendable (WyomingEvent) async throws -> Void

    /// Samples an event: 64 ms at 16 kHz.
    private static let chunk = 1024

    /// The voice that an event asks for.
    /// - Throws: `.badInput` for one that is not there.
    func voice(_ event: WyomingEvent) throws -> String {
        let wish = event.object("voice")
        guard let name = wish["name"]?.text else {
            guard let language = wish["language"]?.text, let voice = voice(speaking: language) else {
                return engines.defaultVoice
            }
            return voice
        }
        guard let speaker = wish["speaker"]?.text, !engines.voices.contains(where: { $0.name == name }) else {
            return name
        }
        return "\(name)/\(speaker)"
    }

    private func voice(speaking language: String) -> String? {
        let wanted = language.replacing("_", with: "-").lowercased()
        let isDefault = engines.voices.first { $0.name == engines.defaultVoice }?.language.lowercased()
        if let isDefault, isDefault.hasPrefix(wanted) { return engines.defaultVoice }
        return engines.voices.first { $0.language.lowercased().hasPrefix(wanted) }?.name
    }

    /// How it is to be spoken: as the server was told to, but another node of this project says it itself.
    func manner(_ event: WyomingEvent) -> SpeechOptions {
        guard case .object(let values)? = event.object("context")[WyomingWork.key] else {
            return engines.session.speech
        }
        return WyomingWork.options(values)
    }

    /// Speaks a whole text.
    func speak(_ text: String, voice: String, isMarkup: Bool, manner: SpeechOptions) async throws {
        let synthesizer = try engines.synthesizer(voice)
        try await synthesizer.load()
        if isMarkup {
            let markup = try SpeechMarkup(parsing: text)
            // Whoever wrote it does not see what is said here: better in another voice than not at all.
            let speaker = MarkupSpeaker(synthesizer, missingVoices: .mainVoice) { [engines] in
                try engines.synthesizer($0)
            }
            try await write(
                speaker.speak(markup, options: options(synthesizer, voice, manner)), rate: synthesizer.sampleRate)
        } else {
            try await write(
                synthesizer.speak(text, options: options(synthesizer, voice, manner)), rate: synthesizer.sampleRate)
        }
    }

    /// Speaks a text that is still being written.
    func speak(_ pieces: AsyncStream<String>, voice: String, manner: SpeechOptions) async throws {
        let synthesizer = try engines.synthesizer(voice)
        try await synthesizer.load()
        try await write(
            synthesizer.speak(pieces, options: options(synthesizer, voice, manner)), rate: synthesizer.sampleRate)
    }

    private func options(_ synthesizer: any Synthesizer, _ voice: String, _ manner: SpeechOptions) -> SpeechOptions {
        var options = manner
        // An engine may have the voice as its only one, under another name.
        options.voice = synthesizer.voices.contains { $0.name == voice } ? voice : nil
        return options
    }

    private func write(_ speech: AsyncThrowingStream<SpokenFrame, any Error>, rate: Int) async throws {
        let format: [String: SlotValue] = ["rate": .number(Double(rate)), "width": .number(2), "channels": .number(1)]
        func timestamp(_ samples: Int) -> [String: SlotValue] { ["timestamp": .number(Double(samples * 1000 / rate))] }
        try await self.send(WyomingEvent("audio-start", format.merging(timestamp(0)) { $1 }))
        var pending: [Float] = []
        var sent = 0
        func sendChunk(_ samples: ArraySlice<Float>) async throws {
            let data = format.merging(timestamp(sent)) { $1 }
            try await self.send(WyomingEvent("audio-chunk", data, payload: WyomingSound.payload(samples)))
            sent += samples.count
        }
        for try await frame in speech {
            pending += frame.audio.samples
            var start = 0
            while pending.count - start >= Self.chunk {
                try await sendChunk(pending[start..<(start + Self.chunk)])
                start += Self.chunk
            }
            pending.removeFirst(start)
        }
        if !pending.isEmpty { try await sendChunk(pending[...]) }
        try await self.send(WyomingEvent("audio-stop", timestamp(sent)))
    }
}
