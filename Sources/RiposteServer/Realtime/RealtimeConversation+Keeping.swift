import Foundation
import RiposteConversation
import RiposteCore

/// What outlives the connection.
extension RealtimeConversation {
    /// The session that holds the conversation; nil: it is held here.
    var session: Session? { settings.createsResponses && !isSessionOver ? call?.session : nil }

    /// Somebody said goodbye: what is written from now on is answered all the same.
    func sessionEnded(_ call: NetworkConversation) async {
        guard settings.createsResponses else { return }
        conversation = await call.session.conversation
        isSessionOver = true
        watchAlarms()
    }

    /// Takes up the conversation that the client names.
    /// - Throws: `.badInput` when it comes too late, or the name could be guessed.
    func remember(_ extras: RealtimeExtras) async throws {
        guard extras != settings.extras else { return }
        let isOther = extras.conversation != settings.extras.conversation || extras.user != settings.extras.user
        guard call == nil || (!isOther && extras.isHeld == settings.extras.isHeld) else {
            throw RiposteError(
                .badInput, .configuration,
                "A conversation or its user cannot be named, nor push-to-talk chosen, once sound was heard.")
        }
        guard isOther else { return }
        guard let name = extras.conversation else {
            lease?.release()
            lease = nil
            return
        }
        let old = lease
        let (known, lease) = try await kept.take(name, user: extras.user, from: old) { [weak self] in
            await self?.superseded(name)
        }
        old?.release()
        self.lease = lease
        conversation = known
        offer = known.offer
        isToTellWhatWasSaid = true
    }

    /// Another connection has taken the conversation over: what is said here is kept no more, and nothing rings.
    private func superseded(_ name: String) async {
        tellExtra("superseded", ["conversation": .string(name)])
        Task { try? await flush() }
    }

    /// What was said before the client came back, and what was being answered when it lost its server.
    func tellWhatWasSaid() {
        guard isToTellWhatWasSaid, settings.extras.tellsMore, let name = settings.extras.conversation else { return }
        isToTellWhatWasSaid = false
        var members: [String: JSONValue] = [
            "conversation": .string(name), "turns": .array(conversation.turns.map(Self.described)),
        ]
        if let offer { members["unfinished"] = Self.described(offer) }
        tellExtra("conversation", members)
    }

    private static func described(_ turn: Conversation.Turn) -> JSONValue {
        ["user": .string(turn.user), "assistant": .string(turn.assistant)]
    }

    /// Has the store keep what has happened; the client is told once it is safe.
    func record(_ entries: [ConversationEntry]) {
        guard let lease else { return }
        kept.append(entries, lease) { [weak self] name in await self?.written(entries, name) }
    }

    func written(_ entries: [ConversationEntry], _ name: UUID) async {
        let turns = entries.compactMap { if case .turn(let turn) = $0 { turn } else { nil } }
        tellExtra(
            "kept",
            [
                "append": .string(name.uuidString.lowercased()), "entries": .number(Double(entries.count)),
                "turns": .array(turns.map(Self.described)),
            ])
        // Others of the conversation are not to wait for a client that does not read.
        Task { try? await flush() }
    }

    /// Takes note of what was asked and answered outside of speech.
    func exchanged(_ turn: Conversation.Turn, _ effects: [Effect], _ expectation: Expectation) async {
        offer = nil
        if let session { return await session.note(turn, effects: effects, expectation: expectation) }
        conversation.now = Date()
        let entries =
            effects.map { ConversationEntry.effect(effect: $0, at: conversation.now) }
            + [.turn(turn: turn), .expectation(expectation: expectation)]
        for entry in entries { conversation.apply(entry) }
        record(entries)
        watchAlarms()
    }

    /// Waits until nobody says anything, at most so many seconds.
    func waitForPause(within seconds: Double) async {
        let end = ContinuousClock.now + .seconds(seconds)
        while isAnswering || openInput != nil, .now < end {
            guard (try? await Task.sleep(for: .milliseconds(50))) != nil else { return }
        }
    }

    /// Keeps the conversation as it is now, if the client has named it.
    func keepConversation() async {
        guard let lease else { return }
        kept.keep(await session?.conversation ?? conversation, lease)
    }
}

/// Alarms of who does not speak: a session rings those of who does.
extension RealtimeConversation {
    /// Waits for the next one.
    func watchAlarms() {
        alarmWatch?.cancel()
        alarmWatch = nil
        guard session == nil, !isOver, let next = conversation.alarms.first else { return }
        alarmWatch = Task { [weak self] in
            let wait = max(0, next.due.timeIntervalSinceNow)
            guard (try? await Task.sleep(for: .seconds(wait))) != nil else { return }
            while let self, await self.isAnswering {
                guard (try? await Task.sleep(for: .milliseconds(50))) != nil else { return }
            }
            await self?.ring(next)
        }
    }

    private var isAnswering: Bool { response != nil || answering != nil }

    private func ring(_ alarm: Alarm) async {
        let mayRing = if let lease { await kept.mayRing(alarm, lease) } else { true }
        // While that was asked, it may have been cancelled, or somebody has begun to speak or to be answered.
        guard !Task.isCancelled, session == nil, !isOver, conversation.alarms.contains(alarm) else { return }
        guard !isAnswering else { return watchAlarms() }
        conversation.alarms.removeAll { $0.id == alarm.id }
        guard mayRing else { return watchAlarms() }
        tellAlarm(alarm)
        let turn = Conversation.Turn(user: "", assistant: alarm.text)
        conversation.turns.append(turn)
        requests += 1
        answering = Task { [winding] in
            await winding?.value
            var status = "completed"
            do {
                try await say(alarm.text) { record([.rang(alarm: alarm.id), .turn(turn: turn)]) }
            } catch {
                status = "failed"
            }
            if !Task.isCancelled {
                finish(status, reason: nil)
                answering = nil
            }
            watchAlarms()
            try? await flush()
        }
    }

    func tellAlarm(_ alarm: Alarm) {
        tellExtra(
            "alarm",
            [
                "alarm": .string(alarm.id), "text": .string(alarm.text),
                "due": .number((alarm.due.timeIntervalSince1970 * 1_000).rounded()),
            ])
    }
}
