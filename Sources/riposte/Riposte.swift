import ArgumentParser

@main
struct Riposte: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "riposte",
        abstract: "A voice assistant that answers before the silence gets long, on your own machine.",
        version: Version.current,
        subcommands: [
            TalkCommand.self,
            DemoCommand.self,
            ChatCommand.self,
            TranscribeCommand.self,
            SayCommand.self,
            VoicesCommand.self,
            ListenCommand.self,
            ServeCommand.self,
            ReplayCommand.self,
            NluCommand.self,
            MemoryCommand.self,
            ModelsCommand.self,
            BenchCommand.self,
            DoctorCommand.self,
        ])

    static func main() async {
        do {
            var command = try parseAsRoot()
            if var command = command as? any AsyncParsableCommand {
                try await command.run()
            } else {
                try command.run()
            }
        } catch {
            Failure.exit(with: error, of: self)
        }
    }
}
