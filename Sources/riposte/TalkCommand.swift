import ArgumentParser
import Foundation
import RiposteAudio
import RiposteConversation
import RiposteCore

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

    @Option(help: "A WAV file in the microphone's place.")
    var input: String?

    @Option(help: "A WAV file in the loudspeaker's place.")
    var output: String?

    @Option(help: "How time passes with files: real, or fast (as fast as the machine can, on the sample clock).")
    var pace = FileDevice.Pace.real

    @Option(help: "Write a line of JSON for each turn to this file.")
    var trace: String?

    @Option(help: "The microphone, by index or part of its name; riposte doctor lists them.")
    var microphone: String?

    @Option(help: "The loudspeaker, by index or part of its name.")
    var loudspeaker: String?

    @Option(help: "End after so many seconds; 0 goes on.")
    var duration = 0.0

    func validate() throws {
        if pace == .fast, input == nil { throw ValidationError("--pace fast needs --input.") }
        if input != nil, microphone != nil { throw ValidationError("--input and --microphone exclude each other.") }
        if output != nil, loudspeaker != nil {
            throw ValidationError("--output and --loudspeaker exclude each other.")
        }
    }

    func run() async throws {
        let devices = try TalkDevices(self)
        var configuration = engines.configuration
        configuration.pace = pace == .fast ? .fast : .real
        configuration.inputEnd = devices.inputEnd
        configuration.reconnects = input == nil
        // Without echo cancellation it would hear itself through a loudspeaker; files have no echo.
        configuration.turn.allowsInterruption = input != nil
        if duration > 0 { configuration.inputEnd = Int(duration * Double(Waterfall.sampleRate)) }
        configuration.sharesTimeline = devices.sharesTimeline
        let parts = try Assembly().parts(engines, source: devices.source, sink: devices.sink)
        let session = Session(parts: parts, configuration: configuration)
        let runner = SessionRunner(session: session, trace: try trace.map(TraceWriter.init))
        if input == nil { ConversationDisplay.note("Loading… then just speak. Say \"goodbye\" or press Ctrl-C to end.") }
        let display = try await runner.run(ConversationDisplay(showsPartials: true))
        try devices.finish()
        if let summary = display.summary { ConversationDisplay.note(summary) }
        ConversationDisplay.note(devices.losses)
    }
}

extension FileDevice.Pace: ExpressibleByArgument {}
