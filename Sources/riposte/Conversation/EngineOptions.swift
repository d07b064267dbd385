import ArgumentParser
import RiposteConversation
import RiposteCore
import RiposteSpeaking

/// How the end of a turn is decided.
enum TurnEnd: String, ExpressibleByArgument, CaseIterable {
    case meaning, silence
}

/// What a conversation is made with; the same for every command that converses.
struct EngineOptions: ParsableArguments {
    @Option(help: "The recogniser: base, tiny.en, or a model's full name.")
    var model = "base"

    @Option(help: "The language spoken, as en or de; several (en,de): one of these; \"auto\" finds out.")
    var language = LanguageChoice(codes: ["en"])

    @OptionGroup var phrases: PhraseOptions

    @Option(help: "The voice that answers; riposte voices lists them.")
    var voice = "heart"

    @OptionGroup var cloud: CloudOptions

    @Option(help: "How fast it speaks, in words a minute (80 to 450).")
    var rate = 175.0

    @Option(help: "How loud it speaks, 0 to 1.")
    var volume = 0.9

    @OptionGroup var reading: ReadingOptions

    @Option(help: "How it knows that you are done: meaning (what you say and how), or silence alone.")
    var turns = TurnEnd.meaning

    @Option(help: "Silence that ends what you say, in milliseconds, where nothing else tells.")
    var silence = 700

    @Option(help: "Speech shorter than this is taken for a noise, in milliseconds.")
    var minimumSpeech = 300

    @Option(help: "Transcripts less certain than this are asked back about, 0 to 1.")
    var lowConfidence = 0.2

    @Option(help: "Seconds of quiet until it asks whether you are still there; 0 never asks.")
    var quiet = 12.0

    @Option(
        help: ArgumentHelp(
            "What stops it while it speaks: evidence (words, how long, how loud), words:N, duration:MS, or off.",
            discussion: "With evidence and words:N, \"stop\", \"wait\", \"no\" and the like stop it at once."))
    var interrupt = InterruptionPolicy.Mode.evidence

    @Flag(inversion: .prefixedNo, help: "Begin to prepare the answer at your first pause.")
    var speculate = true

    func validate() throws {
        guard (80...450).contains(rate) else { throw ValidationError("--rate takes 80 to 450 words a minute.") }
        guard (0...1).contains(volume) else { throw ValidationError("--volume takes 0 to 1.") }
        guard (100...10_000).contains(silence) else { throw ValidationError("--silence takes 100 to 10000 ms.") }
        guard (0...5_000).contains(minimumSpeech) else {
            throw ValidationError("--minimum-speech takes 0 to 5000 ms.")
        }
        guard (0...1).contains(lowConfidence) else { throw ValidationError("--low-confidence takes 0 to 1.") }
        guard (0...86_400).contains(quiet) else { throw ValidationError("--quiet takes 0 to 86400 seconds.") }
    }

    /// The session's configuration as far as these options say it.
    /// - Throws: as `PhraseOptions.apply`.
    func sessionConfiguration() throws -> Session.Configuration {
        var configuration = Session.Configuration()
        configuration.recognition = language.request
        try phrases.apply(to: &configuration.recognition)
        // A file's voice has no name that the engine knows it by.
        let name = VoiceCatalogue.isFile(voice) ? nil : voice
        configuration.speech = SpeechOptions(voice: name, rate: rate, volume: volume)
        configuration.endpoint.endpointSilence = Double(silence) / 1000
        configuration.endOfTurn?.configuration.silenceWithoutEvidence = Double(silence) / 1000
        if turns == .silence {
            configuration.endOfTurn = nil
            configuration.turn.takeBackWindow = 0
        }
        configuration.endpoint.minimumSpeech = Double(minimumSpeech) / 1000
        configuration.turn.lowConfidence = lowConfidence
        configuration.turn.quietLimit = quiet == 0 ? nil : Int(quiet * Double(Waterfall.sampleRate))
        configuration.turn.speculates = speculate
        // How long a service takes says nothing of this machine.
        if !cloud.hearing.isEmpty { configuration.workload = nil }
        configuration.turn.interruption.configuration.mode = interrupt
        configuration.turn.allowsInterruption = interrupt != .off
        return configuration
    }
}

extension InterruptionPolicy.Mode: ExpressibleByArgument {
    public init?(argument: String) {
        let parts = argument.split(separator: ":", maxSplits: 1).map(String.init)
        switch (parts.first, parts.dropFirst().first.flatMap(Int.init)) {
        case ("off", nil) where parts.count == 1: self = .off
        case ("evidence", nil) where parts.count == 1: self = .evidence
        case ("words", let count?) where (1...20).contains(count): self = .words(count)
        case ("duration", let length?) where (50...5_000).contains(length): self = .duration(Double(length) / 1000)
        default: return nil
        }
    }

    public var defaultValueDescription: String {
        switch self {
        case .off: "off"
        case .evidence: "evidence"
        case .words(let count): "words:\(count)"
        case .duration(let seconds): "duration:\(Int(seconds * 1000))"
        }
    }
}
