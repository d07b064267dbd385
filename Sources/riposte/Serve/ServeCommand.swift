import ArgumentParser
import Foundation
import Logging
import RiposteCore
import RiposteDialog
import RiposteMemory
import RiposteServer
import RiposteSpeaking
import ServiceLifecycle
import Synchronization

/// The server, until it is told to end.
struct ServeCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "serve", abstract: "Serves OpenAI's speech and chat routes over HTTP, and Wyoming.")

    @Option(
        name: .customLong(ConfigurationFile.option),
        help: ArgumentHelp(
            "Read options from this file, too: YAML, each by its name, as 'max-sessions: 32'.",
            discussion: "What the command line says goes before. SIGHUP has the file, the certificate and the projects "
                + "read again, while calls go on.", valueName: "file"))
    var configurationFile: String?

    @Option(help: "Where to listen. Anything but this machine needs --token.")
    var host = "127.0.0.1"

    @Option(help: "The port; 0 takes any free one.")
    var port = 8080

    @Option(
        help: ArgumentHelp(
            "The port of the Wyoming protocol, for Home Assistant; 0 serves none. Default: 10300 on this machine only.",
            discussion: "The protocol knows no token: where others can connect, it is served only if a port is named."))
    var wyomingPort: Int?

    @Flag(
        inversion: .prefixedNo,
        help: ArgumentHelp(
            "Whether Wyoming is announced on the local network, so that Home Assistant finds it by itself.",
            discussion: "Default: where others can connect."))
    var announce: Bool?

    @Option(help: "What clients have to show as a bearer token. Default: RIPOSTE_TOKEN of the environment.")
    var token: String?

    @Option(
        help: ArgumentHelp(
            "A name that this machine is called by, as by a proxy in front of it; may be given several times.",
            discussion: "Without a token, only requests for localhost, for 127.0.0.1 and for these names are answered: "
                + "a page anywhere can have a name of its own lead to this machine.", valueName: "name"))
    var allowHost: [String] = []

    @Option(help: "A certificate in a PEM file, to serve over TLS; with --tls-key.")
    var tlsCertificate: String?

    @Option(help: "The certificate's private key in a PEM file.")
    var tlsKey: String?

    @Option(help: "Requests that are worked on at once; further ones are refused.")
    var maxSessions = 16

    @Option(help: "Seconds after which a conversation ends whose client sends nothing.")
    var idle = 300.0

    @Option(help: "Requests a second from one address, in the long run; 0 is any number.")
    var requestRate = 50.0

    @Option(help: "Write a line of JSON for each turn of a spoken conversation to this file.")
    var trace: String?

    @Option(
        help: ArgumentHelp(
            "Keep conversations in this file, or at postgresql://user@host/database, where other nodes go on with them.",
            discussion: "Default: RIPOSTE_MEMORY of the environment; without, they are kept until the server ends."))
    var memory: String?

    @Option(
        help: ArgumentHelp(
            "Forget conversations that nobody has gone on with for so long, as 30d or 12h.",
            discussion: "Default: a day where the server alone knows them, for ever where they are kept in a file.",
            valueName: "period"))
    var keep: RetentionPeriod?

    @Option(help: "Seconds between saying that it ends, to whoever asks /ready, and ending.")
    var drain = 0.0

    @OptionGroup var log: LogOptions

    @OptionGroup var engines: EngineOptions

    @OptionGroup var project: ProjectOptions

    @Option(
        help: ArgumentHelp(
            "Another project that clients may choose, by the name of its folder; may be given several times.",
            valueName: "dir"))
    var alsoProject: [String] = []

    @OptionGroup var languageModel: LanguageModelOptions

    @OptionGroup var home: HomeAssistantOptions

    @OptionGroup var wake: WakeOptions

    func validate() throws {
        guard (0...65_535).contains(port) else { throw ValidationError("--port takes 0 to 65535.") }
        guard (0...65_535).contains(wyomingPort ?? 0) else { throw ValidationError("--wyoming-port takes 0 to 65535.") }
        guard (1...86_400).contains(idle) else { throw ValidationError("--idle takes 1 to 86400 seconds.") }
        guard (0...100_000).contains(requestRate) else { throw ValidationError("--request-rate takes 0 to 100000.") }
        guard (0...3_600).contains(drain) else { throw ValidationError("--drain takes 0 to 3600 seconds.") }
        guard (1...10_000).contains(maxSessions) else { throw ValidationError("--max-sessions takes 1 to 10000.") }
    }

    func run() async throws {
        // Whoever asks for it to be read again before it is there is not to end it.
        if ConfigurationReload.isWanted { signal(SIGHUP, SIG_IGN) }
        let arguments = Self.arguments
        guard let file = try configurationFile.map({ try ConfigurationFile(URL(fileURLWithPath: $0)) }) else {
            return try await serve(arguments: arguments, file: nil)
        }
        try await file.command(arguments).serve(arguments: arguments, file: file)
    }

    /// What this command was given, without its name.
    private static var arguments: [String] {
        let all = CommandLine.arguments
        return all.firstIndex(of: configuration.commandName ?? "").map { Array(all[($0 + 1)...]) } ?? []
    }

    private func serve(arguments: [String], file: ConfigurationFile?) async throws {
        let assembly = Assembly()
        try assembly.check(engines)
        let engines = try speechEngines(assembly)
        var configuration = serverConfiguration
        if let trace {
            let trace = try ServeTrace(trace)
            configuration.onTurn = { trace.write($1, of: $0, $2) }
        }
        let draining = Draining(seconds: drain)
        configuration.isDraining = { draining.hasBegun }
        let log = log.destination()
        let logger = log.logger("riposte")
        configuration.memory = try await openMemory(logger)
        let (host, scheme) = (host, tlsCertificate == nil ? "http" : "https")
        let server = try WebServer(engines: engines, configuration: configuration, logger: logger) { port in
            ConversationDisplay.note("serving on \(scheme)://\(host):\(port)")
        }
        ConversationDisplay.note("Loading…")
        try await engines.load()
        var services: [any Service] = [server]
        if ConfigurationReload.isWanted {
            services.append(
                ConfigurationReload(
                    arguments: arguments, present: .init(file), server: server, engines: engines, log: log
                ) { [isOffline = self.engines.cloud.isOffline] in
                    try $0.personas(assembly, isOffline: isOffline)
                })
        }
        let wyomingPort = wyomingPort ?? (configuration.isLoopback ? 10_300 : 0)
        if wyomingPort > 0 {
            var wyoming = WyomingServer.Configuration()
            (wyoming.host, wyoming.port, wyoming.connectionLimit) = (host, wyomingPort, maxSessions)
            wyoming.memory = configuration.memory
            services.append(
                WyomingServer(engines: engines, configuration: wyoming, logger: logger) { port in
                    ConversationDisplay.note("serving Wyoming on tcp://\(host):\(port)")
                })
            if announce ?? !configuration.isLoopback { services.append(announcer(port: wyomingPort, logger)) }
        }
        if let keep, let store = configuration.memory?.store {
            services.append(MemoryRetention(store: store, period: keep, logger: logger))
        }
        // The last one is told to end first.
        services.append(draining)
        var running = ServiceGroupConfiguration(
            services: services, gracefulShutdownSignals: [.sigterm, .sigint], logger: logger)
        // Longer than what is being said may take to end; what hangs then is let go of.
        running.maximumGracefulShutdownDuration = .seconds(drain + 30)
        let ending = await Task { [running] in try await ServiceGroup(configuration: running).run() }.result
        try await configuration.memory?.finish(within: 10)
        try ending.get()
    }

    /// - Throws: what will not go away by itself. A database that is not there now may come later.
    private func openMemory(_ logger: Logger) async throws -> ConversationMemory? {
        guard let store = try MemoryPlace.named(memory)?.open() else { return nil }
        if let database = store as? PostgreSQLConversationStore {
            do {
                try await database.prepare()
            } catch let error as RiposteError where [.network, .timedOut].contains(error.code) {
                logger.warning(
                    "the database is not there now and is tried again", metadata: ["error": .string(error.message)])
            }
        }
        return ConversationMemory(store) { [hasWords = log.logWords] error in
            // Its message can name the conversation, and who knows the name is told what was said in it.
            var about: Logger.Metadata = ["code": .string(error.code.rawValue)]
            if hasWords { about["error"] = .string(error.message) }
            logger.warning("conversations are not kept or read as they should be", metadata: about)
        }
    }

    /// What the server is told; also what can be changed while it serves.
    var serverConfiguration: WebServer.Configuration {
        var configuration = WebServer.Configuration()
        (configuration.host, configuration.port) = (host, port)
        configuration.names = allowHost
        configuration.token = token ?? ProcessInfo.processInfo.environment["RIPOSTE_TOKEN"]
        (configuration.certificate, configuration.key) = (tlsCertificate, tlsKey)
        configuration.sessionLimit = maxSessions
        configuration.conversationIdleLimit = idle
        configuration.requestRate = requestRate > 0 ? requestRate : nil
        configuration.logsWords = log.logWords
        if let keep { configuration.conversationLifetime = keep.seconds }
        return configuration
    }

    private func announcer(port: Int, _ logger: Logger) -> ServiceAnnouncer {
        var configuration = ServiceAnnouncer.Configuration()
        (configuration.host, configuration.port) = (host, port)
        return ServiceAnnouncer(configuration: configuration, logger: logger) { name in
            ConversationDisplay.note("announced as \(name)")
        }
    }

    /// Those that clients may choose from, the one that answers by default first.
    /// - Parameter isOffline: whether nothing is to leave the machine; nil: as the options say.
    func personas(_ assembly: Assembly, isOffline: Bool? = nil) throws -> [SpeechEngines.Persona] {
        func persona(_ folder: String?, _ dialog: DialogResponder?) -> SpeechEngines.Persona {
            let name = folder.map { URL(fileURLWithPath: $0).lastPathComponent } ?? "riposte"
            return .init(
                name: name,
                responder: languageModel.responder(
                    after: home.responder(after: dialog as (any SelectiveResponder)? ?? BuiltInResponder()),
                    offline: isOffline ?? engines.cloud.isOffline),
                understanding: dialog)
        }
        var personas = [persona(project.project, try project.responder(assembly, channel: "voice"))]
        for folder in alsoProject {
            personas.append(
                persona(folder, try ProjectOptions.responder(of: folder, assembly, channel: "voice")))
        }
        // Without any project, the built-in skills are there already.
        if project.project != nil { personas.append(persona(nil, nil)) }
        return personas
    }

    private func speechEngines(_ assembly: Assembly) throws -> SpeechEngines {
        let scorer = try assembly.voiceActivity()
        let voices = try assembly.voices(engines)
        let known = Mutex<[String: any Synthesizer]>([:])
        let (defaultVoice, options) = (engines.voice, engines)
        var speech = SpeechEngines(
            transcriber: try assembly.listeningTranscriber(engines),
            // A service hears many at once; the recogniser of this machine has a queue of its own.
            transcriptions: engines.cloud.hearing.isEmpty ? 1 : 16, voiceActivity: { scorer },
            turnDetector: engines.turns == .meaning ? try assembly.turnDetector() : nil,
            personas: try personas(assembly),
            voices: voices.voices,
            synthesizer: { voice in
                try known.withLock { known in
                    if let synthesizer = known[voice] { return synthesizer }
                    let synthesizer =
                        voice == defaultVoice
                        ? try assembly.answeringVoice(options, of: voices) : try voices.synthesizer(for: voice)
                    known[voice] = synthesizer
                    return synthesizer
                }
            })
        speech.defaultVoice = engines.voice
        speech.session = try engines.sessionConfiguration()
        try addWakeWords(to: &speech)
        return speech
    }

    /// The words that clients of Wyoming may have it wait for: those named, else Porcupine's, where it is there.
    private func addWakeWords(to speech: inout SpeechEngines) throws {
        let assembly = WakeAssembly(sharesListener: true)
        var options = wake
        if options.wake.isEmpty { options.wake = assembly.porcupineWords }
        guard !options.wake.isEmpty else { return }
        if let note = try assembly.licenceNote(options) { Failure.report(note) }
        // What is missing is said now, and not to the first client.
        speech.wakeWords = try assembly.detector(options).words
        speech.wakeWordDetector = { [options] _ in try assembly.detector(options) }
    }
}
