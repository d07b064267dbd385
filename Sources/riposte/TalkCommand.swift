import ArgumentParser
import Foundation
import RiposteAudio
import RiposteConversation
import RiposteCore
import RiposteDialog

/// Talk with it.
struct TalkCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "talk",
        abstract: "Talks with you: microphone and loudspeaker, or files in their place.",
        discussion: """
            With --input a recording takes the microphone's place, with --output a file the loudspeaker's; both lie \
            on one timeline, so that latencies can be read off them. Say "goodbye" or press Ctrl-C to end.
            """)

    @OptionGroup var engines: EngineOptions

    @OptionGroup var project: ProjectOptions

    @OptionGroup var memory: MemoryOptions

    @OptionGroup var languageModel: LanguageModelOptions

    @OptionGroup var home: HomeAssistantOptions

    @Option(help: "A WAV file in the microphone's place.")
    var input: String?

    @Option(help: "A WAV file in the loudspeaker's place.")
    var output: String?

    @Option(help: "How time passes with files: real, or fast (as fast as the machine can, on the sample clock).")
    var pace = FileDevice.Pace.real

    @Option(help: "Write a line of JSON for each turn to this file.")
    var trace: String?

    @OptionGroup var wake: WakeOptions

    @Option(help: "With a wake word: seconds it listens without the word, after the word and after each answer.")
    var followUp = 8.0

    @Flag(inversion: .prefixedNo, help: "With a wake word: play a sound when it wakes.")
    var wakeSound = true

    @OptionGroup var recording: RecordOptions

    @Option(help: "The microphone, by index or part of its name; riposte doctor lists them.")
    var microphone: String?

    @Option(help: "The loudspeaker, by index or part of its name.")
    var loudspeaker: String?

    @Flag(
        inversion: .prefixedNo,
        help:
            "Take its own voice out of the microphone, so that you can interrupt it. Without, it is deaf while it speaks."
    )
    var echoCancellation = true

    @Option(help: "End after so many seconds; 0 goes on.")
    var duration = 0.0

    func validate() throws {
        if pace == .fast, input == nil { throw ValidationError("--pace fast needs --input.") }
        if input != nil, microphone != nil { throw ValidationError("--input and --microphone exclude each other.") }
        if output != nil, loudspeaker != nil {
            throw ValidationError("--output and --loudspeaker exclude each other.")
        }
        guard (1...600).contains(followUp) else { throw ValidationError("--follow-up takes 1 to 600 seconds.") }
        guard (0...86_400).contains(duration) else { throw ValidationError("--duration takes 0 to 86400 seconds.") }
        // Not by name: links and case may hide that what would be written over is what is read.
        let files = ([input, output, trace] + recording.files).compactMap { $0.flatMap(FileIdentity.init) }
        guard Set(files).count == files.count else {
            throw ValidationError("--input, --output, --trace and --record must be different files.")
        }
    }

    func run() async throws {
        let assembly = Assembly()
        try assembly.check(engines)
        let wakeAssembly = WakeAssembly()
        let detector = wake.wake.isEmpty ? nil : try wakeAssembly.detector(wake)
        if let note = try wakeAssembly.licenceNote(wake) { Failure.report(note) }
        let traceWriter = try trace.map { try TraceWriter($0, usage: assembly.usage) }
        let dialog = try project.responder(assembly, channel: "voice")
        try await dialog?.load()
        let devices = try TalkDevices(self)
        var configuration = try engines.sessionConfiguration()
        // What is uncertain is asked back about by its words.
        configuration.recognition.wantsWords = dialog != nil
        configuration.pace = pace == .fast ? .fast : .real
        configuration.inputEnd = devices.inputEnd
        configuration.reconnects = input == nil
        configuration.turn.allowsInterruption = devices.hasNoEcho && engines.interrupt != .off
        if duration > 0 { configuration.inputEnd = Int(duration * Double(Waterfall.sampleRate)) }
        configuration.sharesTimeline = devices.sharesTimeline
        if let detector {
            configuration.turn.wake = .init()
            configuration.turn.wake?.followUp = Int(followUp * Double(Waterfall.sampleRate))
            configuration.wakeWords = detector.words
            configuration.soundsOnWaking = wakeSound
        }
        let isMeasured = trace != nil && !engines.cloud.speaking.isEmpty
        var parts = try assembly.parts(
            engines, source: devices.source,
            sink: isMeasured ? MeasuredSink(base: devices.sink, usage: assembly.usage) : devices.sink)
        parts.responder = languageModel.responder(
            after: home.responder(after: dialog as (any SelectiveResponder)? ?? BuiltInResponder()),
            offline: engines.cloud.isOffline)
        parts.isInputOver = devices.isInputOver
        parts.wakeWord = detector
        let recorder = try recording.recorder()
        parts.recorder = recorder
        parts.echoExcess = devices.echoExcess
        let keeper = try memory.writer()
        let conversation = try await keeper?.conversation() ?? Conversation()
        if let keeper { parts.remember = { keeper.remember($0) } }
        let session = Session(parts: parts, configuration: configuration, conversation: conversation)
        try await recorder?.begin(session, of: parts)
        var runner = SessionRunner(session: session, trace: traceWriter, recorder: recorder)
        if detector != nil {
            let dormancy = Dormancy(parts)
            await dormancy.fallAsleep()
            runner.onEvent = { event in
                await dormancy.told(event)
                return true
            }
        }
        if input == nil {
            let start = detector.map { "say \"\($0.words.joined(separator: "\" or \""))\" to wake it" } ?? "just speak"
            let end = detector == nil ? "Say \"goodbye\" or press" : "Press"
            ConversationDisplay.note("Loading… then \(start). \(end) Ctrl-C to end.")
        }
        let watching = dialog.map { dialog in
            Task { await ProjectWatch(dialog).run { Self.report($0) } }
        }
        defer { watching?.cancel() }
        let display = try await runner.run(ConversationDisplay(showsPartials: true))
        try await keeper?.finish()
        try devices.finish()
        if let input, devices.isInputTruncated {
            Failure.report("\(input) is shorter than its header says; what is there was heard")
        }
        if let summary = display.summary { ConversationDisplay.note(summary) }
        ConversationDisplay.note(devices.losses)
    }

    /// A project was read anew while it was talked with.
    private static func report(_ problem: RiposteError?) {
        Failure.report(
            problem.map { "the project has changed and cannot be used: \($0.message)" }
                ?? "the project has changed and was read anew")
    }
}

extension FileDevice.Pace: ExpressibleByArgument {}
