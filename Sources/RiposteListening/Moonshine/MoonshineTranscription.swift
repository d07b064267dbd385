import Foundation
import RiposteCore
import RiposteInference
import Synchronization

/// One utterance as Moonshine recognises it. Long sound is cut at its quietest places; what lies before a cut is final.
actor MoonshineTranscription: Transcription {
    /// Longer sound is cut, between the first and the second of these samples: 12 s and 20 s.
    private static let cut = 192_000..<320_000
    /// The cut is where this much sound, a fifth of a second, is quietest.
    private static let reach = 3200
    /// Loudness is compared every 10 ms.
    private static let step = 160

    private let model: MoonshineModel
    private let configuration: MoonshineTranscriber.Configuration
    private let thread: InferenceThread
    nonisolated var unownedExecutor: UnownedSerialExecutor { thread.asUnownedSerialExecutor() }

    /// Sound that has not been looked at. Not the actor's own, so that it takes sound while the actor computes.
    private nonisolated let inbox = Mutex<[Float]>([])

    private var samples: [Float] = []
    private var pieces: [MoonshineModel.Hypothesis] = []
    /// What was understood of `samples`, while nothing has been added.
    private var latest: MoonshineModel.Hypothesis?

    init(model: MoonshineModel, configuration: MoonshineTranscriber.Configuration, thread: InferenceThread) {
        self.model = model
        self.configuration = configuration
        self.thread = thread
    }

    nonisolated func append(_ samples: [Float]) async {
        inbox.withLock { $0.append(contentsOf: samples) }
    }

    func partial() async throws -> Transcript { try await transcript(.partial) }

    func final() async throws -> Transcript { try await transcript(.final) }

    /// Ends the model's runs soon after the task is cancelled.
    private func transcript(_ kind: Transcript.Kind) async throws -> Transcript {
        let run = try RunHandle()
        return try await withTaskCancellationHandler {
            guard !Task.isCancelled else {
                throw RiposteError(.cancelled, .transcription, "The transcription was cancelled.")
            }
            try takeSound(run: run)
            let last = try latest ?? recognize(samples, run: run)
            latest = last
            return transcript(of: pieces + [last], kind)
        } onCancel: {
            run.cancel()
        }
    }

    private func takeSound(run: RunHandle) throws {
        let sound = inbox.withLock { inbox in
            defer { inbox = [] }
            return inbox
        }
        guard !sound.isEmpty || samples.count > Self.cut.upperBound else { return }
        samples += sound
        latest = nil
        while samples.count > Self.cut.upperBound {
            let place = quietestPlace()
            pieces.append(try recognize(Array(samples[..<place]), run: run))
            samples.removeFirst(place)
        }
    }

    private func quietestPlace() -> Int {
        let energies = stride(from: Self.cut.lowerBound, to: Self.cut.upperBound, by: Self.step).map { start in
            samples[start..<(start + Self.step)].reduce(0) { $0 + $1 * $1 }
        }
        let width = Self.reach / Self.step
        let quietest = (0..<(energies.count - width)).min { first, second in
            energies[first..<(first + width)].reduce(0, +) < energies[second..<(second + width)].reduce(0, +)
        }
        return Self.cut.lowerBound + ((quietest ?? 0) + width / 2) * Self.step
    }

    private func recognize(_ samples: [Float], run: RunHandle) throws -> MoonshineModel.Hypothesis {
        guard samples.count >= MoonshineModel.shortest,
            samples.contains(where: { abs($0) > configuration.silenceLevel })
        else { return MoonshineModel.Hypothesis() }
        var hypothesis = try model.recognize(samples, run: run)
        hypothesis.tokens = Repetition.withoutLoop(hypothesis.tokens)
        return hypothesis
    }

    private func transcript(of all: [MoonshineModel.Hypothesis], _ kind: Transcript.Kind) -> Transcript {
        let texts = all.map { model.tokenizer.text(of: $0.tokens) }
        let weight = all.reduce(0) { $0 + $1.tokens.count }
        let confidence = all.reduce(0) { $0 + Double($1.tokens.count) * $1.confidence }
        let spoken = texts.filter { !$0.isEmpty }
        var transcript = Transcript(
            text: spoken.joined(separator: " "), kind: kind, language: "en",
            confidence: weight > 0 ? confidence / Double(weight) : 0, noSpeechProbability: spoken.isEmpty ? 1 : 0)
        transcript.stablePrefix =
            kind == .final ? transcript.text : texts.dropLast().filter { !$0.isEmpty }.joined(separator: " ")
        return transcript
    }
}
