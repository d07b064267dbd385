import Foundation
import RiposteCore

/// What every responder must do, whatever it answers with.
///
/// The checks return what is wrong instead of failing by themselves, so that they run under any test library:
///
///     let problems = await ResponderConformance.problems(of: BuiltInResponder())
///     #expect(problems.isEmpty)
public enum ResponderConformance {
    /// A broken rule, in words that name the utterance.
    public struct Problem: Sendable, Equatable, CustomStringConvertible {
        public var utterance: String
        public var message: String
        public var description: String { "\u{201C}\(utterance.prefix(80))\u{201D}: \(message)" }
    }

    /// Ordinary requests, and everything a recogniser may hand over when it goes wrong.
    public static let utterances: [String] = [
        "What time is it?", "set a timer for ten minutes", "Goodbye.", "", " ", "...", "?", "You", "\n\t\n",
        "Thank you.",
        "日本語で話してください", "🙂🙃", "a\u{0301}e\u{0301}", "\u{202E}abc", "[BLANK_AUDIO]", "9999999999999999999999999999",
        String(repeating: "la ", count: 5_000), String(repeating: "x", count: 20_000), "0/0", "NaN", "'", "\u{0}",
    ]

    /// Checks a responder against the role.
    ///
    /// - Loading twice is fine.
    /// - Each utterance is answered, without an error, with text that can be spoken.
    /// - The same question at the same moment gets the same answer with the same effects: answering has no
    ///   effect of its own, so the session may ask early and drop the answer.
    /// - Several conversations at once don't disturb each other.
    /// - Giving up on an answer does no harm.
    /// - Parameter isDeterministic: false for one that may word the same answer differently each time.
    public static func problems(
        of responder: some Responder, utterances: [String] = utterances, isDeterministic: Bool = true
    ) async -> [Problem] {
        var problems: [Problem] = []
        do {
            try await responder.load()
            try await responder.load()
        } catch {
            problems.append(Problem(utterance: "", message: "loading failed: \(error)"))
        }
        for utterance in utterances {
            problems += await check(responder, utterance, isDeterministic)
        }
        problems += await checkConcurrency(responder, utterances, isDeterministic)
        return problems
    }

    private static func conversation(_ id: String = "conformance") -> Conversation {
        Conversation(id: id, now: Date(timeIntervalSince1970: 1_780_482_600))
    }

    private static func answer(_ responder: some Responder, _ text: String, _ conversation: Conversation) async throws
        -> [Reply]
    {
        var replies: [Reply] = []
        for try await reply in responder.reply(to: Transcript(text: text), in: conversation) { replies.append(reply) }
        return replies
    }

    private static func check(_ responder: some Responder, _ utterance: String, _ isDeterministic: Bool) async
        -> [Problem]
    {
        do {
            let first = try await answer(responder, utterance, conversation())
            var problems = wrong(with: first).map { Problem(utterance: utterance, message: $0) }
            let abandoned = Task {
                for try await _ in responder.reply(to: Transcript(text: utterance), in: conversation()) { break }
            }
            abandoned.cancel()
            _ = await abandoned.result
            if isDeterministic, try await answer(responder, utterance, conversation()) != first {
                problems.append(Problem(utterance: utterance, message: "the second answer differs from the first"))
            }
            return problems
        } catch {
            return [Problem(utterance: utterance, message: "failed: \(error)")]
        }
    }

    private static func wrong(with replies: [Reply]) -> [String] {
        var problems: [String] = []
        let text = replies.map(\.text).joined()
        if !text.contains(where: { $0.isLetter || $0.isNumber }) { problems.append("there is nothing to say") }
        for (one, next) in zip(replies, replies.dropFirst()) where !one.text.isEmpty && !next.text.isEmpty {
            let joint = [one.text.last, next.text.first].compactMap { $0 }
            if one.text.last.map({ ".?!".contains($0) }) == true, !joint.contains(where: \.isWhitespace) {
                problems.append("two sentences run together: \(one.text)\(next.text)")
            }
        }
        let alarms = replies.flatMap(\.effects).compactMap { effect -> Alarm? in
            if case .schedule(let alarm) = effect { alarm } else { nil }
        }
        if Set(alarms.map(\.id)).count != alarms.count { problems.append("two alarms share an identifier") }
        for alarm in alarms {
            if alarm.text.isEmpty { problems.append("an alarm has nothing to say") }
            if alarm.due <= conversation().now { problems.append("an alarm is due in the past") }
        }
        return problems
    }

    private static func checkConcurrency(
        _ responder: some Responder, _ utterances: [String], _ isDeterministic: Bool
    ) async -> [Problem] {
        guard isDeterministic else { return [] }
        return await withTaskGroup(of: Problem?.self) { group in
            for (index, utterance) in utterances.enumerated() {
                group.addTask {
                    let alone = try? await answer(responder, utterance, conversation())
                    let beside = try? await answer(responder, utterance, conversation("conformance \(index)"))
                    return alone == beside
                        ? nil : Problem(utterance: utterance, message: "differs between conversations at once")
                }
            }
            return await group.reduce(into: []) { problems, problem in
                if let problem { problems.append(problem) }
            }
        }
    }
}
