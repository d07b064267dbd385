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

    @OptionGroup var project: ProjectOptions

    @OptionGroup var memory: MemoryOptions

    @OptionGroup var model: LanguageModelOptions

    @OptionGroup var home: HomeAssistantOptions

    func run() async throws {
        let zone = try zone()
        let dialog = try project.responder(Assembly(), channel: "chat", timeZone: zone)
        let responder = model.responder(
            after: home.responder(after: dialog as (any SelectiveResponder)? ?? BuiltInResponder(.init(timeZone: zone)))
        )
        try await responder.load()
        let chat = Chat(responder: responder, keeper: try memory.writer())
        try await chat.begin()
        let isInteractive = isatty(STDIN_FILENO) != 0
        if isInteractive { Console.write("> ", terminator: "") }
        for await line in Console.lines() {
            let text = line.trimmingCharacters(in: .whitespacesAndNewlines)
            if !text.isEmpty {
                if let dialog { await refresh(dialog) }
                let goesOn = try await chat.say(text)
                if !goesOn { return }
            }
            if isInteractive { Console.write("> ", terminator: "") }
        }
        if isInteractive { Console.write("") }
        if wait { await chat.waitForAlarms() }
    }

    /// A changed project counts from the next line on; one that has become wrong is told of, and goes on as it was.
    private func refresh(_ dialog: DialogResponder) async {
        do {
            if try await dialog.refresh() { Failure.report("the project has changed and was read anew") }
        } catch {
            Failure.report("the project has changed and cannot be used: \(error)")
        }
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
    private let keeper: ConversationWriter?
    private var conversation = Conversation(id: "chat")
    private var ringing: [String: Task<Void, Never>] = [:]

    init(responder: any Responder, keeper: ConversationWriter?) {
        self.responder = responder
        self.keeper = keeper
    }

    /// Goes on with what is kept of the conversation.
    func begin() async throws {
        guard let keeper else { return }
        conversation = try await keeper.conversation()
        conversation.alarms.forEach(wind)
    }

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
        let turn = Conversation.Turn(user: text, assistant: answer)
        let now = conversation.now
        // What is answered is kept: it is written first.
        try await keeper?.write(
            effects.map { .effect(effect: $0, at: now) }
                + [.turn(turn: turn), .expectation(expectation: conversation.expectation)])
        Console.write(answer)
        conversation.turns.append(turn)
        effects.forEach(carryOut)
        return !effects.contains(.endConversation)
    }

    func waitForAlarms() async {
        while let task = ringing.values.first { await task.value }
    }

    private func carryOut(_ effect: Effect) {
        conversation.apply(effect)
        switch effect {
        case .schedule(let alarm): wind(alarm)
        case .cancelAlarm(let id):
            ringing.removeValue(forKey: id)?.cancel()
        case .remember, .changeList, .speak, .endConversation: break
        }
    }

    private func wind(_ alarm: Alarm) {
        ringing[alarm.id] = Task { [weak self] in
            let seconds = max(0, alarm.due.timeIntervalSinceNow)
            guard (try? await Task.sleep(for: .seconds(seconds))) != nil else { return }
            await self?.ring(alarm)
        }
    }

    private func ring(_ alarm: Alarm) async {
        let turn = Conversation.Turn(user: "", assistant: alarm.text)
        do {
            try await keeper?.write([.rang(alarm: alarm.id), .turn(turn: turn)])
        } catch {
            Failure.report("\(error)")
        }
        conversation.alarms.removeAll { $0.id == alarm.id }
        ringing[alarm.id] = nil
        conversation.turns.append(turn)
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
