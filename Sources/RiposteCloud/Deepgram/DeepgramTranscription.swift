import Foundation
import RiposteAudio
import RiposteCore

/// One utterance, streamed.
///
/// A transcript is made final by asking the service to settle what it was sent; the stream goes on. One that has ended
/// meanwhile is followed by another, which begins where it ended.
actor DeepgramTranscription: Transcription, WaitingActor {
    /// A stream to the service. Places are samples of the utterance.
    private struct Stretch {
        let number: Int
        let start: Int
        let messages: AsyncStream<WebSocketExchange.Message>.Continuation
        var tasks: [Task<Void, Never>] = []
        var sent: Int
        /// How far it is understood for good.
        var settled: Int
        var interim = ""
        /// Whether the service has settled all that was sent.
        var isSettled = false
        /// How much had been sent when the service was asked to settle, for each time it has not answered yet.
        var asked: [Int] = []
        var isClosed = false
        var lastSent = ContinuousClock.now
        var ending: Result<Void, any Error>?
    }

    private let transcriber: DeepgramTranscriber
    private let request: TranscriptionRequest
    private var samples: [Float] = []
    /// What is understood for good.
    private var pieces: [SettledPiece] = []
    private var stretch: Stretch?
    private var count = 0
    private var latest: (length: Int, transcript: Transcript)?
    var waiting: [CheckedContinuation<Void, Never>] = []

    private static let shortest = 1600
    /// Samples of a message: half a second.
    private static let longestMessage = 8000
    /// What may be missing of the sound when all of it is settled, in samples: 20 ms.
    private static let tolerance = 320
    private var configuration: DeepgramTranscriber.Configuration { transcriber.configuration }

    init(_ transcriber: DeepgramTranscriber, _ request: TranscriptionRequest) {
        self.transcriber = transcriber
        self.request = request
    }

    deinit {
        stretch?.messages.finish()
        for task in stretch?.tasks ?? [] { task.cancel() }
    }

    func append(_ samples: [Float]) {
        guard !samples.isEmpty else { return }
        self.samples += samples
        if stretch == nil {
            // Silence before the first sound is not worth a stream, but part of the first one.
            guard samples.contains(where: { $0 != 0 }) else { return }
            open(at: 0)
        }
        goOn()
    }

    func partial() throws -> Transcript {
        if let failure { throw failure }
        var transcript = transcript(.partial)
        transcript.stablePrefix = transcript.text
        if let interim = stretch?.interim, !interim.isEmpty {
            transcript.text = SettledPiece.join([transcript.text, interim])
        }
        return transcript
    }

    func final() async throws -> Transcript {
        guard samples.count >= Self.shortest, samples.contains(where: { $0 != 0 }) else {
            return Transcript(text: "", noSpeechProbability: 1)
        }
        let length = samples.count
        if let latest, latest.length == length { return latest.transcript }
        if stretch == nil { open(at: 0) }
        goOn()
        if let failure { throw failure }
        try await settle(length)
        let transcript = transcript(.final)
        if length == samples.count { latest = (length, transcript) }
        return transcript
    }

    // MARK: Settling

    /// Has everything that was sent settled.
    private func settle(_ length: Int) async throws {
        var asked: Int?
        let start = ContinuousClock.now
        let (soft, hard) = (start + .seconds(configuration.settlingLimit), start + .seconds(configuration.timeout))
        let alarm = alarm(at: soft, hard)
        defer { alarm.cancel() }
        while !isSettled(length) {
            if let failure { throw failure }
            try Task.checkCancellation()
            if let (number, sent) = stretch.map({ ($0.number, $0.sent) }), number != asked, stretch?.isClosed == false {
                // Also of a stream that has followed another one meanwhile.
                stretch?.messages.yield(DeepgramTranscriber.settle)
                stretch?.asked.append(sent)
                asked = number
            }
            guard .now < hard else {
                throw RiposteError(.timedOut, .transcription, "Deepgram took too long to answer.")
            }
            if .now >= soft { close() }
            await pause()
        }
    }

    private func isSettled(_ length: Int) -> Bool {
        guard let stretch else { return true }
        if case .success? = stretch.ending { return true }
        return stretch.isSettled || stretch.settled + Self.tolerance >= length
    }

    /// Why there can be no transcript: the stream broke off with sound that was not understood yet.
    private var failure: (any Error)? {
        guard let stretch, case .failure(let error)? = stretch.ending,
            !stretch.isSettled || stretch.sent < samples.count, stretch.settled + Self.tolerance < samples.count
        else { return nil }
        return error
    }

    // MARK: Streams

    private func goOn() {
        guard let current = stretch, current.sent < samples.count else { return }
        switch current.ending {
        case .failure where !current.isSettled: return
        case .some: open(at: current.sent)
        case nil where current.isClosed: return
        case nil: break
        }
        send()
    }

    private func open(at start: Int) {
        stretch?.messages.finish()
        for task in stretch?.tasks ?? [] { task.cancel() }
        count += 1
        let (messages, output) = AsyncStream.makeStream(of: WebSocketExchange.Message.self)
        var opened = Stretch(number: count, start: start, messages: output, sent: start, settled: start)
        let work = Task { [weak self, transcriber, request, count] in
            let ending: Result<Void, any Error>
            do {
                try await transcriber.stream(messages, request) { [weak self] in await self?.take($0, count) }
                ending = .success(())
            } catch {
                ending = .failure(error)
            }
            await self?.ended(count, ending)
        }
        let keeping = Task { [weak self, configuration, count] in
            while (try? await Task.sleep(for: .seconds(configuration.keepAlive))) != nil {
                guard await self?.keepAlive(count) == true else { return }
            }
        }
        opened.tasks = [work, keeping]
        stretch = opened
    }

    private func send() {
        guard let sent = stretch?.sent, sent < samples.count else { return }
        for start in stride(from: sent, to: samples.count, by: Self.longestMessage) {
            let piece = samples[start..<min(start + Self.longestMessage, samples.count)]
            stretch?.messages.yield(.binary(WyomingSound.payload(piece)))
        }
        stretch?.sent = samples.count
        stretch?.isSettled = false
        stretch?.lastSent = .now
        transcriber.usage?.sent(
            transcriber.name, seconds: Double(samples.count - sent) / Double(Waterfall.sampleRate))
    }

    private func close() {
        guard stretch?.isClosed == false else { return }
        stretch?.isClosed = true
        stretch?.messages.yield(DeepgramTranscriber.end)
    }

    private func keepAlive(_ number: Int) -> Bool {
        guard let stretch, stretch.number == number, stretch.ending == nil, !stretch.isClosed else { return false }
        if .now - stretch.lastSent >= .seconds(configuration.keepAlive) {
            stretch.messages.yield(DeepgramTranscriber.stillThere)
        }
        return true
    }

    private func take(_ result: DeepgramResult, _ number: Int) {
        guard let current = stretch, current.number == number else { return }
        let best = result.best
        let text = best?.transcript.trimmingCharacters(in: .whitespacesAndNewlines) ?? ""
        guard result.isFinal == true || result.fromFinalize == true else {
            stretch?.interim = text
            return
        }
        let rate = Double(Waterfall.sampleRate)
        if !text.isEmpty {
            let offset = Double(current.start) / rate
            let words = (best?.words ?? []).map { word in
                Transcript.Word(
                    text: word.punctuatedWord ?? word.word, start: offset + word.start, end: offset + word.end,
                    confidence: min(1, word.confidence ?? best?.confidence ?? configuration.assumedConfidence))
            }
            pieces.append(
                SettledPiece(
                    text, confidence: best?.confidence, language: best?.languages?.first, words: words))
        }
        let end = current.start + Int(((result.start + result.duration) * rate).rounded())
        stretch?.settled = min(max(current.settled, end), current.sent)
        stretch?.interim = ""
        if result.fromFinalize == true, var settled = stretch {
            // What was sent after it was asked is not settled by this answer.
            let length = settled.asked.isEmpty ? settled.sent : settled.asked.removeFirst()
            settled.isSettled = length == settled.sent
            stretch = settled
        }
        wake()
    }

    private func ended(_ number: Int, _ ending: Result<Void, any Error>) {
        guard stretch?.number == number else { return }
        stretch?.ending = ending
        stretch?.interim = ""
        stretch?.messages.finish()
        if case .success = ending, let current = stretch, current.sent < samples.count {
            // It was ended so that it would settle, and the speaker has gone on.
            goOn()
        }
        wake()
    }

    private func transcript(_ kind: Transcript.Kind) -> Transcript {
        Transcript(of: pieces, kind: kind, for: request, assumedConfidence: configuration.assumedConfidence)
    }
}
