import ArgumentParser
import Foundation
import RiposteAudio
import RiposteConversation
import RiposteCore

/// A spoken conversation through the real pipeline, without a sound card.
struct DemoCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "demo",
        abstract: "Holds a spoken conversation with itself: another voice asks, Riposte answers.",
        discussion: """
            The user's lines are spoken by another neural voice into the place of the microphone; from there on \
            everything is real: voice activity, endpoint, Whisper, the answer, the voice, the latencies. No sound \
            card is needed. The whole conversation is written to a WAV file.
            """)

    @OptionGroup var engines: EngineOptions

    @Option(name: .shortAndLong, help: "Where the conversation is written.")
    var output = "demo.wav"

    @Option(help: "The voice that plays the user.")
    var userVoice = "joe"

    @Option(help: "real, or fast: as fast as the machine can, on the sample clock.")
    var pace = FileDevice.Pace.real

    @Option(help: "Write a line of JSON for each turn to this file.")
    var trace: String?

    @OptionGroup var recording: RecordOptions

    @Argument(help: "What the user says, a line each; left out, a conversation of the project's own.")
    var lines: [String] = []

    static let ownLines = [
        "What time is it?",
        "Set a timer for five seconds.",
        "What is twelve times seven?",
        "How many miles is ten kilometers?",
        "Could you repeat that?",
        "What day is it tomorrow?",
        "Can you write me a poem about the sea?",
        "Thank you. Goodbye!",
    ]

    func validate() throws {
        if lines.contains(where: { !$0.contains(where: \.isLetter) }) {
            throw ValidationError("A line needs words to be spoken.")
        }
    }

    func run() async throws {
        let started = ContinuousClock.now
        let assembly = Assembly()
        try assembly.check(engines)
        _ = try assembly.synthesizer(userVoice)
        let traceWriter = try trace.map { try TraceWriter($0, usage: assembly.usage) }
        let device = try FileDevice(
            input: nil, output: URL(fileURLWithPath: output), configuration: .init(pace: pace))
        let source = LineSource(over: device)
        var configuration = try engines.sessionConfiguration()
        configuration.pace = pace == .fast ? .fast : .real
        // In fast pace, half a minute of silence is over before a busy machine has made the user's next line.
        if pace == .fast { configuration.turn.quietLimit = nil }
        var parts = try assembly.parts(engines, source: { source }, sink: device)
        let recorder = try recording.recorder()
        parts.recorder = recorder
        let session = Session(parts: parts, configuration: configuration)
        try await recorder?.begin(session, of: parts)
        let user = try DemoUser(
            voice: assembly.synthesizer(userVoice), voiceName: userVoice, lines: lines.isEmpty ? Self.ownLines : lines,
            source: source)
        ConversationDisplay.note(
            "The user speaks with the voice \"\(userVoice)\"; everything else is the real pipeline.")
        async let firstLine: Void = user.prepare()
        let runner = SessionRunner(session: session, trace: traceWriter, recorder: recorder) { event in
            switch event {
            case .ready:
                ConversationDisplay.note("speaking \(ConversationDisplay.seconds(.now - started)) s after the start")
                return try await user.speak()
            case .turnEnded:
                // A timer that is about to ring is waited for, as a person in a kitchen would.
                let next = await session.conversation.alarms.first
                if let next, next.duration <= 20 { return true }
                return try await user.speak()
            default:
                return true
            }
        }
        let display = try await runner.run(ConversationDisplay(showsPartials: true))
        try await firstLine
        try device.finish()
        try mixIn(source.said)
        if let summary = display.summary { ConversationDisplay.note(summary) }
        ConversationDisplay.note("The conversation is in \(output).")
    }

    /// Puts the user's lines into the recording of what the loudspeaker played.
    private func mixIn(_ lines: [(start: Int, samples: [Float])]) throws {
        let url = URL(fileURLWithPath: output)
        var wave = try WaveFile(reading: url, sampleRate: Waterfall.sampleRate)
        for line in lines {
            let missing = line.start + line.samples.count - wave.samples.count
            if missing > 0 { wave.samples += [Float](repeating: 0, count: missing) }
            for (offset, sample) in line.samples.enumerated() {
                wave.samples[line.start + offset] = max(-1, min(1, wave.samples[line.start + offset] + sample))
            }
        }
        try wave.write(to: url)
    }
}
