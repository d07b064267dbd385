import ArgumentParser
import Foundation
import RiposteCore
import RiposteDialog

/// A conversation in text, with the responder that `talk` answers with.
struct ChatCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "chat",
        abstract: "Talk with it in text: a line is an utterance.",
        discussion: """
            Lines may also be piped in: each is answered on a line of standard output. Timers ring while the \
            conversation lasts; with --wait it lasts until the last one has rung.
            """)

    @Flag(help: "At the end of the input, wait for the timers that are still running.")
    var wait = false

    @Option(help: ArgumentHelp("The time zone to answer in, such as Europe/Paris.", valueName: "zone"))
    var timeZone: String?

    func run() async throws {
        let responder = BuiltInResponder(.init(timeZone: try zone()))
        try await responder.load()
        let chat = Chat(responder: responder)
        let isInteractive = isatty(STDIN_FILENO) != 0
        if isInteractive { Console.write("> ", terminator: "") }
        for await line in Console.lines() {
            let text = line.trimmingCharacters(in: .whitespacesAndNewlines)
            if !text.isEmpty {
                let goesOn = try await chat.say(text)
                if !goesOn { return }
            }
            if isInteractive { Console.write("> ", terminator: "") }
        }
        if isInteractive { Console.write("") }
        if wait { await chat.waitForAlarms() }
    }

    private func zone() throws -> TimeZone {
        guard let timeZone else { return .autoupdatingCurrent }
        guard let zone = TimeZone(identifier: timeZone) else {
            throw ValidationError("There is no time zone \u{201C}\(timeZone)\u{201D}. Names look like Europe/Paris.")
        }
        return zone
    }
}

/// A text conversation: keeps the turns, carries out effects, rings the alarms.
private actor Chat {
    private let responder: any Responder
    private var conversation = Conversation(id: "chat")
    private var ringing: [String: Task<Void, Never>] = [:]

    init(responder: any Responder) { self.responder = responder }

    /// Answers a line. Returns whether the conversation goes on.
    func say(_ text: String) async throws -> Bool {
        conversation.now = Date()
        var answer = ""
        var effects: [Effect] = []
        for try await reply in responder.reply(to: Transcript(text: text), in: conversation) {
            answer += reply.text
            effects += reply.effects
            conversation.expectation = reply.expectation
        }
        Console.write(answer)
        conversation.turns.append(.init(user: text, assistant: answer))
        effects.forEach(carryOut)
        return !effects.contains(.endConversation)
    }

    func waitForAlarms() async {
        while let task = ringing.values.first { await task.value }
    }

    private func carryOut(_ effect: Effect) {
        switch effect {
        case .schedule(let alarm):
            conversation.alarms.append(alarm)
            conversation.alarms.sort { $0.due < $1.due }
            ringing[alarm.id] = Task { [weak self] in
                let seconds = max(0, alarm.due.timeIntervalSinceNow)
                guard (try? await Task.sleep(for: .seconds(seconds))) != nil else { return }
                await self?.ring(alarm)
            }
        case .cancelAlarm(let id):
            conversation.alarms.removeAll { $0.id == id }
            ringing.removeValue(forKey: id)?.cancel()
        case .endConversation: break
        }
    }

    private func ring(_ alarm: Alarm) {
        conversation.alarms.removeAll { $0.id == alarm.id }
        ringing[alarm.id] = nil
        conversation.turns.append(.init(user: "", assistant: alarm.text))
        Console.write(alarm.text)
    }
}

/// Standard input and output by lines.
private enum Console {
    /// Written at once, also into a pipe.
    static func write(_ text: String, terminator: String = "\n") {
        FileHandle.standardOutput.write(Data((text + terminator).utf8))
    }

    /// The lines of standard input as they come. They are read on a thread of their own, because reading blocks.
    static func lines() -> AsyncStream<String> {
        AsyncStream { continuation in
            let reader = Thread {
                while let line = readLine() { continuation.yield(line) }
                continuation.finish()
            }
            reader.start()
        }
    }
}
