import ArgumentParser

@main
struct Riposte: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "riposte",
        abstract: "A voice assistant that answers before the silence gets long, on your own machine.")
}
