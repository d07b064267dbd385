/// The words of the session itself. Everything else is said by the responder.
public struct Phrases: Sendable, Equatable, Codable {
    /// Nothing was understood.
    public var notUnderstood = "I didn't catch that. Could you say it again?"
    /// Nothing was understood, again.
    public var troubleHearing = "I'm having trouble hearing you. Try moving closer to the microphone."
    /// Not sure about the words; `{text}` stands for them.
    public var confirm = "Did you say: {text}?"
    /// After "no" to `confirm`.
    public var sayAgain = "Sorry. Please say it again."
    /// Nobody has spoken for a while.
    public var stillThere = "Are you still there? Say something if you need help."
    /// An engine failed or took too long.
    public var trouble = "Sorry, something went wrong. Please try again."

    public init() {}

    func text(for phrase: Phrase) -> String {
        switch phrase {
        case .notUnderstood: notUnderstood
        case .troubleHearing: troubleHearing
        case .confirm(let text):
            confirm.replacing("{text}", with: text.trimmingSuffix { ".?!,; ".contains($0) })
        case .sayAgain: sayAgain
        case .stillThere: stillThere
        case .trouble: trouble
        case .alarm(let alarm): alarm.text
        }
    }

    /// Everything that is always the same, to be spoken once in advance.
    public var fixed: [String] { [notUnderstood, troubleHearing, sayAgain, stillThere, trouble] }
}

extension String {
    func trimmingSuffix(while predicate: (Character) -> Bool) -> String {
        var end = endIndex
        while end > startIndex, predicate(self[index(before: end)]) { end = index(before: end) }
        return String(self[..<end])
    }
}
