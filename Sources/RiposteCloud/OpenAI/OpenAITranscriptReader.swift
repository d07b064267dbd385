import Foundation
import RiposteCore

/// Reads the answer to a recording as it comes: the events of a streamed transcript, or, from servers and models that do
/// not stream, the whole transcript as one object.
struct OpenAITranscriptReader {
    private struct Event: Decodable {
        struct Fault: Decodable {
            var message: String?
        }
        struct Token: Decodable {
            var logprob: Double
        }
        var type: String
        var delta: String?
        var text: String?
        var logprobs: [Token]?
        var error: Fault?
    }

    /// What is understood so far. It only grows.
    private(set) var text = ""
    private var events = ServerSentEventReader()
    /// The whole answer, where it is one object.
    private var object: Data?
    private var hasBegun = false
    private var final: String?
    private var logProbabilities: [Double] = []
    private var finalProbabilities: [Double] = []

    /// - Returns: whether `text` has grown.
    /// - Throws: `.engineFailed` for what is no event, or tells of an error.
    mutating func read(_ bytes: Data) throws -> Bool {
        if !hasBegun, let first = bytes.first(where: { !" \r\n\t".utf8.contains($0) }) {
            hasBegun = true
            if first == UInt8(ascii: "{") { object = Data() }
        }
        if object != nil {
            object? += bytes
            return false
        }
        let length = text.count
        for event in events.read(bytes) { try take(event) }
        guard !events.isOverlong else { throw Self.garbage }
        return text.count > length
    }

    /// The answer is over.
    /// - Throws: `.engineFailed` where it broke off.
    mutating func transcript(_ request: TranscriptionRequest, assumedConfidence: Double) throws -> Transcript {
        if let object {
            guard let answer = try? JSONDecoder().decode(OpenAITranscript.self, from: object) else {
                throw Self.garbage
            }
            return answer.transcript(request, assumedConfidence: assumedConfidence)
        }
        if let last = events.finish() { try take(last) }
        guard let final else { throw RiposteError(.engineFailed, .transcription, "The transcript breaks off.") }
        let known = finalProbabilities.isEmpty ? logProbabilities : finalProbabilities
        let confidence =
            known.isEmpty ? assumedConfidence : min(1, exp(known.reduce(0, +) / Double(known.count)))
        return Transcript(
            text: final.trimmingCharacters(in: .whitespacesAndNewlines), language: request.language,
            confidence: confidence)
    }

    private mutating func take(_ json: String) throws {
        // As the protocol's other streams end.
        if json == "[DONE]" { return }
        guard let event = try? JSONDecoder().decode(Event.self, from: Data(json.utf8)) else { throw Self.garbage }
        switch event.type {
        case "transcript.text.delta":
            text += event.delta ?? ""
            logProbabilities += event.logprobs?.map(\.logprob) ?? []
        case "transcript.text.done":
            final = event.text ?? text
            finalProbabilities = event.logprobs?.map(\.logprob) ?? []
        case "error":
            throw RiposteError(
                .engineFailed, .transcription,
                "The transcript broke off: \(event.error?.message.map { String($0.prefix(300)) } ?? "an error").")
        // What will come.
        default: break
        }
    }

    private static var garbage: RiposteError {
        RiposteError(.engineFailed, .transcription, "The transcript is not of OpenAI's form.")
    }
}
