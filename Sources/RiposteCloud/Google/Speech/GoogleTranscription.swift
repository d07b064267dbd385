#if Cloud
    import Foundation
    import RiposteCore

    /// One utterance, streamed.
    ///
    /// A transcript is made final by ending the stream. When the speaker goes on, another one is opened, and so it is
    /// before a stream gets too long: each begins exactly where what was understood for good ends, so that no word is lost
    /// or understood twice.
    actor GoogleTranscription: Transcription, WaitingActor {
        private let transcriber: GoogleTranscriber
        private let request: TranscriptionRequest
        private var samples: [Float] = []
        /// Of streams that are over, in order.
        private var settled: [SettledSpeech] = []
        private var stretch: SpeechStretch?
        private var opened = 0
        /// The latest final transcript, and of how much sound.
        private var latest: (length: Int, transcript: Transcript)?
        var waiting: [CheckedContinuation<Void, Never>] = []
        /// Where a stream was last opened because the one before it had reached its limits.
        private var limited: Int?

        /// Samples of one message: 24 kB, as the service takes no more than 25.
        private static let chunk = 12_000
        private var configuration: GoogleTranscriber.Configuration { transcriber.configuration }
        private var rate: Double { Double(GoogleTranscriber.sampleRate) }

        init(_ transcriber: GoogleTranscriber, _ request: TranscriptionRequest) {
            self.transcriber = transcriber
            self.request = request
        }

        deinit {
            stretch?.requests.finish()
            stretch?.work?.cancel()
        }

        func append(_ samples: [Float]) {
            guard !samples.isEmpty else { return }
            self.samples += samples
            guard configuration.streams else { return }
            // Silence before the first sound is not worth a stream, but part of the first one.
            if stretch == nil, settled.isEmpty {
                guard samples.contains(where: { $0 != 0 }) else { return }
                open(at: 0)
            }
            goOn()
        }

        func partial() throws -> Transcript {
            if case .failure(let error)? = stretch?.ending { throw error }
            let live = stretch?.interim ?? ""
            var transcript = transcript(of: understood, kind: .partial)
            transcript.stablePrefix = SettledPiece.join(understood.prefix { $0.isOwnEnd }.map(\.piece.text))
            if !live.isEmpty { transcript.text = SettledPiece.join([transcript.text, live]) }
            return transcript
        }

        func final() async throws -> Transcript {
            guard samples.count >= 1600, samples.contains(where: { $0 != 0 }) else {
                return Transcript(text: "", noSpeechProbability: 1)
            }
            let length = samples.count
            if let latest, latest.length == length { return latest.transcript }
            let transcript =
                configuration.streams || Double(length) > GoogleTranscriber.longestRequest * rate
                ? try await streamed() : try await whole()
            if length == samples.count { latest = (length, transcript) }
            return transcript
        }

        /// Everything that is understood for good.
        private var understood: [SettledSpeech] { settled + (stretch?.settled ?? []) }

        private func whole() async throws -> Transcript {
            let answer = try await transcriber.recognize(samples, request)
            settled = answer.results.filter { !$0.alternatives.isEmpty }.map {
                SettledSpeech(
                    $0.alternatives, language: $0.languageCode, endSeconds: $0.resultEndTime.inSeconds, start: 0,
                    isOwnEnd: false)
            }
            return transcript(of: settled, kind: .final)
        }

        /// The readings of each piece that is understood for good.
        var readings: [[String]] { understood.map(\.alternatives) }

        private func streamed() async throws -> Transcript {
            if stretch == nil { open(at: settled.last?.end ?? 0) }
            goOn()
            close()
            let limit = ContinuousClock.now + .seconds(configuration.timeout)
            let alarm = alarm(at: limit)
            defer { alarm.cancel() }
            while stretch?.ending == nil {
                try Task.checkCancellation()
                guard .now < limit else {
                    throw RiposteError(.timedOut, .transcription, "Google's recogniser took too long to answer.")
                }
                await pause()
            }
            if case .failure(let error)? = stretch?.ending { throw error }
            return transcript(of: understood, kind: .final)
        }

        // MARK: Streams

        /// Sends what was not sent yet, in a new stream where the present one cannot take it.
        private func goOn() {
            guard let current = stretch, samples.count > current.sent, !current.isOver else { return }
            if case .failure = current.ending { return }
            if current.isClosed || current.ending != nil {
                reopenAfterEnd()
            } else if current.sent >= limit(of: current) {
                reopenAtLimit()
            } else {
                send()
            }
        }

        /// The speaker goes on after a final transcript, or the service has ended the stream.
        private func reopenAfterEnd() {
            guard let current = stretch else { return }
            let own = current.settled.prefix { $0.isOwnEnd }
            let start = own.last.map { min($0.end, current.sent) } ?? current.start
            if Double(samples.count - start) <= min(configuration.resent, configuration.streamLength / 4) * rate {
                settled += own
                abandon()
                open(at: start)
            } else {
                // What it has still to say is waited for; the sound waits meanwhile.
                guard current.ending != nil else { return }
                settled += current.settled
                abandon()
                open(at: current.sent)
            }
            send()
        }

        /// A stream has got long: the next one begins where this one had understood everything for good.
        private func reopenAtLimit() {
            guard let current = stretch else { return }
            // Nothing for good in all that time: the stream is ended, which makes it settle, and the sound waits meanwhile.
            guard current.settledEnd > current.start else { return close() }
            settled += current.settled
            abandon()
            open(at: current.settledEnd)
            send()
        }

        private func open(at start: Int) {
            opened += 1
            let id = opened
            let (requests, output) = AsyncStream.makeStream(of: GoogleStreamingRecognizeRequest.self)
            var stretch = SpeechStretch(id: id, start: start, sent: start, requests: output)
            output.yield(transcriber.opening(request))
            stretch.work = Task { [transcriber, weak self] in
                do {
                    try await transcriber.stream(requests) { [weak self] in try await self?.take($0, from: id) }
                    await self?.ended(id, .success(()))
                } catch {
                    await self?.ended(id, .failure(error))
                }
            }
            self.stretch = stretch
        }

        private func abandon() {
            stretch?.requests.finish()
            stretch?.work?.cancel()
            stretch = nil
        }

        private func close() {
            stretch?.isClosed = true
            stretch?.requests.finish()
        }

        /// Sends what there is, as far as the stream takes it.
        private func send() {
            guard let current = stretch else { return }
            let end = min(samples.count, limit(of: current))
            guard end > current.sent else { return }
            transcriber.usage?.sent(transcriber.name, seconds: Double(end - current.sent) / rate)
            for start in stride(from: current.sent, to: end, by: Self.chunk) {
                var message = GoogleStreamingRecognizeRequest()
                message.audioContent = GoogleTranscriber.pcm(samples[start..<min(start + Self.chunk, end)])
                current.requests.yield(message)
            }
            stretch?.sent = end
        }

        /// Where a stream has to end.
        private func limit(of stretch: SpeechStretch) -> Int {
            stretch.start + Int(configuration.streamLength * rate)
        }

        private func take(_ answer: GoogleStreamingRecognizeResponse, from id: Int) throws {
            guard var current = stretch, current.id == id, current.ending == nil else { return }
            if answer.hasError, answer.error.code != 0 {
                throw GoogleFailure(code: Int(answer.error.code), message: answer.error.message)
                    .error(of: "Google's recogniser", .transcription)
            }
            var interim: [String] = []
            for result in answer.results where !result.alternatives.isEmpty {
                guard result.isFinal else {
                    interim.append(result.alternatives[0].transcript)
                    continue
                }
                current.settled.append(
                    SettledSpeech(
                        result.alternatives, language: result.languageCode, endSeconds: result.resultEndTime.inSeconds,
                        start: current.start, isOwnEnd: !current.isClosed))
                interim = []
            }
            if !answer.results.isEmpty { current.interim = SettledPiece.join(interim) }
            if answer.speechEventType == .endOfSingleUtterance { current.isOver = true }
            stretch = current
            if current.isOver { close() }
        }

        private func ended(_ id: Int, _ ending: Result<Void, any Error>) {
            guard stretch?.id == id else { return }
            stretch?.ending = ending
            stretch?.interim = ""
            if hasOnlyReachedALimit(ending), limited != stretch?.settledEnd {
                // The same place twice would be for ever.
                limited = stretch?.settledEnd
                let isClosed = stretch?.isClosed ?? false
                settled += stretch?.settled ?? []
                let start = stretch?.settledEnd ?? 0
                abandon()
                open(at: start)
                send()
                if isClosed { close() }
            } else if case .success = ending, stretch?.sent ?? 0 < samples.count {
                // It was ended so that it would settle.
                let wasWaitedFor = !waiting.isEmpty
                goOn()
                if wasWaitedFor { close() }
            }
            wake()
        }

        /// Whether a stream has ended that could have gone on, but for its length.
        private func hasOnlyReachedALimit(_ ending: Result<Void, any Error>) -> Bool {
            switch ending {
            case .success: stretch.map { !$0.isClosed && !$0.isOver } ?? false
            case .failure(let error):
                (error as? RiposteError)?.underlying.map { GoogleFailure($0).isStreamLimit } ?? false
            }
        }

        private func transcript(of parts: [SettledSpeech], kind: Transcript.Kind) -> Transcript {
            Transcript(
                of: parts.map(\.piece), kind: kind, for: request, assumedConfidence: configuration.assumedConfidence)
        }
    }
#endif
