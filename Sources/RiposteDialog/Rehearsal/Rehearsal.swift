import Foundation
import RiposteCore

/// Holds the conversations of a project's `tests/` with the project, and says where they go another way.
///
/// The project's own actions are not carried out: what a test says is set after one is what it sets.
public struct Rehearsal: Sendable {
    /// Where a conversation went another way than its test says.
    public struct Difference: Sendable, Equatable, CustomStringConvertible {
        public var place: SourcePlace
        public var story: String
        /// What was said just before.
        public var said: String
        public var expected: String
        public var found: String

        public var description: String {
            "\(place): \(story): after \u{201C}\(said)\u{201D} there should be \(expected); there was \(found)."
        }
    }

    /// How it went.
    public struct Report: Sendable, Equatable {
        public var conversations = 0
        /// Messages and what should follow from them.
        public var checks = 0
        /// The first one of each conversation that went another way.
        public var differences: [Difference] = []

        public var passed: Int { conversations - differences.count }
    }

    private let engine: DialogEngine

    init(engine: DialogEngine) { self.engine = engine }

    /// - Parameter stories: alternatives in them (`or`, checkpoints) are not rehearsed: their first way is taken.
    /// - Throws: what understanding throws.
    public func run(_ stories: [Story]) async throws -> Report {
        var report = Report()
        for story in stories {
            var performance = Performance(story, engine: engine)
            report.conversations += 1
            if let difference = try await performance.run() { report.differences.append(difference) }
            report.checks += performance.checks
        }
        return report
    }

    /// One conversation being held.
    private struct Performance {
        let story: Story
        var engine: DialogEngine
        var checks = 0
        /// Always at the same time: half past ten in the morning of June 3, 2026, in UTC.
        private var conversation = Conversation(id: "rehearsal", now: Date(timeIntervalSince1970: 1_780_482_600))
        private var said = ""
        private var actions: [String] = []
        /// What was remembered before the latest message, and what happened since.
        private var before = Tracker()
        private var events: [DialogEvent] = []
        private var message: ParsedMessage?

        init(_ story: Story, engine: DialogEngine) {
            self.story = story
            self.engine = engine
        }

        mutating func run() async throws -> Difference? {
            for (index, step) in story.steps.enumerated() {
                if case .user = step.kind { engine.actions = RehearsedActions(following(index)) }
                if let difference = try await perform(step) { return difference }
            }
            return leftOver(at: story.steps.last?.place ?? story.place)
        }

        /// The steps up to the user's next one.
        private func following(_ index: Int) -> [Story.Step] {
            Array(
                story.steps[(index + 1)...].prefix { step in
                    if case .user = step.kind { false } else { true }
                })
        }

        private mutating func perform(_ step: Story.Step) async throws -> Difference? {
            switch step.kind {
            case .user(let intent, let entities, let text):
                if let difference = leftOver(at: step.place) { return difference }
                try await say(text ?? "/\(intent ?? "")")
                checks += 1
                return misunderstood(intent, entities, at: step.place)
            case .action(let name):
                checks += 1
                let found = actions.isEmpty ? Tracker.listen : actions.removeFirst()
                return found == name ? nil : difference("action \(name)", "action \(found)", at: step.place)
            case .form(let name):
                checks += 1
                // A form that ends in the middle of a turn has ended by its end, too.
                let found = conversation.tracker.activeForm
                let text = { (form: String?) in form.map { "active_loop \($0)" } ?? "no active_loop" }
                return found == name ? nil : difference(text(name), text(found), at: step.place)
            case .slots(let needs), .checkpoint(_, let needs):
                for need in needs {
                    if let difference = missing(need, at: step.place) { return difference }
                }
                return nil
            case .either(let ways):
                guard let first = ways.first else { return nil }
                return try await perform(first)
            }
        }

        private mutating func say(_ text: String) async throws {
            said = text
            conversation.now += 5
            let turn = try await engine.respond(to: Transcript(text: text), in: conversation)
            actions = []
            message = nil
            before = conversation.tracker
            events = turn.events
            for event in turn.events {
                if case .action(let name) = event, event.isAction { actions.append(name) }
                if case .user(let understood) = event { message = understood }
            }
            let replies = turn.replies(expecting: engine.expectation(after: turn))
            for reply in replies {
                for effect in reply.effects { conversation.apply(effect) }
                conversation.expectation = reply.expectation
            }
            conversation.turns.append(.init(user: text, assistant: replies.map(\.text).joined()))
        }

        /// What was done that the test does not say.
        private func leftOver(at place: SourcePlace) -> Difference? {
            actions.first.map { difference("the user's turn", "action \($0)", at: place) }
        }

        private func misunderstood(_ intent: String?, _ entities: [Story.EntityNeed], at place: SourcePlace)
            -> Difference?
        {
            // What can be said at any time is understood without an intent.
            guard let message else { return nil }
            if let intent, message.intent?.name != intent, message.intent?.name.baseIntent != intent {
                let found = message.intent.map { "\($0.name) (\(Int(100 * $0.confidence)) %)" } ?? "none"
                return difference("intent \(intent)", "intent \(found)", at: place)
            }
            for need in entities where !message.entities.contains(where: { need.isMet(by: $0) }) {
                let found = message.entities.map { "\($0.entity) \($0.value)" }.joined(separator: ", ")
                return difference(
                    "\(need.entity) \(need.value ?? "")", found.isEmpty ? "nothing named" : found, at: place)
            }
            return nil
        }

        private func missing(_ need: Story.SlotNeed, at place: SourcePlace) -> Difference? {
            let wanted = need.value.map { engine.domain.slots[need.slot]?.accepts($0) ?? $0 }
            let value = engine.domain.value(of: need.slot, in: conversation.tracker.slots)
            // What comes later in the turn may have emptied it again.
            let values = [engine.domain.value(of: need.slot, in: beforeNextAction.slots), value]
            guard values.contains(where: { wanted == nil ? $0.isSet : wanted == $0 }) else {
                return difference(
                    "\(need.slot) = \(wanted?.description ?? "anything")", "\u{201C}\(value)\u{201D}", at: place)
            }
            return nil
        }

        /// As it was before the first action that the test has not come to.
        private var beforeNextAction: Tracker {
            var tracker = before
            var done = events.count { $0.isAction } - actions.count
            tracker.apply(
                Array(
                    events.prefix { event in
                        if event.isAction { done -= 1 }
                        return done >= 0
                    }))
            return tracker
        }

        private func difference(_ expected: String, _ found: String, at place: SourcePlace) -> Difference {
            Difference(place: place, story: story.name, said: said, expected: expected, found: found)
        }
    }
}

extension DialogEvent {
    /// Whether something was done; waiting for the user is nothing.
    fileprivate var isAction: Bool { if case .action(let name) = self { name != Tracker.listen } else { false } }
}

extension DialogResponder {
    /// Holds conversations as tests; see ``Rehearsal``.
    /// - Throws: as `load()`, which comes first; what understanding throws.
    public func rehearse(_ stories: [Story]) async throws -> Rehearsal.Report {
        try await load()
        guard let engine = loadedEngine else { return .init() }
        return try await Rehearsal(engine: engine).run(stories)
    }
}
