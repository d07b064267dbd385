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
        options.adjust = { $0.turn.quietLimit = nil }
        let sink = StoppableSink(NetworkSink { [weak self] in try await self?.played($0) })
        options.adjustParts = { $0.sink = sink }
        self.sink = sink
        let call = try NetworkConversation(engines, options: options) { _ in }
        self.call = call
        running.append(
            Task {
                do { try await call.run() } catch is CancellationError {} catch {
                    tell(Self.failure("The conversation has ended: it could not go on."))
                }
                try? await flush()
            })
        running.append(
            Task {
                for await event in call.events {
                    happened(event, call.source)
                    try? await flush()
                }
            })
    }

    private func happened(_ event: SessionEvent, _ source: NetworkSource) {
        switch event {
        case .speechStarted: openInput(source)
        case .transcript(let transcript):
            isMuted = false
            let item = openInput ?? lastInput(source)
            closeInput(source)
            transcribed(transcript.text, item, seconds: 0)
        case .reply(let text): replied(text)
        case .takenBack:
            finish("cancelled", reason: "turn_detected")
            openInput(source)
        case .turnEnded(let report):
            if report.outcome == .dropped, response == nil { closeInput(source) }
            let wasCut = report.outcome == .interrupted || report.outcome == .dropped
            finish(wasCut ? "cancelled" : "completed", reason: wasCut ? "turn_detected" : nil)
            isMuted = false
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
        case .sound(let samples): sounded(samples)
        case .ended: break
        }
        try await flush()
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
        let previous: JSONValue = lastItem.map { .string($0) } ?? .null
        let item = message(id, role: role, status: "completed", content: [content])
        items[id] = Item()
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
        guard response == nil, answering == nil else {
            throw RiposteError(.badInput, .configuration, "A response is under way already.")
        }
        guard let question else {
            throw RiposteError(.badInput, .configuration, "There is nothing to answer: create an item before.")
        }
        self.question = nil
        start()
        answering = Task {
            do {
                try await answer(try await question.value)
                finish("completed", reason: nil)
            } catch {
                finish(Task.isCancelled ? "cancelled" : "failed", reason: nil)
            }
            answering = nil
            try? await flush()
        }
    }

    private func answer(_ text: String) async throws {
        var known = await call?.session.conversation ?? conversation
        known.turns += call == nil ? [] : conversation.turns
        let speaks = response?.speaks ?? false
        let replies = try engines.persona(settings.model).responder.reply(
            to: Transcript(text: text), in: known, commitment: Commitment(isGiven: true))
        let (pieces, feed) = AsyncStream.makeStream(of: String.self)
        defer { feed.finish() }
        async let speaking: Void = speaks ? speak(pieces) : ()
        var turn = Conversation.Turn(user: text, assistant: "")
        for try await reply in replies {
            turn.assistant += reply.text
            feed.yield(reply.text)
            replied(reply.text)
            for effect in reply.effects { conversation.apply(effect) }
            try await flush()
        }
        feed.finish()
        try await speaking
        conversation.turns.append(turn)
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
        let sink = NetworkSink { [weak self] in try await self?.answered($0) }
        _ = try await sink.play(sound, onStart: { _ in })
    }

    private func answered(_ output: NetworkSink.Output) async throws {
        if case .sound(let samples) = output { sounded(samples) }
        try await flush()
    }

    func start() {
        guard response == nil else { return }
        let new = Response(speaks: settings.speaks)
        response = new
        let previous: JSONValue = lastItem.map { .string($0) } ?? .null
        lastItem = new.item
        items[new.item] = Item()
        let item = message(new.item, role: "assistant", status: "in_progress", content: [])
        tell(["type": "response.created", "response": described(new, status: "in_progress", reason: nil, output: [])])
        tell(part("response.output_item.added", new, ["item": item], hasContent: false))
        tell(["type": "conversation.item.added", "previous_item_id": previous, "item": item])
        let kind: JSONValue = new.speaks ? ["type": "audio", "transcript": ""] : ["type": "text", "text": ""]
        tell(part("response.content_part.added", new, ["part": kind]))
    }

    func replied(_ text: String) {
        guard !isMuted, !text.isEmpty else { return }
        if answering == nil { start() }
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
        let audio = SoundBytes.pcm(samples).base64EncodedString()
        tell(part("response.output_audio.delta", response, ["delta": .string(audio)]))
    }

    func finish(_ status: String, reason: String?) {
        guard let ended = response else { return }
        response = nil
        items[ended.item]?.samplesSent = ended.samplesSent
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
        let isWhole = status == "completed"
        let item = message(
            ended.item, role: "assistant", status: isWhole ? "completed" : "incomplete", content: [itemContent])
        tell(part("response.output_item.done", ended, ["item": item], hasContent: false))
        tell(["type": "conversation.item.done", "previous_item_id": nil, "item": item])
        tell(["type": "response.done", "response": described(ended, status: status, reason: reason, output: [item])])
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
