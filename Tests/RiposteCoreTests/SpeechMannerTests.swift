import Foundation
import RiposteCore
import Testing

@Suite struct SpeechMannerTests {
    private func voice(_ name: String, _ language: String = "en-US") -> Voice {
        Voice(name: name, engine: "test", language: language, licence: "Apache-2.0")
    }

    @Test func asUsualChangesNothing() {
        let options = SpeechOptions(voice: "one", rate: 190, volume: 0.5, pitch: 1.1)
        #expect(SpeechManner().applied(to: options, voices: [voice("one"), voice("two")]) == options)
        #expect(SpeechManner().gain == 1)
    }

    @Test func goesThroughTheVoicesOfItsLanguage() {
        let voices = [voice("one"), voice("deux", "fr-FR"), voice("two"), voice("three")]
        var manner = SpeechManner()
        var names: [String?] = []
        for number in 0...3 {
            manner.voice = number
            names.append(manner.applied(to: SpeechOptions(voice: "two"), voices: voices).voice)
        }
        #expect(names == ["two", "three", "one", "two"])
    }

    @Test func anEngineWithOneVoiceChangesItsPitch() {
        var manner = SpeechManner()
        let pitches = (0...3).map { number -> Double? in
            manner.voice = number
            return manner.applied(to: SpeechOptions(voice: "one"), voices: [voice("one")]).pitch
        }
        #expect(pitches == [nil, 0.85, 1.15, nil])
    }

    @Test func aStepIsThreeDecibels() {
        var manner = SpeechManner()
        manner.volume = 9
        #expect(abs(20 * log10(manner.gain) - 6) < 0.01)
        manner.volume = 1
        #expect(abs(20 * log10(manner.gain) + 18) < 0.01)
    }

    @Test func loudSoundIsBentAndNotCut() {
        #expect(SoftLimit.bent(0.5) == 0.5 && SoftLimit.bent(-0.8) == -0.8)
        #expect(SoftLimit.bent(.nan) == 0 && SoftLimit.bent(.infinity) == 1)
        let bent = stride(from: Float(0.8), through: 1.4, by: 0.1).map(SoftLimit.bent)
        #expect(zip(bent, bent.dropFirst()).allSatisfy { $0 < $1 } && bent.allSatisfy { $0 < 1 })
    }

    @Test func aConversationKeepsListsAndManner() throws {
        var conversation = Conversation()
        conversation.apply(.changeList(name: "shopping", change: .add(items: ["milk", "eggs", "Milk"])))
        conversation.apply(.changeList(name: "shopping", change: .remove(items: ["EGGS"])))
        conversation.apply(.changeList(name: "to do", change: .add(items: ["call"])))
        conversation.apply(.changeList(name: "to do", change: .clear))
        conversation.apply(.changeList(name: "none", change: .remove(items: ["x"])))
        #expect(conversation.lists == [NamedList(name: "shopping", items: ["milk"])])
        var manner = SpeechManner()
        manner.rate = 1.2
        conversation.apply(.speak(manner: manner))
        let data = try JSONEncoder().encode(conversation)
        #expect(try JSONDecoder().decode(Conversation.self, from: data) == conversation)
        // As it was written before there were any.
        var fields = try #require(JSONSerialization.jsonObject(with: data) as? [String: Any])
        fields["lists"] = nil
        fields["manner"] = nil
        let old = try JSONDecoder().decode(Conversation.self, from: JSONSerialization.data(withJSONObject: fields))
        #expect(old.lists.isEmpty && old.manner == SpeechManner())
    }
}
