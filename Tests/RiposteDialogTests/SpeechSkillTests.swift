import RiposteCore
import Testing

@testable import RiposteDialog

@Suite struct SpeechSkillTests {
    private static func manner(after texts: String...) -> SpeechManner {
        var talk = DialogFixture()
        for text in texts { talk.say(text) }
        return talk.conversation.manner
    }

    @Test(
        arguments: [
            ("speak louder", 9), ("Louder, please.", 9), ("a bit louder", 8), ("speak up", 9),
            ("turn the volume up", 9),
            ("turn it up", 9), ("much louder", 10), ("I can't hear you", 7), ("you're too quiet", 9),
            ("speak softer", 5),
            ("a little quieter please", 6), ("turn down the volume", 5), ("you are too loud", 5), ("volume up", 9),
            ("set the volume to three", 3), ("volume 10", 10), ("volume fifty percent", 5),
            ("turn the volume down to 2", 2),
            ("maximum volume", 10), ("whisper", 1), ("could you speak a bit louder please", 8),
            ("speak more quietly", 5),
        ] as [(String, Int)])
    func changesTheVolume(_ text: String, _ volume: Int) {
        #expect(Self.manner(after: text).volume == volume, "\(DialogFixture.answer(text).text)")
    }

    @Test(
        arguments: [
            ("speak slower", 0.833), ("slow down", 0.833), ("not so fast", 0.833), ("you're way too fast", 0.741),
            ("you talk too fast", 0.833), ("speak a bit slower", 0.909), ("speak faster", 1.2), ("speed up a bit", 1.1),
            ("much faster", 1.35), ("could you speak more slowly", 0.833),
        ] as [(String, Double)])
    func changesTheRate(_ text: String, _ rate: Double) {
        #expect(Self.manner(after: text).rate == rate, "\(DialogFixture.answer(text).text)")
    }

    @Test func slowerAndFasterAgainIsAsItWas() {
        #expect(Self.manner(after: "speak slower", "speak faster").rate == 1)
        #expect(Self.manner(after: "speak louder", "use another voice", "speak normally") == SpeechManner())
        let manner = Self.manner(after: "louder", "slower", "change your voice", "go back to your normal voice")
        #expect(manner.voice == 0 && manner.volume == 9 && manner.rate < 1)
    }

    @Test(arguments: [
        "change your voice", "Use another voice.", "speak with a different voice", "I don't like your voice",
    ])
    func changesTheVoice(_ text: String) { #expect(Self.manner(after: text).voice == 1) }

    @Test func saysWhereItEnds() {
        var talk = DialogFixture()
        talk.say("maximum volume")
        let answer = talk.say("louder")
        #expect(answer.text == "This is as loud as I can speak." && answer.effects.isEmpty)
        #expect(talk.say("how loud are you").text == "My volume is 10 of 10.")
        for _ in 0..<8 { talk.say("speak much slower") }
        #expect(talk.conversation.manner.rate == SpeechManner.rates.lowerBound)
        #expect(talk.say("slower").text == "This is as slowly as I can speak.")
    }

    @Test func againGoesOn() {
        #expect(Self.manner(after: "a bit louder", "again").volume == 9)
        #expect(Self.manner(after: "a bit quieter", "the same again").volume == 5)
    }

    @Test(arguments: [
        "turn on the radio louder than yesterday", "how fast is light", "the voice of america", "volume of a sphere",
        "quiet", "be quiet", "get up", "slowly but surely", "up",
    ])
    func leavesOtherTalkAlone(_ text: String) { #expect(DialogFixture.answer(text).effects.isEmpty) }
}
