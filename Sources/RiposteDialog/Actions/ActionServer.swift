import Foundation
import RiposteCore

/// Has actions carried out by a server that speaks Rasa's action protocol, as the Rasa SDK does.
public struct ActionServer: ActionRunner {
    public struct Configuration: Sendable {
        /// Seconds for an action, with all attempts. Default: 8.
        public var timeout = 8.0
        /// How often a call is made again that certainly was not carried out: where the server could not be reached, or
        /// said that it is busy (429, 503). Default: 2.
        public var retries = 2
        /// Seconds before the first of them; twice as many before the next. Default: 0.25.
        public var retryDelay = 0.25
        /// Bytes of an answer. Default: 1 MB.
        public var longest = 1_000_000

        public init() {}
    }

    private let url: URL
    private let configuration: Configuration

    /// - Parameter url: of the webhook, as "http://localhost:5055/webhook".
    public init(_ url: URL, configuration: Configuration = .init()) {
        self.url = url
        self.configuration = configuration
    }

    public func run(_ action: String, _ request: ActionRequest) async throws -> ActionOutcome {
        let body = try JSONEncoder().encode(ActionCall.body(action, request))
        let data: Data
        do {
            data = try await answer(to: body)
        } catch let error as RiposteError where error.httpStatus == 400 {
            // So a server says that an action could do nothing with what was said.
            var outcome = ActionOutcome()
            outcome.isRefused = true
            return outcome
        }
        guard let answer = try? JSONDecoder().decode(ActionAnswer.self, from: data) else {
            throw RiposteError(.engineFailed, .dialog, "The action server's answer to \(action) is not understood.")
        }
        return answer.outcome(request)
    }

    private func answer(to body: Data) async throws -> Data {
        let end = ContinuousClock.now + .seconds(configuration.timeout)
        var (attempt, delay) = (0, configuration.retryDelay)
        while true {
            let seconds = max(0.01, (end - ContinuousClock.now) / .seconds(1))
            let stream = HTTPStream(
                url, json: body,
                limits: .init(first: seconds, idle: seconds, total: seconds, length: configuration.longest))
            do {
                return try await stream.whole()
            } catch let error as RiposteError
                where error.isBeforeAnything && attempt < configuration.retries
                && ContinuousClock.now + .seconds(delay) < end
            {
                try await Task.sleep(for: .seconds(delay))
                attempt += 1
                delay *= 2
            }
        }
    }
}

/// What a server is sent, in the names of the protocol.
private enum ActionCall {
    /// Exchanges that it is told.
    private static let mostTurns = 50

    static func body(_ action: String, _ request: ActionRequest) -> SlotValue {
        let sender = SlotValue.text(request.conversation.id)
        return .object([
            "next_action": .text(action), "sender_id": sender, "version": .text("3.6.21"),
            "domain": request.domain.described,
            "tracker": .object([
                "sender_id": sender, "slots": .object(slots(request)), "paused": .bool(false),
                "latest_message": message(request.tracker.latestMessage ?? ParsedMessage(text: "")),
                "latest_action_name": .text(request.tracker.latestAction), "followup_action": .empty,
                "latest_event_time": .number(request.conversation.now.timeIntervalSince1970),
                "latest_input_channel": .text(request.channel),
                "active_loop": .object(request.tracker.activeForm.map { ["name": .text($0)] } ?? [:]),
                "events": .list(request.conversation.turns.suffix(mostTurns).flatMap(events)),
            ]),
        ])
    }

    private static func slots(_ request: ActionRequest) -> [String: SlotValue] {
        request.domain.slots.mapValues(\.initialValue).merging(request.tracker.slots) { $1 }
    }

    private static func events(_ turn: Conversation.Turn) -> [SlotValue] {
        [("user", turn.user), ("bot", turn.assistant)].filter { !$0.1.isEmpty }.map { kind, text in
            .object(["event": .text(kind), "text": .text(text)])
        }
    }

    private static func message(_ message: ParsedMessage) -> SlotValue {
        func described(_ intent: ParsedMessage.Ranked) -> SlotValue {
            .object(["name": .text(intent.name), "confidence": .number(intent.confidence)])
        }
        let entities = message.entities.map { entity -> SlotValue in
            var fields: [String: SlotValue] = [
                "entity": .text(entity.entity), "value": .text(entity.value), "start": .number(Double(entity.start)),
                "end": .number(Double(entity.end)),
            ]
            if let role = entity.role { fields["role"] = .text(role) }
            if let group = entity.group { fields["group"] = .text(group) }
            return .object(fields)
        }
        return .object([
            "text": .text(message.text), "intent": message.intent.map(described) ?? .object([:]),
            "intent_ranking": .list(message.ranking.prefix(10).map(described)), "entities": .list(entities),
        ])
    }
}

/// What a server answers.
private struct ActionAnswer: Decodable {
    var events: [[String: SlotValue]]?
    var responses: [[String: SlotValue]]?

    func outcome(_ request: ActionRequest) -> ActionOutcome {
        var outcome = ActionOutcome()
        for event in events ?? [] {
            switch event["event"]?.text {
            case "slot":
                guard let name = event["name"]?.text else { continue }
                let value = event["value"] ?? .empty
                outcome.events.append(.slot(name: name, value: request.domain.slots[name]?.accepts(value) ?? value))
            case "reset_slots":
                outcome.events += request.domain.slots.values.map { .slot(name: $0.name, value: $0.initialValue) }
            case "active_loop", "form": outcome.events.append(.form(name: event["name"]?.text))
            case "restart": outcome.events.append(.restarted)
            case "followup": outcome.next = event["name"]?.text
            default: continue
            }
        }
        for response in responses ?? [] {
            if let name = response["response"]?.text ?? response["template"]?.text {
                outcome.answers.append(.response(name, values: response))
            } else if let text = response["text"]?.text {
                outcome.answers.append(.text(text))
            }
        }
        return outcome
    }
}

extension Domain {
    /// As `domain.yml` says it, as far as actions look at it.
    fileprivate var described: SlotValue {
        func names(_ values: some Sequence<String>) -> SlotValue { .list(values.sorted().map { .text($0) }) }
        return .object([
            "intents": names(intents.keys), "entities": names(entities.keys), "actions": names(actions.keys),
            "slots": .object(slots.mapValues { slot in .object(["type": .text(slot.typeName)]) }),
            "forms": .object(
                forms.mapValues { form in
                    .object(["required_slots": .list(form.requiredSlots.map { .text($0) })])
                }),
            "responses": .object(
                responses.mapValues { ways in .list(ways.map { .object(["text": .text($0.text)]) }) }),
        ])
    }
}

extension Slot {
    fileprivate var typeName: String {
        switch kind {
        case .text: "text"
        case .bool: "bool"
        case .number: "float"
        case .category: "categorical"
        case .list: "list"
        case .any: "any"
        }
    }
}
