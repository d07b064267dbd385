import RiposteCore

// Alarms, and what is answered beside the session.
extension Session {
    /// Rings what is due.
    func ringAlarms(at position: Int) {
        for alarm in conversation.alarms.prefix(while: { $0.due <= conversation.now }) {
            guard configuration.claimsAlarms == true else {
                ring(alarm, at: position)
                continue
            }
            guard claiming.insert(alarm.id).inserted else { continue }
            start(charging: true) { [claim = parts.claim] in
                let isOurs = await claim(alarm)
                await self.tell(.alarmClaimed(id: alarm.id, isOurs: isOurs))
            }
        }
    }

    /// It is known whether an alarm may ring here.
    func claimed(_ id: String, isOurs: Bool) {
        claiming.remove(id)
        // It may have been cancelled meanwhile.
        guard let alarm = conversation.alarms.first(where: { $0.id == id }) else { return }
        if isOurs {
            ring(alarm, at: clock.position)
        } else {
            conversation.alarms.removeAll { $0.id == id }
        }
    }

    private func ring(_ alarm: Alarm, at position: Int) {
        conversation.alarms.removeAll { $0.id == alarm.id }
        eventOutput.yield(.alarm(alarm))
        apply(.alarm(alarm), at: position)
    }

    /// An alarm has rung once something of it is heard: until then somebody else may have to ring it.
    func noteRung(in turn: Int) {
        guard let alarm = turns[turn]?.alarm else { return }
        turns[turn]?.alarm = nil
        remember([.rang(alarm: alarm.id)])
    }

    /// What is being answered, for whoever has to answer it again: with the effects that belong to it.
    func noteAnswering(_ id: Int, _ effects: [Effect] = []) {
        var entries = effects.map { ConversationEntry.effect(effect: $0, at: conversation.now) }
        if let turn = turns[id], turn.outcome == nil, let words = turn.transcript?.text, !words.isEmpty {
            let answer = turn.isReplyWhole ? turn.reply : ""
            entries.insert(.answering(turn: .init(user: words, assistant: answer)), at: 0)
        }
        remember(entries)
    }

    /// All words of an answer are written.
    func replyEnded(_ revision: Revision) {
        guard machine.current?.revision == revision else { return }
        turns[revision.turn]?.isReplyWhole = true
        // What came before its words were known has to be kept again.
        if turns[revision.turn]?.isCommitted == true { noteAnswering(revision.turn) }
    }

    /// Takes note of what was answered beside the session, as in writing.
    public func note(_ turn: Conversation.Turn, effects: [Effect], expectation: Expectation) {
        tell(.exchanged(turn, effects: effects, expectation: expectation))
    }

    func exchanged(_ turn: Conversation.Turn, _ effects: [Effect], _ expectation: Expectation) {
        let entries =
            effects.map { ConversationEntry.effect(effect: $0, at: conversation.now) }
            + [.turn(turn: turn), .expectation(expectation: expectation)]
        let now = conversation.now
        for entry in entries { conversation.apply(entry) }
        conversation.now = now
        remember(entries)
        if effects.contains(.endConversation) { apply(.conversationEnded, at: clock.position) }
    }
}
