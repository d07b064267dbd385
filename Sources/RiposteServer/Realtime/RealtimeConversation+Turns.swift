import Foundation
import RiposteConversation
import RiposteCore

/// What the client is told of turns.
extension RealtimeConversation {
    /// Begins the spoken conversation with the first sound.
    func listen() throws {
        guard call == nil else { return }
        var options = NetworkConversation.Options()
        options.persona = settings.model
        options.voice = settings.voice
        options.conversation = conversation
        options.answers = settings.createsResponses
        let callsFunctions = !settings.tools.isEmpty
        options.adjust = { [detection = settings.detection, extras = settings.extras] configuration in
            configuration.turn.quietLimit = nil
            detection?.apply(to: &configuration)
            if extras.isHeld { extras.waitForRelease(&configuration) }
            // A function may take longer than an answer.
            if callsFunctions {
                configuration.turn.answerLimit = Int((Self.toolPatience + 10) * Double(Waterfall.sampleRate))
            }
        }
        options.name = id
        options.onStep = { [log] step in log.turns?.note(step) }
        if options.answers {
            let sink = StoppableSink(
                NetworkSink(sampleRate: settings.output.rate) { [weak self] in try await self?.played($0) })
            options.adjustParts = { [responder] parts in
                parts.sink = sink
                if let responder { parts.responder = responder }
            }
            self.sink = sink
        }
        if options.answers, let lease {
            let adjust = options.adjustParts
            let written: @Sendable ([ConversationEntry], UUID) async -> Void = { [weak self] entries, name in
                await self?.written(entries, name)
            }
            options.adjustParts = { [kept] parts in
                adjust(&parts)
                parts.remember = { entries in
                    kept.append(entries, lease) { await written(entries, $0) }
                }
                parts.claim = { await kept.mayRing($0, lease) }
            }
            let adjustConfiguration = options.adjust
            options.adjust = { configuration in
                adjustConfiguration(&configuration)
                configuration.claimsAlarms = true
            }
        }
        options.conversation.now = Date()
        let call = try NetworkConversation(engines, options: options) { _ in }
        self.call = call
        // From here on the session has it, where it answers.
        if options.answers { conversation = Conversation(id: conversation.id) }
        if options.answers { alarmWatch?.cancel() }
        running = Task {
            do {
                try await CloudUsage.$current.withValue(usage) { try await call.run() }
            } catch is CancellationError {} catch {
                tell(Self.failure("The conversation has ended: it could not go on."))
            }
            await sessionEnded(call)
            tellExtra("ended", [:])
            try? await flush()
        }
        observe(call)
    }

    /// Notes everything that happens, also what happens because the client is gone; tells of it while the client is there.
    private func observe(_ call: NetworkConversation) {
        let (happenings, output) = AsyncStream.makeStream(of: SessionEvent.self)
        logging = Task {
            for await event in call.events {
                let event = onClock(event, call.source)
                log.note(event, of: id, usage)
                output.yield(event)
            }
            output.finish()
        }
        observing = Task {
            for await event in happenings {
                happened(event, call.source)
                try? await flush()
                if case .turnEnded = event { await keepConversation() }
            }
        }
    }

    private func happened(_ event: SessionEvent, _ source: NetworkSource) {
        switch event {
        case .speechStarted:
            offer = nil
            if settings.detection?.interruptsResponse == true { takeOver() }
            openInput(source)
        case .alarm(let alarm): tellAlarm(alarm)
        case .partial(let text):
            guard let openInput else { break }
            tellExtra("partial", ["item_id": .string(openInput), "text": .string(text)])
        case .transcript(let transcript):
            isMuted = false
            let item = openInput ?? lastInput(source)
            closeInput(source)
            transcribed(transcript.text, item, seconds: 0)
            if !settings.createsResponses {
                ask(Question(item: item, text: Task { transcript.text }, isDetected: true))
            }
        case .reply(let text) where settings.createsResponses:
            takeOver()
            replied(text)
        case .takenBack:
            tellExtra("taken_back", references)
            if answering == nil { finish("cancelled", reason: "turn_detected") }
            openInput(source)
        case .turnEnded(let report):
            hasHeard = false
            if report.outcome == .dropped, response == nil { closeInput(source) }
            let wasCut = report.outcome == .interrupted || report.outcome == .dropped
            tellOfTurn(report)
            if answering == nil {
                goesOn = false
                finish(wasCut ? "cancelled" : "completed", reason: wasCut ? "turn_detected" : nil)
            }
            isMuted = false
            cancelled = nil
        case .failure(let error):
            tell([
                "type": "error",
                "error": [
                    "type": "server_error", "message": .string(error.message), "code": nil, "param": nil,
                    "event_id": nil,
                ],
            ])
        default: break
        }
    }

