import Foundation
import RiposteAudio
import RiposteInference

/// How likely a phrase was said in a piece of sound, as a recogniser has it that need not know the phrase.
///
/// The recogniser first writes down what it hears. Then, at each place of this text where a word begins, it is asked how
/// likely the phrase would be there instead: "Alexa" where it wrote "a Lexus". Recognisers write names oddly, but they
/// seldom find the right spelling unlikely.
struct PhraseLikelihood: Sendable {
    /// What was heard in a piece of sound.
    struct Look: Sendable {
        /// What the recogniser wrote.
        var text = ""
        /// The mean log-probability of its tokens.
        var confidence = 0.0
        /// The log-probability of each phrase where it is likeliest.
        var phrases: [Double] = []
    }

    /// Texts longer than this, in tokens, are cut: a window has a few words.
    private static let limit = 24
    /// So many places at most are looked at closely, and only those where the first token is no less likely than this.
    private static let closeLooks = 6
    private static let leastFirst = -14.0
    /// The log-probability of what is not there at all.
    private static let none = -100.0

    private let recognizer: WhisperRecognizer
    /// For each phrase, the ways it may be written, in tokens.
    private let forms: [[[Int]]]

    /// - Parameter spellings: for each phrase, the ways it may be written.
    init(_ recognizer: WhisperRecognizer, spellings: [[String]]) {
        self.recognizer = recognizer
        let tokenizer = recognizer.model.tokenizer
        forms = spellings.map { spellings in
            var seen: Set<[Int]> = []
            return spellings.flatMap { Self.cases(of: $0) }.map { tokenizer.encode(" " + $0) }
                .filter { !$0.isEmpty && seen.insert($0).inserted }
        }
    }

    /// "hey riposte" may be written "Hey Riposte", "Hey, Riposte", "hey riposte".
    private static func cases(of phrase: String) -> [String] {
        let words = phrase.lowercased().split(whereSeparator: \.isWhitespace).map(String.init)
        let titled = words.map { $0.prefix(1).uppercased() + $0.dropFirst() }
        guard words.count > 1 else { return [titled.joined(), words.joined()] }
        return [
            titled.joined(separator: " "), titled[0] + ", " + titled.dropFirst().joined(separator: " "),
            titled[0] + " " + words.dropFirst().joined(separator: " "), words.joined(separator: " "),
        ]
    }

    /// Looks at a piece of sound: mono, 16 kHz, up to a few seconds.
    func look(at sound: [Float]) throws -> Look {
        let run = try RunHandle()
        var spectrogram = recognizer.spectrogram()
        spectrogram.append(sound)
        let sounding = recognizer.sounding(spectrogram, WhisperRecognizer.Hints())
        guard !sounding.isEmpty, spectrogram.loudest > recognizer.configuration.silenceLevel else {
            return Look(phrases: forms.map { _ in Self.none })
        }
        let model = recognizer.model
        let memory = try recognizer.encode(spectrogram, sounding, recognizer.configuration.window, run: run)
        let prompt = model.vocabulary.prompt(language: "en")
        let hypothesis = try WhisperDecoding.hypothesis(
            model, memory, .init(prompt: prompt, limit: Self.limit, draftMargin: 0), run: run)
        var look = Look(
            text: recognizer.text(of: hypothesis.tokens), confidence: hypothesis.averageLogProbability)
        look.phrases = try likelihoods(after: hypothesis.tokens, prompt, memory, run)
        return look
    }

    /// A form of a phrase at a place of the text.
    private struct Candidate {
        var place: Int
        var form: [Int]
        /// The log-probability of its first token there.
        var first: Double
    }

    /// The log-probability of each phrase where it is likeliest.
    private func likelihoods(
        after text: [Int], _ prompt: [Int], _ memory: WhisperModel.Memory, _ run: RunHandle
    ) throws -> [Double] {
        var past = recognizer.model.noPast
        // One run tells what may follow at every place.
        let logits = try recognizer.model.decode(prompt + text, past: &past, memory: memory, run: run)
        let beginnings = Set(forms.joined().map { $0[0] })
        let places = try places(in: text).map { place in
            let row = prompt.count - 1 + place
            return (place: place, scores: try scores(of: beginnings, logits, row: row, isStart: place == 0))
        }
        return try forms.map { forms in
            let candidates = forms.flatMap { form in
                places.map { Candidate(place: $0.place, form: form, first: $0.scores[form[0]] ?? Self.none) }
            }
            var best = Self.none
            // The rest of a phrase can only make it less likely: the best beginnings first.
            for candidate in candidates.sorted(by: { $0.first > $1.first }).prefix(Self.closeLooks) {
                guard candidate.first > max(best, Self.leastFirst) else { break }
                best = max(best, candidate.first + (try likelihood(of: candidate, past, prompt, memory, run)))
            }
            return best
        }
    }

    /// The log-probability of what follows a form's first token.
    private func likelihood(
        of candidate: Candidate, _ past: WhisperModel.Past, _ prompt: [Int], _ memory: WhisperModel.Memory,
        _ run: RunHandle
    ) throws -> Double {
        guard candidate.form.count > 1 else { return 0 }
        var before = try recognizer.model.truncated(past, to: prompt.count + candidate.place)
        let logits = try recognizer.model.decode(
            Array(candidate.form.dropLast()), past: &before, memory: memory, run: run)
        return try candidate.form.dropFirst().enumerated().reduce(0) { sum, next in
            let scores = try scores(of: [next.element], logits, row: next.offset, isStart: false)
            return sum + (scores[next.element] ?? Self.none)
        }
    }

    /// The log-probabilities of tokens in a row of logits.
    private func scores(of tokens: Set<Int>, _ logits: WhisperLogits, row: Int, isStart: Bool) throws -> [Int: Double] {
        let mask = isStart ? recognizer.model.maskAtStart : recognizer.model.mask
        return try mask.withUnsafeBufferPointer { mask in
            try logits.withRow(row, mask: mask, exact: Array(tokens)) { scores in
                let largest = scores.best.logit
                let total = largest + scores.logSum(largest: largest)
                return Dictionary(
                    uniqueKeysWithValues: tokens.map { token in
                        (token, max(Self.none, Double(scores.logits[token] + scores.mask[token] - total)))
                    })
            }
        }
    }

    /// Where in a text a word begins, or could follow.
    private func places(in tokens: [Int]) -> [Int] {
        (0...tokens.count).filter { place in
            place == 0 || place == tokens.count || recognizer.model.tokenizer.startsWord(tokens[place])
        }
    }
}
