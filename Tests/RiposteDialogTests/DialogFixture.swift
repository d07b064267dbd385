import Foundation
import RiposteCore

@testable import RiposteDialog

/// A conversation at a fixed moment: Wednesday, June 3, 2026, 10:30 in the morning, in UTC.
struct DialogFixture {
    static let now = Date(timeIntervalSince1970: 1_780_482_600)

    static func zone(_ identifier: String) -> TimeZone { TimeZone(identifier: identifier) ?? .gmt }

    static var calendar: Calendar {
        var calendar = Calendar(identifier: .gregorian)
        calendar.timeZone = .gmt
        return calendar
    }

    static let responder = BuiltInResponder(.init(timeZone: .gmt))

    var conversation = Conversation(now: now)

    /// Answers, and carries the effects out as the session does.
    @discardableResult
    mutating func say(_ text: String, after seconds: Double = 1) -> SkillAnswer {
        conversation.now += seconds
        conversation.alarms.removeAll { $0.due <= conversation.now }
        let answer = Self.responder.answer(to: text, in: conversation)
        for effect in answer.effects { conversation.apply(effect) }
        conversation.turns.append(.init(user: text, assistant: answer.text))
        return answer
    }

    static func answer(_ text: String) -> SkillAnswer {
        responder.answer(to: text, in: Conversation(now: now))
    }
}

extension SkillAnswer {
    var text: String { sentences.joined(separator: " ") }

    var alarms: [Alarm] {
        effects.compactMap { if case .schedule(let alarm) = $0 { alarm } else { nil } }
    }
}
