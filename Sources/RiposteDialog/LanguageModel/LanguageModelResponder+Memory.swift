import Foundation
import RiposteCore

// What a model is told of a conversation: its latest exchanges as they were, the earlier ones in short.
extension LanguageModelResponder {
    func messages(_ utterance: Transcript, _ conversation: Conversation) -> [LanguageModelMessage] {
        let start = windowStart(conversation.turns)
        // In one message: many models' templates take no second one of the system's.
        var instructions = configuration.instructions
        if let earlier = earlier(conversation, before: start) {
            instructions += "\n\nEarlier in this conversation: \(earlier)"
        }
        var messages = [LanguageModelMessage(role: "system", content: instructions)]
        for turn in conversation.turns[start...] {
            if !turn.user.isEmpty { messages.append(.init(role: "user", content: turn.user)) }
            if !turn.assistant.isEmpty { messages.append(.init(role: "assistant", content: turn.assistant)) }
        }
        return messages + [.init(role: "user", content: utterance.text)]
    }

    /// Where the exchanges begin that are told as they were.
    func windowStart(_ turns: [Conversation.Turn]) -> Int {
        var (start, length) = (turns.count, 0)
        while start > 0, turns.count - start < configuration.window {
            length += turns[start - 1].user.count + turns[start - 1].assistant.count
            guard length <= configuration.windowLength else { break }
            start -= 1
        }
        return start
    }

    /// What came before the window: as a model has summed it up, and what it has not come to by the user's own
    /// sentences.
    private func earlier(_ conversation: Conversation, before start: Int) -> String? {
        let known = digests.known(of: conversation)
        let covered = min(known?.covered ?? 0, start)
        let rest = DigestExtraction.text(
            of: conversation.turns[covered..<start], longest: configuration.summaryLength / 2)
        let parts = [known?.text ?? "", rest.isEmpty ? "" : "The user said: \(rest)"].filter { !$0.isEmpty }
        return parts.isEmpty ? nil : parts.joined(separator: " ")
    }

    /// Has what has left the window summed up, once nobody has asked anything for a while.
    func sumUpLater(_ conversation: Conversation) {
        guard configuration.summaryLength > 0 else { return }
        let start = windowStart(conversation.turns)
        let covered = min(digests.known(of: conversation)?.covered ?? 0, start)
        guard start - covered >= configuration.leastSummed else { return }
        digests.begin(in: conversation.id, after: configuration.idle) { await sumUp(conversation, covered..<start) }
    }

    private func sumUp(_ conversation: Conversation, _ range: Range<Int>) async {
        let known = digests.known(of: conversation)?.text ?? ""
        // What is too much at once is summed up the next time.
        var (end, length, text) = (range.lowerBound, 0, "")
        for turn in conversation.turns[range] {
            let lines = "User: \(turn.user)\nAssistant: \(turn.assistant)\n"
            length += lines.count
            if length > configuration.windowLength, end > range.lowerBound { break }
            text += String(lines.prefix(configuration.windowLength))
            end += 1
        }
        let before = known.isEmpty ? "" : "What is known so far: \(known)\n\n"
        let messages = [
            LanguageModelMessage(role: "system", content: configuration.summaryInstructions),
            LanguageModelMessage(role: "user", content: before + text),
        ]
        for endpoint in endpoints {
            guard let summary = try? await summary(messages, endpoint) else {
                if Task.isCancelled { return }
                continue
            }
            return digests.keep(summary, of: conversation.turns[..<end], in: conversation.id)
        }
    }

    /// - Throws: as the endpoint; `.engineFailed` where it says nothing.
    private func summary(_ messages: [LanguageModelMessage], _ endpoint: LanguageModelEndpoint) async throws -> String {
        let limits = HTTPStream.Limits(
            first: configuration.whole, idle: configuration.nextWord, total: configuration.whole)
        // A token is about four characters.
        let request = CompletionRequest(
            messages: messages, temperature: 0, longest: max(32, configuration.summaryLength / 3))
        var (cleaner, text) = (SpokenMarkup(), "")
        for try await piece in endpoint.completion(request, limits: limits) {
            if case .text(let more) = piece { text += cleaner.clean(more) }
            if text.count >= configuration.summaryLength { break }
        }
        try Task.checkCancellation()
        let summary = text.prefix(configuration.summaryLength).trimmingCharacters(in: .whitespacesAndNewlines)
        guard !summary.isEmpty else { throw RiposteError(.engineFailed, .dialog, "The language model said nothing.") }
        return summary
    }
}
