import ArgumentParser
import Foundation
import RiposteCloud
import RiposteCore

/// Which services are asked before this machine answers itself; the same for every command that hears or speaks.
struct CloudOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "A service that understands speech, before this machine does: openai=URL#MODEL, google#MODEL, "
                + "deepgram#MODEL, or wyoming://HOST:PORT. May be given several times: the next one answers when one fails, and at last "
                + "--model.",
            discussion: """
                openai is any server that speaks OpenAI's audio routes, riposte serve too; a key is taken from \
                RIPOSTE_OPENAI_KEY, with several servers as HOST=KEY,HOST=KEY. google needs a build with the trait \
                Cloud; it takes a service account's key file from GOOGLE_APPLICATION_CREDENTIALS, a plain key from RIPOSTE_GOOGLE_KEY, or asks the metadata server. \
                deepgram takes a key from RIPOSTE_DEEPGRAM_KEY. wyoming is another node in the house that speaks this \
                protocol, riposte serve too; sound and text go to it in the clear.
                """, valueName: "service"))
    var stt: [ServiceChoice] = []

    @Option(
        help: ArgumentHelp(
            "A service that speaks, before this machine's --voice does: openai=URL#MODEL, google, or "
                + "wyoming://HOST:PORT#VOICE.",
            valueName: "service"))
    var tts: [ServiceChoice] = []

    @Option(help: "The voice of --tts, by the service's own name. (default: the service's)")
    var cloudVoice: String?

    @Option(help: "Seconds that a service has to answer before the next one is asked.")
    var cloudDeadline = 2.0

    @Flag(help: "Ask no service outside of this machine, whatever else is said. RIPOSTE_OFFLINE=1 does the same.")
    var offline = false

    func validate() throws {
        guard (0.1...60).contains(cloudDeadline) else {
            throw ValidationError("--cloud-deadline takes 0.1 to 60 seconds.")
        }
        guard cloudVoice == nil || !tts.isEmpty else { throw ValidationError("--cloud-voice needs --tts.") }
        guard !tts.contains(where: { $0.kind == .deepgram }) else {
            throw ValidationError("Deepgram is asked to understand only: give it to --stt.")
        }
        try checkKeys()
        #if !Cloud
            guard !(stt + tts).contains(where: { $0.kind == .google }) else {
                throw ValidationError(Self.noGoogle.message)
            }
        #endif
    }

    /// Whether the switch is set that keeps everything on this machine.
    var isOffline: Bool { offline || Self.isOfflineByEnvironment }

    static var isOfflineByEnvironment: Bool {
        !["", "0", "no", "false"].contains(ProcessInfo.processInfo.environment["RIPOSTE_OFFLINE"]?.lowercased() ?? "")
    }

    /// Those that may be asked.
    var hearing: [ServiceChoice] { stt.filter { !isOffline || $0.isOnThisMachine } }
    var speaking: [ServiceChoice] { tts.filter { !isOffline || $0.isOnThisMachine } }

    /// - Parameter local: answers when no service does.
    func transcriber(_ local: any Transcriber, usage: CloudUsage) throws -> any Transcriber {
        let services = try hearing.map { try Self.transcriber($0, usage) }
        guard !services.isEmpty else { return local }
        return FailoverTranscriber(
            services, local: local, configuration: failover, usage: usage, onChange: { Failure.report($0) })
    }

    /// - Parameter local: speaks when no service does.
    func synthesizer(_ local: any Synthesizer, usage: CloudUsage) throws -> any Synthesizer {
        let services = try speaking.map { try Self.synthesizer($0, usage) }
        guard !services.isEmpty else { return local }
        return FailoverSynthesizer(
            services, local: local, voice: cloudVoice, configuration: failover, usage: usage,
            onChange: { Failure.report($0) })
    }

    /// The voices of the services that may be asked.
    func voices() async throws -> [Voice] {
        var voices: [Voice] = []
        for choice in speaking {
            voices += try await Self.synthesizer(choice, CloudUsage()).listVoices(language: nil)
        }
        return voices
    }

    private var failover: FailoverPolicy.Configuration {
        var configuration = FailoverPolicy.Configuration()
        configuration.deadline = cloudDeadline
        return configuration
    }

    static func transcriber(_ choice: ServiceChoice, _ usage: CloudUsage) throws -> any Transcriber & RemoteEngine {
        switch choice.kind {
        case .openai: return OpenAITranscriber(try openAI(choice), usage: usage)
        case .wyoming: return WyomingTranscriber(try node(choice), usage: usage)
        case .deepgram: return try deepgram(choice, usage)
        case .google:
            #if Cloud
                return try GoogleServices.transcriber(choice, usage)
            #else
                throw noGoogle
            #endif
        }
    }

    static func synthesizer(_ choice: ServiceChoice, _ usage: CloudUsage) throws -> any RemoteVoice {
        switch choice.kind {
        case .openai: return OpenAISynthesizer(try openAI(choice), usage: usage)
        case .wyoming: return WyomingSynthesizer(try node(choice), usage: usage)
        case .deepgram:
            throw RiposteError(.badInput, .configuration, "Deepgram is asked to understand only: give it to --stt.")
        case .google:
            #if Cloud
                return try GoogleServices.synthesizer(choice, usage)
            #else
                throw noGoogle
            #endif
        }
    }

    #if !Cloud
        private static let noGoogle = RiposteError(
            .badInput, .configuration, "This build knows no Google: build it with swift build --traits Cloud.")
    #endif

    private static func deepgram(_ choice: ServiceChoice, _ usage: CloudUsage) throws -> DeepgramTranscriber {
        var configuration = DeepgramTranscriber.Configuration()
        if let url = choice.url { configuration.url = url }
        guard configuration.url.scheme == "wss" || ServiceChoice.isOnThisMachine(configuration.url) else {
            throw RiposteError(
                .badInput, .configuration, "\(choice.url?.host() ?? "It") is another machine: give it with wss, not ws."
            )
        }
        if let model = choice.model { configuration.model = model }
        configuration.key = environment("RIPOSTE_DEEPGRAM_KEY")
        return DeepgramTranscriber(configuration: configuration, usage: usage)
    }

    private static func node(_ choice: ServiceChoice) throws -> WyomingNode {
        guard let url = choice.url else {
            throw RiposteError(.badInput, .configuration, "Name the node: wyoming://HOST:PORT.")
        }
        return try WyomingNode(url, name: choice.model)
    }

    private static func openAI(_ choice: ServiceChoice) throws -> OpenAIEndpoint {
        let url = choice.url ?? OpenAIEndpoint.standardURL
        let key = try HostKeys(environment("RIPOSTE_OPENAI_KEY")).key(for: url)
        return OpenAIEndpoint(url: url, model: choice.model, key: key)
    }

    /// One key without a host is not shown to several servers.
    private func checkKeys() throws {
        let servers = (hearing + speaking).filter { $0.kind == .openai }.map { $0.url ?? OpenAIEndpoint.standardURL }
        guard !servers.isEmpty else { return }
        do {
            try HostKeys(Self.environment("RIPOSTE_OPENAI_KEY")).check(servers)
        } catch let error as RiposteError {
            throw ValidationError(error.message)
        }
    }

    static func environment(_ name: String) -> String? {
        ProcessInfo.processInfo.environment[name].flatMap { $0.isEmpty ? nil : $0 }
    }
}