    /// What is spoken goes before what was asked for in writing: two answers are never mixed.
    private func takeOver() {
        guard answering != nil else { return }
        finish("cancelled", reason: "turn_detected")
        stopAnswering()
    }

    private func openInput(_ source: NetworkSource) {
        guard openInput == nil else { return }
        hasHeard = true
        let item = Self.identifier("item")
        openInput = item
        tell([
            "type": "input_audio_buffer.speech_started", "audio_start_ms": .number(Double(inputMilliseconds(source))),
            "item_id": .string(item),
        ])
    }

    private func lastInput(_ source: NetworkSource) -> String {
        if let lastSpoken = spoken { return lastSpoken }
        openInput(source)
        return openInput ?? ""
    }

    private func closeInput(_ source: NetworkSource) {
        guard let item = openInput else { return }
        openInput = nil
        spoken = item
        tell([
            "type": "input_audio_buffer.speech_stopped", "audio_end_ms": .number(Double(source.received / 16)),
            "item_id": .string(item),
        ])
        committed(item)
    }

    private func played(_ output: NetworkSink.Output) async throws {
        guard let source = call?.source else { return }
        guard !isMuted else {
            // It was cancelled before it could be heard: nobody is to wait for its end.
            if output == .began { sink?.stop() }
            return
        }
        switch output {
        case .began:
            takeOver()
            if response == nil { closeInput(source) }
            start()
            soundBegan()
        case .sound(let samples):
            // Of what was said before a call.
            if goesOn { start() }
            sounded(samples)
        case .ended(let heard, let isWhole): soundEnded(heard: heard, isWhole: isWhole)
        }
        try await flush()
    }

    /// The server speaks because nobody else does.
    func noticeTimeout() {
        guard let source = call?.source, settings.detection?.idleTimeout != nil, !hasHeard, !goesOn else { return }
        let end = Double(source.received / 16)
        tell([
            "type": "input_audio_buffer.timeout_triggered", "audio_start_ms": .number(end),
            "audio_end_ms": .number(end),
            "item_id": .string(Self.identifier("item")),
        ])
    }

    func committed(_ item: String) {
        tell([
            "type": "input_audio_buffer.committed", "item_id": .string(item),
            "previous_item_id": lastItem.map { .string($0) } ?? .null,
        ])
        added(item, role: "user", content: ["type": "input_audio", "transcript": nil])
    }

    func transcribed(_ text: String, _ item: String, seconds: Double) {
        tell([
            "type": "conversation.item.input_audio_transcription.completed", "item_id": .string(item),
            "content_index": 0, "transcript": .string(text),
            "usage": ["type": "duration", "seconds": .number(seconds)],
        ])
    }

    func added(_ id: String, role: String, content: JSONValue) {
        added(id, message(id, role: role, status: "completed", content: [content]))
    }

    func added(_ id: String, _ item: JSONValue) {
        let previous: JSONValue = lastItem.map { .string($0) } ?? .null
        keep(Item(value: item), id)
        lastItem = id
        for type in ["added", "done"] {
            tell(["type": .string("conversation.item." + type), "previous_item_id": previous, "item": item])
        }
    }

    func message(_ id: String, role: String, status: String, content: [JSONValue]) -> JSONValue {
        [
            "id": .string(id), "object": "realtime.item", "type": "message", "role": .string(role),
            "status": .string(status), "content": .array(content),
        ]
    }
}
