import RiposteCore
import Synchronization

/// What language models have made of the beginnings of long conversations, and the work on it.
///
/// A digest counts only for a conversation that begins with the very exchanges it was made of.
final class ConversationDigests: Sendable {
    /// Conversations whose digests are kept; the one that was quiet longest is forgotten first.
    private static let most = 64

    private struct Digest {
        var covered: Int
        var fingerprint: Int
        var text: String
    }

    private struct State {
        var digests: [String: Digest] = [:]
        var order: [String] = []
        var work: [String: Task<Void, Never>] = [:]
    }

    private let state = Mutex(State())

    /// What is known of the first exchanges, and how many they are.
    func known(of conversation: Conversation) -> (covered: Int, text: String)? {
        guard let digest = state.withLock({ $0.digests[conversation.id] }), digest.covered <= conversation.turns.count,
            Self.fingerprint(conversation.turns[..<digest.covered]) == digest.fingerprint
        else { return nil }
        return (digest.covered, digest.text)
    }

    func keep(_ text: String, of turns: ArraySlice<Conversation.Turn>, in id: String) {
        let digest = Digest(covered: turns.count, fingerprint: Self.fingerprint(turns), text: text)
        state.withLock { state in
            state.digests[id] = digest
            state.order.removeAll { $0 == id }
            state.order.append(id)
            while state.order.count > Self.most { state.digests[state.order.removeFirst()] = nil }
        }
    }

    /// Works on a digest once nobody has asked anything for a while.
    func begin(in id: String, after delay: Double, _ work: @escaping @Sendable () async -> Void) {
        let task = Task(priority: .background) {
            guard (try? await Task.sleep(for: .seconds(delay))) != nil else { return }
            await work()
        }
        state.withLock { state in
            state.work[id]?.cancel()
            state.work[id] = task
        }
    }

    /// An answer comes first: the model is left to it.
    func pause(in id: String) {
        state.withLock { $0.work.removeValue(forKey: id) }?.cancel()
    }

    private static func fingerprint(_ turns: ArraySlice<Conversation.Turn>) -> Int {
        var hasher = Hasher()
        for turn in turns {
            hasher.combine(turn.user)
            hasher.combine(turn.assistant)
        }
        return hasher.finalize()
    }

    deinit {
        state.withLock { state in
            for task in state.work.values { task.cancel() }
        }
    }
}

/// Picks out of what a user said what is most worth remembering, where no model has summed it up.
enum DigestExtraction {
    /// - Parameter longest: in characters.
    /// - Returns: the user's own sentences, in their order; empty where none says anything.
    static func text(of turns: ArraySlice<Conversation.Turn>, longest: Int) -> String {
        let said = turns.enumerated().flatMap { place, turn in
            sentences(of: turn.user).map { (place: place, text: $0, worth: worth($0)) }
        }
        var chosen: [(place: Int, text: String)] = []
        var length = 0
        for sentence in said.filter({ $0.worth > 0 }).sorted(by: { ($0.worth, $0.place) > ($1.worth, $1.place) })
        where length + sentence.text.count + 1 <= longest && !chosen.contains(where: { $0.text == sentence.text }) {
            chosen.append((sentence.place, sentence.text))
            length += sentence.text.count + 1
        }
        return chosen.sorted { $0.place < $1.place }.map(\.text).joined(separator: " ")
    }

    private static func sentences(of text: String) -> [String] {
        let utterance = Utterance(text)
        return utterance.sentences.map { range in
            let sentence = utterance.text(of: range)
            return sentence.last.map { ".?!".contains($0) } == true ? sentence : sentence + "."
        }
    }

    /// What tells of the speaker, names and numbers counts; what is a courtesy counts nothing.
    private static func worth(_ sentence: String) -> Int {
        let utterance = Utterance(sentence)
        let words = utterance.tokens.map(\.word)
        guard words.count >= 3 else { return 0 }
        var worth = min(words.count, 12) / 4
        if words.contains(where: { ["i", "my", "me", "we", "our", "mine"].contains($0) }) { worth += 2 }
        if words.contains(where: { telling.contains($0) }) { worth += 3 }
        if utterance.tokens.contains(where: { $0.number != nil || $0.word.first?.isNumber == true }) { worth += 2 }
        // A name is written large within a sentence.
        let names = sentence.split(separator: " ").dropFirst().filter {
            $0.first?.isUppercase == true && $0 != "I" && !$0.hasPrefix("I'")
        }
        return worth + 2 * min(names.count, 3)
    }

    private static let telling: Set<String> = [
        "name", "called", "am", "live", "work", "like", "love", "hate", "prefer", "favorite", "want", "need",
        "allergic",
        "born", "birthday", "remember", "always", "never", "wife", "husband", "son", "daughter", "mother", "father",
        "dog",
        "cat", "plan", "going", "decided", "agreed", "budget", "appointment", "address",
    ]
}
