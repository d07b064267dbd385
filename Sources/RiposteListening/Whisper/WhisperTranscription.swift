import Foundation
import RiposteAudio
import RiposteCore
import RiposteInference
import Synchronization

/// One utterance as Whisper recognises it.
///
/// Sound is only put aside by `append`; it is looked at when a transcript is asked for. Each transcript starts from the
/// hypothesis before: as far as that still holds it costs a single run of the decoder.
///
/// Sound longer than Whisper's window is cut at its quietest places; what lies before a cut is final.
actor WhisperTranscription: Transcription {
    /// A piece of a long utterance that is done.
    private struct Piece {
        var result: WhisperRecognizer.Result
        var transcript: Transcript
    }

    /// Longer sound is cut, between the first and the second of these frames: 20 s and 28 s.
    private static let cut = 2000..<2800

    private let recognizer: WhisperRecognizer
    private let request: TranscriptionRequest
    private let bias: PhraseBias?
    /// The request's prompt, in tokens.
    private let previous: [Int]
    private let thread: InferenceThread
    nonisolated var unownedExecutor: UnownedSerialExecutor { thread.asUnownedSerialExecutor() }

    /// Sound that has not been looked at. Not the actor's own, so that it takes sound while the actor computes.
    private nonisolated let inbox = Mutex<[Float]>([])

    private var spectrogram: LogMelSpectrogram
    private var voiceActivity: (any WindowScorer)?
    /// Sound that does not fill a window of voice activity yet.
    private var unscored: [Float] = []
    private var hasVoice = false
    private var pieces: [Piece] = []
    /// Frames in `pieces`.
    private var doneFrames = 0
    private var draft: [Int] = []
    private var agreement: HypothesisAgreement

    init(
        recognizer: WhisperRecognizer, request: TranscriptionRequest, bias: PhraseBias?,
        voiceActivity: (any WindowScorer)?, thread: InferenceThread
    ) {
        self.bias = bias
        self.recognizer = recognizer
        self.request = request
        self.thread = thread
        self.voiceActivity = voiceActivity
        let prompt = request.prompt?.trimmingCharacters(in: .whitespacesAndNewlines) ?? ""
        previous = prompt.isEmpty ? [] : recognizer.model.tokenizer.encode(" " + prompt)
        spectrogram = recognizer.spectrogram()
        agreement = Self.agreement(recognizer.configuration)
    }

    private static func agreement(_ configuration: WhisperTranscriber.Configuration) -> HypothesisAgreement {
        HypothesisAgreement(needed: configuration.settlingHypotheses, withheld: configuration.withheldWords)
    }

    nonisolated func append(_ samples: [Float]) async {
        inbox.withLock { $0.append(contentsOf: samples) }
    }

    func partial() async throws -> Transcript {
        try await cancellable { run in
            let hasGrown = try takeSound(run: run)
            let result = try recognize(isFinal: false, run: run)
            let tokens = Repetition.withoutLoop(result.hypothesis.tokens)
            draft = tokens
            if hasGrown { agreement.add(tokens, startsWord: recognizer.model.tokenizer.startsWord) }
            return transcript(of: result, kind: .partial)
        }
    }

    func final() async throws -> Transcript {
        try await cancellable { run in
            _ = try takeSound(run: run)
            let result = try recognize(isFinal: true, run: run)
            draft = result.hypothesis.tokens
            return transcript(of: result, kind: .final)
        }
    }

    /// Ends the models' runs soon after the task is cancelled.
    private func cancellable<Result>(_ body: (RunHandle) throws -> Result) async throws -> Result {
        let run = try RunHandle()
        return try await withTaskCancellationHandler {
            guard !Task.isCancelled else {
                throw RiposteError(.cancelled, .transcription, "The transcription was cancelled.")
            }
            return try body(run)
        } onCancel: {
            run.cancel()
        }
    }

    private func recognize(isFinal: Bool, run: RunHandle) throws -> WhisperRecognizer.Result {
        guard voiceActivity == nil || hasVoice else {
            return WhisperRecognizer.Result(language: request.language, isSilence: true)
        }
        var hints = WhisperRecognizer.Hints()
        hints.language = request.language
        hints.candidateLanguages = request.candidateLanguages
        hints.task = request.task
        hints.previous = previous
        hints.bias = bias
        hints.draft = draft
        hints.settled = agreement.settled.count
        hints.isExact = isFinal
        hints.allowsFallback = isFinal
        hints.wantsWords = request.wantsWords && isFinal
        return try recognizer.recognize(spectrogram, hints, run: run)
    }

    /// Looks at the sound that has come.
    /// - Returns: whether there was any.
    private func takeSound(run: RunHandle) throws -> Bool {
        let sound = inbox.withLock { inbox in
            defer { inbox = [] }
            return inbox
        }
        try listen(for: sound)
        spectrogram.append(sound)
        while spectrogram.settledFrameCount > Self.cut.upperBound { try finishPiece(run: run) }
        return !sound.isEmpty
    }

    private func listen(for sound: [Float]) throws {
        guard var scorer = voiceActivity else { return }
        unscored += sound
        let length = scorer.windowLength
        var start = 0
        while start + length <= unscored.count {
            if try scorer.score(unscored[start..<(start + length)]) >= 0.5 { hasVoice = true }
            start += length
        }
        unscored.removeFirst(start)
        voiceActivity = scorer
    }

    /// Recognises the sound up to its quietest place and goes on after it.
    private func finishPiece(run: RunHandle) throws {
        let loudness = spectrogram.loudness(of: Self.cut)
        // Over a fifth of a second, so that it falls between words.
        let reach = 10
        let quietest = (reach..<(loudness.count - reach)).min { first, second in
            loudness[(first - reach)...(first + reach)].reduce(0, +)
                < loudness[(second - reach)...(second + reach)].reduce(0, +)
        }
        let frames = Self.cut.lowerBound + (quietest ?? loudness.count)
        var hints = WhisperRecognizer.Hints()
        hints.language = request.language
        hints.candidateLanguages = request.candidateLanguages
        hints.task = request.task
        hints.previous = previous
        hints.bias = bias
        hints.draft = draft
        hints.settled = agreement.settled.count
        hints.frames = frames
        hints.wantsWords = request.wantsWords
        let result =
            voiceActivity == nil || hasVoice
            ? try recognizer.recognize(spectrogram, hints, run: run)
            : WhisperRecognizer.Result(language: request.language, isSilence: true)
        pieces.append(Piece(result: result, transcript: transcript(ofPiece: result)))
        spectrogram.removeFirst(frames: frames)
        doneFrames += frames
        draft = []
        agreement = Self.agreement(recognizer.configuration)
    }

    /// One piece, with its words' times from the start of the utterance.
    private func transcript(ofPiece result: WhisperRecognizer.Result) -> Transcript {
        var transcript = recognizer.transcript(of: result)
        let offset = Double(doneFrames * LogMelSpectrogram.hop) / 16_000
        for index in transcript.words.indices {
            transcript.words[index].start += offset
            transcript.words[index].end += offset
        }
        return transcript
    }

    /// All pieces and the one that is being said.
    private func transcript(of result: WhisperRecognizer.Result, kind: Transcript.Kind) -> Transcript {
        let last = transcript(ofPiece: result)
        let all = pieces.map(\.transcript) + [last]
        let spoken = all.filter { !$0.text.isEmpty }
        let done = pieces.map(\.transcript.text).filter { !$0.isEmpty }
        let settled = result.isSilence ? "" : recognizer.text(of: agreement.settled)
        let weights = zip(pieces.map(\.result) + [result], all).filter { !$0.1.text.isEmpty }
            .map { (Double($0.0.hypothesis.logProbabilities.count), $0.1.confidence) }
        let weight = weights.reduce(0) { $0 + $1.0 }
        var transcript = Transcript(
            text: spoken.map(\.text).joined(separator: " "), kind: kind,
            language: all.lazy.compactMap(\.language).first,
            confidence: weight > 0 ? weights.reduce(0) { $0 + $1.0 * $1.1 } / weight : 0,
            noSpeechProbability: all.map(\.noSpeechProbability).min() ?? 1, words: spoken.flatMap(\.words))
        if spoken.count == 1 { transcript.evidence = spoken[0].evidence }
        let results = pieces.map(\.result) + [result]
        transcript.languageProbability = results.lazy.compactMap(\.languageProbability).first
        transcript.stablePrefix =
            kind == .final
            ? transcript.text : (done + (settled.isEmpty ? [] : [settled])).joined(separator: " ")
        return transcript
    }
}
