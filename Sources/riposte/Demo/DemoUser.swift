import RiposteAudio
import RiposteCore

/// The user of the demo: has lines, and says the next one when it has been answered.
actor DemoUser {
    private let voice: any Synthesizer
    private let voiceName: String
    private let source: LineSource
    private var lines: ArraySlice<String>
    private var prepared: Task<[Float], any Error>?

    init(voice: any Synthesizer, voiceName: String, lines: [String], source: LineSource) {
        self.voice = voice
        self.voiceName = voiceName
        self.source = source
        self.lines = lines[...]
    }

    /// Makes the next line's sound, so that it is there when it is needed.
    func prepare() async throws {
        guard let line = lines.popFirst() else {
            prepared = nil
            return
        }
        let (voice, options) = (voice, SpeechOptions(voice: voiceName))
        let task = Task {
            try await voice.load()
            var resampler = Resampler(from: voice.sampleRate, to: Waterfall.sampleRate)
            // A moment's pause before speaking, as people do.
            var samples = [Float](repeating: 0, count: Waterfall.sampleRate / 2)
            for try await frame in voice.speak(line, options: options) {
                samples += resampler.process(frame.audio.samples)
            }
            return samples + resampler.finish()
        }
        prepared = task
        _ = try await task.value
    }

    /// Says the line that was prepared, and makes the next one.
    /// - Returns: false when there was nothing left to say.
    func speak() async throws -> Bool {
        guard let samples = try await prepared?.value else { return false }
        source.say(samples)
        try await prepare()
        return true
    }
}
