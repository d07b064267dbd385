import RiposteCore

/// What two nodes of this project tell each other beyond the protocol, in the `context` of an event: so work that is given
/// to another node is done as it would be at home.
///
/// Each value may be missing: nodes need not be of the same version.
package enum WyomingWork {
    /// The name of these values in a `context`.
    package static let key = "riposte"

    // MARK: Recognition

    /// What is asked. That it is there at all says that the client has found where the utterance begins and ends.
    package static func values(_ request: TranscriptionRequest) -> [String: SlotValue] {
        var values: [String: SlotValue] = [
            "task": .text(request.task.rawValue), "boost": .number(request.boost), "words": .bool(request.wantsWords),
        ]
        if !request.phrases.isEmpty { values["phrases"] = .list(request.phrases.map { .text($0) }) }
        if !request.candidateLanguages.isEmpty {
            values["languages"] = .list(request.candidateLanguages.map { .text($0) })
        }
        if let prompt = request.prompt { values["prompt"] = .text(prompt) }
        return values
    }

    /// - Parameter language: that the event names; nil: it is to be found out.
    package static func request(_ values: [String: SlotValue], language: String?) -> TranscriptionRequest {
        var request = TranscriptionRequest(language: language)
        request.phrases = texts(values["phrases"])
        request.candidateLanguages = texts(values["languages"])
        request.prompt = values["prompt"]?.text
        if let task = values["task"]?.text.flatMap(TranscriptionRequest.Task.init) { request.task = task }
        if let boost = number(values["boost"]) { request.boost = min(20, max(0, boost)) }
        if values["words"] == .bool(true) { request.wantsWords = true }
        return request
    }

    package static func values(_ transcript: Transcript) -> [String: SlotValue] {
        var values: [String: SlotValue] = [
            "confidence": .number(transcript.confidence), "no_speech": .number(transcript.noSpeechProbability),
        ]
        if !transcript.words.isEmpty {
            values["words"] = .list(
                transcript.words.map {
                    .object([
                        "text": .text($0.text), "start": .number($0.start), "end": .number($0.end),
                        "confidence": .number($0.confidence),
                    ])
                })
        }
        return values
    }

    /// Adds what was told to a transcript that has its text.
    package static func complete(_ transcript: inout Transcript, _ values: [String: SlotValue]) {
        if let confidence = number(values["confidence"]) { transcript.confidence = min(1, max(0, confidence)) }
        if let noSpeech = number(values["no_speech"]) { transcript.noSpeechProbability = min(1, max(0, noSpeech)) }
        guard case .list(let words)? = values["words"] else { return }
        transcript.words = words.compactMap { word in
            guard case .object(let word) = word, let text = word["text"]?.text, let start = number(word["start"]),
                let end = number(word["end"])
            else { return nil }
            let confidence = number(word["confidence"]) ?? transcript.confidence
            return .init(text: text, start: start, end: end, confidence: min(1, max(0, confidence)))
        }
    }

    // MARK: Speech

    /// How to speak. The volume is the client's: it is applied where it is heard.
    package static func values(_ options: SpeechOptions) -> [String: SlotValue] {
        var values: [String: SlotValue] = ["rate": .number(options.rate)]
        if let pitch = options.pitch { values["pitch"] = .number(pitch) }
        return values
    }

    /// Full volume, and the rest as it was told.
    package static func options(_ values: [String: SlotValue]) -> SpeechOptions {
        var options = SpeechOptions(volume: 1)
        if let rate = number(values["rate"]) { options.rate = min(450, max(80, rate)) }
        if let pitch = number(values["pitch"]) { options.pitch = min(2, max(0.5, pitch)) }
        return options
    }

    private static func texts(_ value: SlotValue?) -> [String] {
        if case .list(let values)? = value { values.compactMap(\.text) } else { [] }
    }

    private static func number(_ value: SlotValue?) -> Double? {
        if case .number(let number)? = value, number.isFinite { number } else { nil }
    }
}
