import Foundation
import RiposteCloud
import RiposteCore
import RiposteDialog

/// What would leave this machine with some options, and whether whoever it would go to answers.
struct DepartureReport {
    struct Line: Equatable {
        var isFine: Bool
        var name: String
        var detail: String
    }

    let cloud: CloudOptions
    let languageModel: LanguageModelOptions

    /// - Returns: a line for each service; empty when nothing would leave.
    func lines() async -> [Line] {
        var lines: [Line] = []
        for choice in cloud.hearing {
            lines.append(await line(choice, "the sound of what you say") { try CloudOptions.transcriber(choice, $0) })
        }
        for choice in cloud.speaking {
            lines.append(await line(choice, "the text of the answers") { try CloudOptions.synthesizer(choice, $0) })
        }
        for endpoint in languageModel.endpoints(offline: cloud.isOffline)
        where !ServiceChoice.isOnThisMachine(endpoint.url) {
            lines.append(
                Line(
                    isFine: true, name: endpoint.url.host() ?? "a language model",
                    detail: "the text of the conversation, to \(endpoint.model)"))
        }
        return lines
    }

    /// A password, and what follows a question mark, may be a key.
    static func withoutSecrets(_ url: URL) -> String {
        guard var parts = URLComponents(url: url, resolvingAgainstBaseURL: false) else { return url.host() ?? "" }
        (parts.user, parts.password, parts.query) = (nil, nil, nil)
        return parts.string ?? ""
    }

    private func line(
        _ choice: ServiceChoice, _ what: String, _ engine: (CloudUsage) throws -> any RemoteEngine
    ) async -> Line {
        let place = choice.url.map(Self.withoutSecrets) ?? "its own address"
        let name = "\(choice.kind.rawValue) (\(place))"
        let what = choice.isOnThisMachine ? "nothing leaves: it is on this machine" : what
        do {
            try await engine(CloudUsage()).probe()
            return Line(isFine: true, name: name, detail: "\(what); it answers")
        } catch {
            return Line(
                isFine: false, name: name, detail: "\(what); \((error as? RiposteError)?.message ?? "\(error)")")
        }
    }
}
