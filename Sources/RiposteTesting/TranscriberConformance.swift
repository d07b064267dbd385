import RiposteCore

/// What any transcriber must keep, whatever its model.
public enum TranscriberConformance {
    /// Checks a transcriber.
    /// - Parameters:
    ///   - speech: a spoken sentence, mono, 16 kHz, a few seconds.
    ///   - words: some of its words, in lower case, that any engine understands.
    /// - Throws: `ConformanceFailure` that says what does not hold; whatever the transcriber throws.
    public static func check(_ transcriber: some Transcriber, speech: [Float], words: [String]) async throws {
        try require(!transcriber.name.isEmpty, "a transcriber has a name")
        try await transcriber.load()
        try await transcriber.load()
        let whole = try await transcriber.transcribe(speech)
        try check(whole, words: words)
        try await checkSilence(transcriber)
        try await checkPieces(transcriber, speech: speech, whole: whole)
        try await checkConcurrency(transcriber, speech: speech, whole: whole)
        try await checkCancellation(transcriber, speech: speech, whole: whole)
        await transcriber.unload()
        try require(
            try await transcriber.transcribe(speech).text == whole.text,
            "it understands the same after it was unloaded")
    }

    private static func check(_ whole: Transcript, words: [String]) throws {
        try require(whole.kind == .final, "the last transcript is final")
        try require((0...1).contains(whole.confidence), "confidence is 0 … 1")
        try require((0...1).contains(whole.noSpeechProbability), "the probability of no speech is 0 … 1")
        try require(
            whole.text.first?.isWhitespace != true && whole.text.last?.isWhitespace != true,
            "no space around the text")
        let text = whole.text.lowercased()
        for word in words { try require(text.contains(word), "“\(word)” is understood, not “\(whole.text)”") }
    }

    private static func checkSilence(_ transcriber: some Transcriber) async throws {
        try require(try await transcriber.transcribe([]).isEmpty, "no sound has no words")
        try require(
            try await transcriber.transcribe([Float](repeating: 0, count: 32_000)).isEmpty,
            "digital silence has no words")
        try require(try await transcriber.transcribe([0.01]).isEmpty, "a single sample has no words")
    }

    /// The sound in pieces, with transcripts asked for in between.
    private static func checkPieces(
        _ transcriber: some Transcriber, speech: [Float], whole: Transcript
    ) async throws {
        let quiet = try await transcriber.beginUtterance(.init())
        for start in stride(from: 0, to: speech.count, by: 1234) {
            await quiet.append(Array(speech[start..<min(start + 1234, speech.count)]))
        }
        try require(try await quiet.final().text == whole.text, "sound in pieces is understood as the whole")
        try require(try await quiet.final().text == whole.text, "asking again changes nothing")

        let utterance = try await transcriber.beginUtterance(.init())
        var stable = ""
        for start in stride(from: 0, to: speech.count, by: 8000) {
            await utterance.append(Array(speech[start..<min(start + 8000, speech.count)]))
            let partial = try await utterance.partial()
            try require(partial.kind != .final, "a partial transcript is not final")
            try require(
                partial.stablePrefix.hasPrefix(stable),
                "what was stable stays: “\(stable)” became “\(partial.stablePrefix)”")
            stable = partial.stablePrefix
        }
        let final = try await utterance.final()
        try require(final.text.hasPrefix(stable), "what was stable is in the final transcript")
    }

    private static func checkConcurrency(
        _ transcriber: some Transcriber, speech: [Float], whole: Transcript
    ) async throws {
        let half = Array(speech.prefix(speech.count / 2))
        let alone = try await transcriber.transcribe(half)
        async let first = transcriber.transcribe(speech)
        async let second = transcriber.transcribe(half)
        async let third = transcriber.transcribe(speech)
        let texts = try await [first.text, second.text, third.text]
        try require(texts == [whole.text, alone.text, whole.text], "utterances at once do not touch each other")
    }

    private static func checkCancellation(
        _ transcriber: some Transcriber, speech: [Float], whole: Transcript
    ) async throws {
        let utterance = try await transcriber.beginUtterance(.init())
        await utterance.append(speech)
        let task = Task { try await utterance.final() }
        task.cancel()
        if case .success(let transcript) = await task.result {
            try require(transcript.text == whole.text, "a cancelled transcription fails or is whole")
        }
        try require(
            try await utterance.final().text == whole.text, "an utterance can be asked again after a cancellation")
    }

    private static func require(_ condition: Bool, _ rule: String) throws {
        if !condition { throw ConformanceFailure(rule: rule) }
    }
}
