import ArgumentParser
import Foundation
import RiposteDialog

/// The home that can be talked to; the same for every command that converses.
struct HomeAssistantOptions: ParsableArguments {
    private static let tokenName = "RIPOSTE_HOME_ASSISTANT_TOKEN"

    @Option(
        help: ArgumentHelp(
            "Have Home Assistant carry out what is about the home, as http://homeassistant.local:8123.",
            discussion: "A long-lived access token of it is taken from \(Self.tokenName).", valueName: "url"))
    var homeAssistant: String?

    func validate() throws {
        guard let homeAssistant else { return }
        guard let url = URL(string: homeAssistant), ["http", "https"].contains(url.scheme), url.host != nil else {
            throw ValidationError("--home-assistant takes an address, as http://homeassistant.local:8123.")
        }
        guard token != nil else { throw ValidationError("--home-assistant needs a token in \(Self.tokenName).") }
    }

    private var token: String? {
        ProcessInfo.processInfo.environment[Self.tokenName].flatMap { $0.isEmpty ? nil : $0 }
    }

    /// - Parameter first: answers what it knows.
    func responder(after first: any SelectiveResponder) -> any SelectiveResponder {
        guard let url = homeAssistant.flatMap(URL.init(string:)), let token else { return first }
        return HomeAssistantResponder(HomeAssistant(.init(url: url, token: token)), after: first)
    }
}
