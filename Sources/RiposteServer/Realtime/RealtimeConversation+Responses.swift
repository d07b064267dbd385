import Foundation
import RiposteCore

/// Answers, as responses that the client is told of.
extension RealtimeConversation {
    /// Answers what the client has written or committed.
    func respond() throws {
        // What functions have given is what is answered.
        if goOnAfterCalls() { return }
        guard response == nil, answering == nil else {
            throw RiposteError(.badInput, .configuration, "A response is under way already.")
        }
        let offer = questions.isEmpty ? offer : nil
        guard !questions.isEmpty || offer != nil else {
            throw RiposteError(.badInput, .configuration, "There is nothing to answer: create an item before.")
        }
        let offered = Task<String, any Error> { offer?.user ?? "" }
        let asked = questions.isEmpty ? [offered] : questions.map(\.text)
        questions = []
        start(saying: false)
        requests += 1
        let number = requests
        let (turn, began) = (TurnIdentity(conversation: id, turn: "request-\(number)"), ContinuousClock.now)
        answering = Task { [winding] in
            await winding?.value
            var outcome = "completed"
            do {
                try await TurnIdentity.$current.withValue(turn) {
                    if let offer, !offer.assistant.isEmpty {
                        try await answerAgain(offer)
                    } else {
                        try await answer(try await Self.joined(asked))
                    }
                }
            } catch {
                outcome = Task.isCancelled ? "cancelled" : "failed"
            }
            log.answered(turn, in: (ContinuousClock.now - began) / .seconds(1), outcome: outcome)
            // Whoever stops an answer tells of its end.
            if !Task.isCancelled {
                finish(outcome, reason: nil)
                answering = nil
                goesOn = false
            }
            // An alarm may have waited for the end.
            watchAlarms()
            try? await flush()
        }
    }

    private static func joined(_ texts: [Task<String, any Error>]) async throws -> String {
        var all: [String] = []
        for text in texts { all.append(try await text.value) }
        return all.filter { !$0.isEmpty }.joined(separator: " ")
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
                try Task.checkCancellation()
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
        try Task.checkCancellation()
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
        try Task.checkCancellation()
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
        let number = requests
        let sink = NetworkSink(sampleRate: settings.output.rate) { [weak self] in
            try await self?.answered($0, number)
        }
        _ = try await sink.play(sound, onStart: { _ in })
    }

    private func answered(_ output: NetworkSink.Output, _ number: Int) async throws {
        // Of an answer that was stopped nothing is told any more.
        guard answering != nil, number == requests else { return }
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
        let previous: JSONValue = lastItem.map { .string($0) } ?? .null
        new.previous = previous
        response = new
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
        tell(["type": "conversation.item.done", "previous_item_id": ended.previous, "item": item])
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
