import Foundation
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
