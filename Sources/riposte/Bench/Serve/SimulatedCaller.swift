import Foundation
import RiposteCore

/// Somebody on the line: speaks at real pace, listens to the answer, thinks a moment, and speaks again.
struct SimulatedCaller: Sendable {
    /// What became of something that was said.
    enum Outcome: Sendable, Equatable {
        /// Answered: seconds from the end of speech to the first sound of the answer.
        case answered(Double)
        /// The answer began before the end of the speech, and was not taken back.
        case early
        /// Nothing was heard for so long that a caller would give up.
        case unanswered
        /// The connection ended.
        case cut
    }

    /// Seconds after the end of speech until a caller gives up.
    static let patience = 15.0
    /// Seconds between the end of an answer and the next word.
    var thinking = 0.8

    let client: RealtimeClient

    /// Waits for the server's word that the conversation has begun.
    /// - Throws: `.network` when it does not come, with the reason the server gives.
    static func call(_ address: ServerAddress) async throws -> (SimulatedCaller, AsyncStream<RealtimeClient.Event>) {
        let client = try await RealtimeClient.connect(address)
        let limit = Task {
            try await Task.sleep(for: .seconds(10))
            await client.close(politely: false)
        }
        defer { limit.cancel() }
        for await event in client.events {
            if event.type == "session.created" { return (SimulatedCaller(client: client), client.events) }
            if let fault = event.error {
                await client.close()
                throw RiposteError(.network, .session, fault.message)
            }
        }
        throw RiposteError(.network, .session, "The server hung up before a conversation began.")
    }

    /// Says something, and hears the answer to its end.
    /// - Parameter events: of the client; read here until the answer has ended.
    func say(_ speech: CallerSpeech, _ events: AsyncStream<RealtimeClient.Event>) async -> Outcome {
        let start = ContinuousClock.now
        let end = start + .seconds(speech.end)
        let speaking = Task { try await speak(speech, since: start) }
        let limit = Task {
            try await Task.sleep(until: end + .seconds(Self.patience), clock: .continuous)
            return true
        }
        defer {
            speaking.cancel()
            limit.cancel()
        }
        return await withTaskGroup(of: Outcome.self) { group in
            group.addTask { await hear(events, since: end) }
            group.addTask { (try? await limit.value) == true ? .unanswered : .cut }
            let outcome = await group.next() ?? .cut
            group.cancelAll()
            limit.cancel()
            return outcome
        }
    }

    /// Sound, then silence, at real pace, until cancelled: a piece leaves when it has been spoken.
    private func speak(_ speech: CallerSpeech, since start: ContinuousClock.Instant) async throws {
        var count = 0
        while !Task.isCancelled {
            let time = start + .seconds(Double(count + 1) * CallerSpeech.pieceLength)
            try await Task.sleep(until: time, tolerance: .zero, clock: .continuous)
            try await client.send(count < speech.events.count ? speech.events[count] : CallerSpeech.silence)
            count += 1
        }
    }

    private func hear(_ events: AsyncStream<RealtimeClient.Event>, since end: ContinuousClock.Instant) async -> Outcome
    {
        var first: ContinuousClock.Instant?
        for await event in events {
            switch event.type {
            case "response.created": first = nil
            case "response.output_audio.delta": first = first ?? event.time
            case "response.done" where event.response?.status == "completed":
                guard let first else { return .unanswered }
                let latency = (first - end) / .seconds(1)
                // The end of speech is known to 30 ms.
                return latency < -0.03 ? .early : .answered(latency)
            default: break
            }
        }
        return .cut
    }

    /// Silence for a while, at real pace.
    func think() async {
        let start = ContinuousClock.now
        for count in 0..<Int(thinking / CallerSpeech.pieceLength) where !Task.isCancelled {
            let time = start + .seconds(Double(count + 1) * CallerSpeech.pieceLength)
            try? await Task.sleep(until: time, clock: .continuous)
            try? await client.send(CallerSpeech.silence)
        }
    }
}
