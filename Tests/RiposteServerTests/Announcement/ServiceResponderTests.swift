import RiposteCore
import Testing

@testable import RiposteServer

@Suite struct ServiceResponderTests {
    private let type = DNSName("_wyoming._tcp.local")
    private let instance = DNSName("Riposte._wyoming._tcp.local")

    private func established() -> ServiceResponder {
        var responder = ServiceResponder(DNSMessageTests.service)
        responder.establish()
        return responder
    }

    private func question(_ name: DNSName, _ kind: DNSMessage.Kind, unicast: Bool = false) -> DNSMessage {
        DNSMessage(questions: [.init(name: name, kind: kind.rawValue, wantsUnicast: unicast)])
    }

    @Test func answersWhoLooksForTheService() throws {
        var responder = established()
        let answer = try #require(responder.hear(question(type, .ptr)).multicast)
        #expect(answer.answers.map(\.content) == [.pointer(instance)])
        // Where it is comes along, so that it need not be asked for.
        #expect(
            answer.additionals.map(\.content) == [
                .service(port: 10_300, host: DNSName("riposte-1.local")), .text([]), .address([192, 168, 1, 2]),
            ])
        #expect(responder.hear(question(DNSName("_other._tcp.local"), .ptr)) == .init())
        #expect(responder.hear(question(type, .srv)) == .init())
    }

    @Test func answersNobodyTwiceAndBeforeItsTime() throws {
        var early = ServiceResponder(DNSMessageTests.service)
        #expect(early.hear(question(type, .ptr)) == .init())
        var responder = established()
        var known = question(type, .ptr)
        known.answers = responder.announcement.answers
        #expect(responder.hear(known) == .init())
        known.answers = known.answers.map { record in
            var record = record
            record.lifetime /= 3
            return record
        }
        #expect(responder.hear(known).multicast != nil)
    }

    @Test func answersTheAskerAlone() throws {
        var responder = established()
        #expect(responder.hear(question(instance, .srv, unicast: true)).unicast?.answers.count == 1)
        var plain = question(instance, .any)
        plain.id = 77
        let answer = try #require(responder.hear(plain, isLegacy: true).unicast)
        #expect(answer.id == 77)
        #expect(answer.questions == plain.questions)
        #expect(answer.answers.allSatisfy { $0.lifetime <= 10 && !$0.isUnique })
    }

    @Test func givesWayToWhoWasThereBefore() throws {
        var responder = ServiceResponder(DNSMessageTests.service)
        var other = DNSMessageTests.service
        (other.port, other.host) = (1, "other")
        _ = responder.hear(ServiceResponder(other).announcement)
        #expect(responder.isContested)
        responder.rename()
        #expect(responder.name == "Riposte 2")
        #expect(!responder.isContested)
        // Its own voice, heard back, and another's goodbye are no conflict.
        var own = established()
        _ = own.hear(own.announcement)
        _ = own.hear(ServiceResponder(other).goodbye)
        #expect(!own.isContested)
    }

    /// Two ask for the name at the same time: exactly one of them gets it.
    @Test func decidesBetweenTwo() {
        var other = DNSMessageTests.service
        other.port = 10_301
        var (first, second) = (ServiceResponder(DNSMessageTests.service), ServiceResponder(other))
        _ = first.hear(second.probe)
        _ = second.hear(first.probe)
        #expect(first.isContested != second.isContested)
        var (one, same) = (ServiceResponder(DNSMessageTests.service), ServiceResponder(DNSMessageTests.service))
        _ = one.hear(same.probe)
        _ = same.hear(one.probe)
        #expect(!one.isContested && !same.isContested)
    }
}
