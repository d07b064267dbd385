import Foundation
import RiposteCore
import Synchronization

/// The right to a conversation, among all servers that share its store: whoever took it over last has it.
///
/// The store is told of it at once, or, where it was slow or away, once it answers: with its age, so that it takes nothing
/// from who has come later.
final class ConversationRight: Sendable {
    let id: String
    /// Whom the conversation is with; empty: nobody in particular.
    let user: String
    let taken = ContinuousClock.now
    private let name = UUID()
    private let number = Mutex<Int?>(nil)

    init(_ id: String, user: String = "") {
        self.id = id
        self.user = user
    }

    /// The holder's number; nil: the store has not said it yet.
    var known: Int? { number.withLock { $0 } }

    /// The holder's number, which a store is asked for the first time.
    /// - Throws: `.superseded` where somebody else has taken the conversation over since; what the store throws.
    func holder(in store: any ConversationStore) async throws -> Int {
        if let known { return known }
        let age = (ContinuousClock.now - taken) / .seconds(1)
        guard let holder = try await store.hold(id, once: name, ago: age) else {
            throw RiposteError.conversationTaken
        }
        number.withLock { $0 = holder }
        return holder
    }
}
