import Foundation
import RiposteCore
import Testing

@testable import riposte

@Suite struct ServiceChoiceTests {
    @Test func readsWhatTheUserNames() throws {
        let wyoming = try #require(ServiceChoice(argument: "wyoming://attic.home:10300#base"))
        #expect(wyoming.kind == .wyoming)
        #expect(wyoming.url?.host() == "attic.home")
        #expect(wyoming.url?.port == 10_300)
        #expect(wyoming.model == "base")
        #expect(!wyoming.isOnThisMachine)
        #expect(ServiceChoice(argument: "wyoming://127.0.0.1:1")?.isOnThisMachine == true)
        #expect(ServiceChoice(argument: "deepgram#nova-2")?.model == "nova-2")
        #expect(ServiceChoice(argument: "deepgram=ws://localhost:9/v1/listen")?.isOnThisMachine == true)
        #expect(ServiceChoice(argument: "openai=http://server.home:8080/v1#whisper-1")?.model == "whisper-1")
        for wrong in [
            "wyoming", "wyoming://", "wyoming://host#", "wyoming=tcp://host:1", "deepgram=https://host", "openai=",
            "openai=ws://host", "nobody", "",
        ] {
            #expect(ServiceChoice(argument: wrong) == nil, "\(wrong)")
        }
    }

    /// How long a service takes says nothing of this machine: nothing is left out for it.
    @Test func aServicesTimeIsNoWorkload() throws {
        let usual = try EngineOptions.parse([]).sessionConfiguration()
        #expect(usual.workload != nil)
        let elsewhere = try EngineOptions.parse(["--stt", "deepgram"]).sessionConfiguration()
        #expect(elsewhere.workload == nil)
        #expect(try EngineOptions.parse(["--stt", "deepgram", "--offline"]).sessionConfiguration().workload != nil)
    }

    @Test func aKeyGoesWhereItBelongs() throws {
        let ours = try #require(URL(string: "https://api.openai.com/v1"))
        let home = try #require(URL(string: "http://server.home:8080/v1"))
        let here = try #require(URL(string: "http://127.0.0.1:8080/v1"))
        let there = try #require(URL(string: "http://LOCALHOST:9000/v1"))
        let six = try #require(URL(string: "http://[fd00::5]:8080/v1"))
        let one = try HostKeys("blue=42==")
        #expect(try [ours, here, there].map { try one.key(for: $0) } == ["blue=42==", "blue=42==", "blue=42=="])
        try one.check([ours, ours])
        // Not in the clear, and not to two, wherever they are.
        let refusals = [
            #expect(throws: RiposteError.self) { try one.key(for: home) },
            #expect(throws: RiposteError.self) { try one.check([ours, here]) },
            #expect(throws: RiposteError.self) { try one.check([here, there]) },
            #expect(throws: RiposteError.self) { try HostKeys("blue=42,red=43") },
            #expect(throws: RiposteError.self) { try HostKeys("api.openai.com=,blue=42") },
        ]
        for refusal in refusals { #expect(refusal?.message.contains("42") == false) }
        let many = try HostKeys("api.openai.com=sk-1, Server.home:8080=token=2,[fd00::5]=3,localhost:9000=4")
        try many.check([ours, home, here, there, six])
        #expect(
            try [ours, home, six, there, here].map { try many.key(for: $0) } == ["sk-1", "token=2", "3", "4", nil])
        #expect(!"\(many)".contains("sk-1") && !String(reflecting: many).contains("sk-1"))
        let mixed = try HostKeys("sk-1,server.home=2")
        try mixed.check([ours, home])
        #expect(try [ours, home].map { try mixed.key(for: $0) } == ["sk-1", "2"])
        #expect(try HostKeys(nil).key(for: home) == nil)
    }

    @Test func staysOnThisMachineWhereItIsTold() throws {
        let options = try CloudOptions.parse([
            "--stt", "wyoming://attic.home:1", "--stt", "wyoming://127.0.0.1:2", "--stt", "deepgram", "--tts",
            "wyoming://attic.home:1", "--offline",
        ])
        #expect(options.hearing.map(\.url?.port) == [2])
        #expect(options.speaking.isEmpty)
        #expect(throws: (any Error).self) { try CloudOptions.parse(["--tts", "deepgram"]) }
        // Sound and key are not sent to another machine in the clear.
        let clear = try #require(ServiceChoice(argument: "deepgram=ws://server.home/v1/listen"))
        #expect(throws: (any Error).self) { try CloudOptions.transcriber(clear, .init()) }
    }
}
