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
        options.adjust = { [detection = settings.detection, extras = settings.extras] configuration in
            configuration.turn.quietLimit = nil
            detection?.apply(to: &configuration)
            if extras.isHeld { extras.waitForRelease(&configuration) }
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
        alarmWatch?.cancel()
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
            if !settings.createsResponses { question = Task { transcript.text } }
        case .reply(let text) where settings.createsResponses: replied(text)
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
        guard let source = call?.source, !isMuted else { return }
        switch output {
        case .began:
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
    private func noticeTimeout() {
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

    private func message(_ id: String, role: String, status: String, content: [JSONValue]) -> JSONValue {
        [
            "id": .string(id), "object": "realtime.item", "type": "message", "role": .string(role),
            "status": .string(status), "content": .array(content),
        ]
    }
}

/// Responses.
extension RealtimeConversation {
    /// Answers what the client has written or committed.
    func respond() throws {
        // What functions have given is what is answered.
        if goOnAfterCalls() { return }
        guard response == nil, answering == nil else {
            throw RiposteError(.badInput, .configuration, "A response is under way already.")
        }
        let offer = question == nil ? offer : nil
        guard question != nil || offer != nil else {
            throw RiposteError(.badInput, .configuration, "There is nothing to answer: create an item before.")
        }
        let question = question ?? offer.map { turn in Task { turn.user } }
        self.question = nil
        start(saying: false)
        requests += 1
        let (turn, began) = (TurnIdentity(conversation: id, turn: "request-\(requests)"), ContinuousClock.now)
        answering = Task {
            var outcome = "completed"
            do {
                try await TurnIdentity.$current.withValue(turn) {
                    if let offer, !offer.assistant.isEmpty {
                        try await answerAgain(offer)
                    } else {
                        try await answer(try await question?.value ?? "")
                    }
                }
            } catch {
                outcome = Task.isCancelled ? "cancelled" : "failed"
            }
            finish(outcome, reason: nil)
            log.answered(turn, in: (ContinuousClock.now - began) / .seconds(1), outcome: outcome)
            answering = nil
            goesOn = false
            // An alarm may have waited for the end.
            watchAlarms()
            try? await flush()
        }
    }

    private func answer(_ text: String) async throws {
        if session == nil { conversation.now = Date() }
        let known = await session?.conversation ?? conversation
        let speaks = response?.speaks ?? false
        guard let responder else { throw RiposteError(.badInput, .configuration, "There is nobody to answer.") }
        record([.answering(turn: .init(user: text, assistant: ""))])
        let replies = responder.reply(
            to: Transcript(text: text), in: known, commitment: Commitment(isGiven: true))
        let (pieces, feed) = AsyncStream.makeStream(of: String.self)
        defer { feed.finish() }
        async let speaking: Void = speaks ? speak(pieces) : ()
        var turn = Conversation.Turn(user: text, assistant: "")
        var (effects, expectation) = ([Effect](), Expectation.anything)
        do {
            for try await reply in replies {
                turn.assistant += reply.text
                feed.yield(reply.text)
                replied(reply.text)
                effects += reply.effects
                if reply.expectation != .anything { expectation = reply.expectation }
                try await flush()
            }
            feed.finish()
            try await speaking
            try Task.checkCancellation()
        } catch {
            // What the client cancelled was said as far as it was; what the end of the connection cancelled is asked again.
            if !isOver { await exchanged(turn, effects, expectation) }
            throw error
        }
        await exchanged(turn, effects, expectation)
    }

    /// Says an answer once more that was cut off from outside: what it did is done.
    private func answerAgain(_ turn: Conversation.Turn) async throws {
        try await say(turn.assistant)
        await exchanged(turn, [], .anything)
    }

    /// Says something in a response, which is begun where there is none.
    /// - Parameter onBegin: told once the client was told of it.
    func say(_ text: String, onBegin: () -> Void = {}) async throws {
        start()
        replied(text)
        try await flush()
        onBegin()
        if response?.speaks == true {
            let (pieces, feed) = AsyncStream.makeStream(of: String.self)
            feed.yield(text)
            feed.finish()
            try await speak(pieces)
        }
        try Task.checkCancellation()
    }

    private func speak(_ pieces: AsyncStream<String>) async throws {
        let synthesizer = try engines.synthesizer(settings.voice)
        var options = engines.session.speech
        options.voice = settings.voice
        let frames = synthesizer.speak(pieces, options: options)
        let (sound, output) = AsyncThrowingStream.makeStream(of: AudioFrame.self)
        let relay = Task {
            do {
                for try await frame in frames { output.yield(frame.audio) }
                output.finish()
            } catch {
                output.finish(throwing: error)
            }
        }
        output.onTermination = { _ in relay.cancel() }
        let sink = NetworkSink(sampleRate: settings.output.rate) { [weak self] in try await self?.answered($0) }
        _ = try await sink.play(sound, onStart: { _ in })
    }

    private func answered(_ output: NetworkSink.Output) async throws {
        switch output {
        case .began: soundBegan()
        case .sound(let samples): sounded(samples)
        case .ended(let heard, let isWhole): soundEnded(heard: heard, isWhole: isWhole)
        }
        try await flush()
    }

    /// Begins a response where none is under way.
    /// - Parameter saying: whether something is said in it; that can turn out later.
    func start(saying: Bool = true) {
        if response == nil {
            if answering == nil { noticeTimeout() }
            let new = Response(speaks: settings.speaks)
            response = new
            tell([
                "type": "response.created", "response": described(new, status: "in_progress", reason: nil, output: []),
            ])
        }
        if saying { say() }
    }

    private func say() {
        guard var new = response, !new.hasMessage else { return }
        new.hasMessage = true
        response = new
        let previous: JSONValue = lastItem.map { .string($0) } ?? .null
        lastItem = new.item
        let item = message(new.item, role: "assistant", status: "in_progress", content: [])
        keep(Item(value: item), new.item)
        tell(part("response.output_item.added", new, ["item": item], hasContent: false))
        tell(["type": "conversation.item.added", "previous_item_id": previous, "item": item])
        let kind: JSONValue = new.speaks ? ["type": "audio", "transcript": ""] : ["type": "text", "text": ""]
        tell(part("response.content_part.added", new, ["part": kind]))
    }

    func replied(_ text: String) {
        guard !isMuted, !text.isEmpty else { return }
        if answering == nil || goesOn || response != nil { start() }
        guard var current = response else { return }
        current.text += text
        response = current
        let type = current.speaks ? "response.output_audio_transcript.delta" : "response.output_text.delta"
        tell(part(type, current, ["delta": .string(text)]))
    }

    func sounded(_ samples: [Float]) {
        guard response?.speaks == true else { return }
        response?.samplesSent += samples.count
        guard let response else { return }
        send(packed(samples), of: response)
    }

    /// A message for each piece.
    func send(_ sound: [Data], of response: Response) {
        for piece in sound {
            tell(part("response.output_audio.delta", response, ["delta": .string(piece.base64EncodedString())]))
        }
    }

    func finish(_ status: String, reason: String?) {
        guard let ended = response else { return }
        response = nil
        let said = ended.hasMessage ? [finishMessage(of: ended, isWhole: status == "completed")] : []
        tell([
            "type": "response.done",
            "response": described(ended, status: status, reason: reason, output: said + ended.calls),
        ])
    }

    /// - Returns: the item.
    private func finishMessage(of ended: Response, isWhole: Bool) -> JSONValue {
        let text = JSONValue.string(ended.text)
        let content: JSONValue
        if ended.speaks {
            tell(part("response.output_audio.done", ended, [:]))
            tell(part("response.output_audio_transcript.done", ended, ["transcript": text]))
            content = ["type": "audio", "transcript": text]
        } else {
            tell(part("response.output_text.done", ended, ["text": text]))
            content = ["type": "text", "text": text]
        }
        tell(part("response.content_part.done", ended, ["part": content]))
        var itemContent = content
        if case .object(var members) = content {
            members["type"] = ended.speaks ? "output_audio" : "output_text"
            itemContent = .object(members)
        }
        let item = message(
            ended.item, role: "assistant", status: isWhole ? "completed" : "incomplete", content: [itemContent])
        keep(Item(value: item, samplesSent: ended.samplesSent), ended.item)
        tell(part("response.output_item.done", ended, ["item": item], hasContent: false))
        tell(["type": "conversation.item.done", "previous_item_id": nil, "item": item])
        return item
    }

    private func described(_ response: Response, status: String, reason: String?, output: [JSONValue]) -> JSONValue {
        [
            "id": .string(response.id), "object": "realtime.response", "status": .string(status),
            "status_details": reason.map { ["type": .string(status), "reason": .string($0)] } ?? .null,
            "output": .array(output), "output_modalities": [response.speaks ? "audio" : "text"],
        ]
    }

    private func part(
        _ type: String, _ response: Response, _ more: [String: JSONValue], hasContent: Bool = true
    ) -> JSONValue {
        var members = more
        members["type"] = .string(type)
        members["response_id"] = .string(response.id)
        members["output_index"] = 0
        if hasContent {
            members["item_id"] = .string(response.item)
            members["content_index"] = 0
        }
        return .object(members)
    }
}
