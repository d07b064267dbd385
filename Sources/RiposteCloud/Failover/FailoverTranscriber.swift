import RiposteCore

/// Recognises with the first of several recognisers that answers; the last one is local and always there.
///
/// An utterance's sound is kept as long as it is spoken of: when a recogniser fails, also in the middle, the next one
/// gets all of it, and whoever waits gets one transcript.
public struct FailoverTranscriber: Transcriber {
    public let name: String
    private let order: EngineOrder<any Transcriber>

    /// - Parameters:
    ///   - services: in the order they are preferred in.
    ///   - local: answers when none of them does.
    ///   - usage: is told who answered and what failed.
    ///   - onChange: is told, in words, when a service is left alone and when it is back.
    public init(
        _ services: [any Transcriber & RemoteEngine], local: any Transcriber,
        configuration: FailoverPolicy.Configuration = .init(), usage: CloudUsage? = nil,
        onChange: @escaping @Sendable (String) -> Void = { _ in }
    ) {
        typealias Member = EngineOrder<any Transcriber>.Member
        var members = services.map { service in
            Member(engine: service, name: service.name, probe: { try await service.probe() })
        }
        members.append(Member(engine: local, name: local.name, probe: nil))
        name = members.map(\.name).joined(separator: ", ")
        order = EngineOrder(
            members, stage: .transcription, configuration: configuration, usage: usage, onChange: onChange)
    }

    /// Loads the local recogniser, and the services as far as they can be reached: one that cannot will be tried again.
    public func load() async throws { try await order.load { try await $0.load() } }

    public func beginUtterance(_ request: TranscriptionRequest) async throws -> any Transcription {
        FailoverTranscription(order, request)
    }
}

/// One utterance, with whichever recogniser answers.
actor FailoverTranscription: Transcription {
    private let order: EngineOrder<any Transcriber>
    private let request: TranscriptionRequest
    private var samples: [Float] = []
    /// How many of them the present recogniser has got.
    private var given = 0
    private var attempt: FailoverPolicy.Attempt
    /// Counts the recognisers that were given the utterance; what an earlier one still does is ignored.
    private var round = 0
    private var handover: Task<any Transcription, any Error>?

    init(_ order: EngineOrder<any Transcriber>, _ request: TranscriptionRequest) {
        self.order = order
        self.request = request
        attempt = order.begin()
    }

    func append(_ samples: [Float]) {
        self.samples += samples
        // What fails here is noticed by whoever asks for a transcript.
        _ = handedOver(round)
    }

    func partial() async throws -> Transcript {
        let round = round
        do {
            return try await ask(round, since: order.now) { try await $0.partial() }
        } catch {
            try await replace(after: error, in: round)
            return Transcript(text: "", kind: .partial, confidence: 0)
        }
    }

    func final() async throws -> Transcript {
        let begun = order.now
        while true {
            let (round, name) = (round, order.name(of: attempt))
            do {
                let transcript = try await ask(round, since: begun) { try await $0.final() }
                // Another caller may have replaced the recogniser meanwhile; the transcript is good all the same.
                if round == self.round { order.succeeded(attempt) }
                order.usage?.transcribed(by: name)
                return transcript
            } catch {
                try await replace(after: error, in: round)
            }
        }
    }

    /// - Parameter begun: since when somebody waits.
    private func ask(
        _ round: Int, since begun: Double,
        _ question: @escaping @Sendable (any Transcription) async throws -> Transcript
    ) async throws -> Transcript {
        // A further attempt has what is left of the first one's time, unless that passed while nobody waited.
        attempt.start = attempt.number == 1 ? order.now : max(attempt.start, begun)
        let attempt = attempt
        let handover = handedOver(round)
        return try await order.limited(attempt) { try await question(try await handover.value) }
    }

    /// Goes on with the next attempt, from the start of the utterance.
    /// - Throws: when no recogniser is left, or the caller was cancelled.
    private func replace(after error: any Error, in round: Int) async throws {
        try Task.checkCancellation()
        guard round == self.round else { return }
        self.round += 1
        handover?.cancel()
        (handover, given) = (nil, 0)
        // At once, so that nobody who comes meanwhile begins with the one that has failed.
        let (next, wait) = try order.decide(after: attempt, error)
        attempt = next
        if wait > 0 { try await Task.sleep(for: .seconds(wait)) }
    }

    /// Hands over what the recogniser has not got yet, one piece after another.
    private func handedOver(_ round: Int) -> Task<any Transcription, any Error> {
        let (previous, engine) = (handover, order.engine(of: attempt))
        let task = Task<any Transcription, any Error> {
            let begun = try await previous?.value
            let utterance = if let begun { begun } else { try await engine.beginUtterance(request) }
            guard let new = take(in: round) else { throw CancellationError() }
            if !new.isEmpty { await utterance.append(new) }
            return utterance
        }
        handover = task
        return task
    }

    /// nil: another recogniser has the utterance now.
    private func take(in round: Int) -> [Float]? {
        guard round == self.round else { return nil }
        defer { given = samples.count }
        return Array(samples[given...])
    }
}
