import ArgumentParser
import Foundation
import RiposteCore
import RiposteDialog

/// Which language model answers what nobody else knows; the same for every command that converses.
struct LanguageModelOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "A language model for what nothing else answers: URL#MODEL, as http://localhost:11434/v1#llama3.2. May be "
                + "given several times: the next one answers when one fails.",
            discussion:
                "Any endpoint that speaks OpenAI's chat protocol. A key is taken from RIPOSTE_LANGUAGE_MODEL_KEY.",
            valueName: "url#model"))
    var languageModel: [LanguageModelEndpoint] = []

    @Flag(help: "Let the language model answer everything.")
    var languageModelOnly = false

    func validate() throws {
        if languageModelOnly, languageModel.isEmpty {
            throw ValidationError("--language-model-only needs --language-model.")
        }
    }

    /// Those that may be asked.
    /// - Parameter offline: only those on this machine.
    func endpoints(offline: Bool = CloudOptions.isOfflineByEnvironment) -> [LanguageModelEndpoint] {
        let key = ProcessInfo.processInfo.environment["RIPOSTE_LANGUAGE_MODEL_KEY"]
        return languageModel.filter { !offline || ServiceChoice.isOnThisMachine($0.url) }
            .map { LanguageModelEndpoint(url: $0.url, model: $0.model, key: key) }
    }

    /// - Parameters:
    ///   - first: answers what it knows.
    ///   - offline: whether nothing may leave this machine.
    func responder(
        after first: any SelectiveResponder, offline: Bool = CloudOptions.isOfflineByEnvironment
    ) -> any Responder {
        let endpoints = endpoints(offline: offline)
        guard !endpoints.isEmpty else { return first }
        return LanguageModelResponder(endpoints, after: first, isAlone: languageModelOnly)
    }
}

extension LanguageModelEndpoint: ExpressibleByArgument {
    public init?(argument: String) {
        let parts = argument.split(separator: "#", maxSplits: 1).map(String.init)
        guard parts.count == 2, let url = URL(string: parts[0]), ["http", "https"].contains(url.scheme), url.host != nil
        else { return nil }
        self.init(url: url, model: parts[1])
    }
}
