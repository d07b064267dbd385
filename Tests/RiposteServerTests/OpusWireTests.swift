import Foundation
import RiposteAudio
import RiposteCore
import RiposteTesting
import Synchronization
import Testing

@testable import RiposteServer

/// Sound in Opus packets, as the web page sends it and hears it.
@Suite(.enabled(if: OpusLibrary.version != nil, "libopus is not here: apt install libopus0"))
struct OpusWireTests {
    /// A second of a tone at 16 kHz, packed.
    private func packets(seconds: Double = 1) throws -> [[UInt8]] {
        let encoder = try OpusEncoder(sampleRate: 16_000, bitrate: 24_000)
        let tone = (0..<Int(16_000 * seconds)).map { 0.4 * sinf(2 * .pi * 440 * Float($0) / 16_000) }
        return try stride(from: 0, to: tone.count, by: 320).map { try encoder.encode(tone[$0..<($0 + 320)]) }
    }

    private func level(_ samples: some Collection<Float>) -> Float {
        samples.isEmpty ? 0 : (samples.reduce(0) { $0 + $1 * $1 } / Float(samples.count)).squareRoot()
    }

    @Test func hearsPacketsAtOnce() throws {
        let receiver = try OpusReceiver()
        var heard: [Int] = []
        var sound: [Float] = []
        for packet in try packets() {
            let (samples, fault) = try receiver.hear(packet, number: nil)
            #expect(fault == nil)
            heard.append(samples.count)
            sound += samples
        }
        // Three are waited for at the beginning, and nothing is held back from then on.
        #expect(heard.prefix(4) == [0, 0, 960, 320])
        #expect(heard.dropFirst(3).allSatisfy { $0 == 320 })
        #expect(sound.count == 16_000)
        #expect(abs(level(sound.dropFirst(1_600)) - 0.283) < 0.03)
    }

    /// Every tenth packet is lost: no time is, and what takes their place sounds like what was around.
    @Test func concealsWhatIsLost() throws {
        let receiver = try OpusReceiver()
        var sound: [Float] = []
        for (number, packet) in try packets().enumerated() where number % 10 != 5 {
            sound += try receiver.hear(packet, number: Double(number)).sound
        }
        #expect(receiver.statistics.concealed == 5)
        #expect(sound.count == 16_000)
        for lost in stride(from: 5, to: 50, by: 10) {
            #expect(level(sound[(lost * 320)..<((lost + 1) * 320)]) > 0.1)
        }
    }

    @Test func findsThePlaceOfWhatComesLate() throws {
        let receiver = try OpusReceiver()
        let packets = try packets()
        var order = Array(packets.indices)
        // Late by two packets: it still finds its place. Late by ten: it has been concealed.
        order.insert(order.remove(at: 10), at: 12)
        order.insert(order.remove(at: 30), at: 40)
        var sound: [Float] = []
        for number in order { sound += try receiver.hear(packets[number], number: Double(number)).sound }
        #expect(receiver.statistics.concealed == 1)
        #expect(receiver.statistics.late == 1)
        #expect(sound.count == 16_000)
    }

    @Test func goesOnAfterAPauseAndAfterGarbage() throws {
        let receiver = try OpusReceiver()
        let packets = try packets()
        var count = 0
        for (number, packet) in packets.prefix(10).enumerated() {
            count += try receiver.hear(packet, number: Double(number)).sound.count
        }
        // A thousand packets were never sent: a few are concealed, and it begins anew.
        for (number, packet) in packets.prefix(10).enumerated() {
            count += try receiver.hear(packet, number: Double(number + 1_000)).sound.count
        }
        #expect(count == 10 * 320 + 5 * 320 + 10 * 320)
        let garbage = try receiver.hear([0xFF], number: 1_010)
        #expect(garbage.fault?.code == .badInput)
        #expect(garbage.sound.count == 320)
        #expect(try receiver.hear(packets[11], number: 1_011).sound.count == 320)
        for number in [-1, 0.5, .nan, .infinity, 1e300] {
            #expect(throws: RiposteError.self) { try receiver.hear(packets[0], number: number) }
        }
    }

    @Test func sendsAllOfAnAnswer() throws {
        let sender = try OpusSender()
        let tone = (0..<24_000).map { 0.4 * sinf(2 * .pi * 440 * Float($0) / 24_000) }
        var packets: [[UInt8]] = []
        for start in stride(from: 0, to: 24_000, by: 700) {
            packets += try sender.packets(Array(tone[start..<min(start + 700, 24_000)]))
        }
        packets += try sender.finish()
        let decoder = try OpusDecoder(sampleRate: 24_000)
        let sound = try packets.flatMap { try decoder.decode($0) }
        #expect((24_000...25_000).contains(sound.count))
        #expect(abs(level(sound[12_000..<24_000]) - 0.283) < 0.03)
        // 24 kbit/s, and what a start takes.
        #expect(packets.reduce(0) { $0 + $1.count } < 4_000)
    }

    /// A client speaks in Opus with losses, and is answered in Opus.
    @Test(.timeLimit(.minutes(10))) func conversesInOpus() async throws {
        let engines = NetworkConversationTests.engines()
        try await engines.load()
        let told = Mutex<[JSONValue]>([])
        let log = ConversationLog(figures: ServerFigures())
        let conversation = RealtimeConversation(
            engines: engines, model: nil, log: log, hangUp: {},
            send: { text in
                let event = try JSONReader.value(Array(text.utf8))
                told.withLock { $0.append(event) }
            })
        try await conversation.begin()
        let settings = """
            {"type":"session.update","session":{"type":"realtime","audio":{
              "input":{"format":{"type":"audio/opus"}},"output":{"format":{"type":"audio/opus"}}}}}
            """
        try await conversation.receive(Array(settings.utf8))
        let encoder = try OpusEncoder(sampleRate: 16_000, bitrate: 24_000)
        // A voice of changing sign, which a codec keeps as it is.
        let voice = ScriptedDevice.speech([(silence: 0.5, speech: 1), (silence: 1, speech: 0)]).enumerated().map {
            $0.offset / 20 % 2 == 0 ? $0.element : -$0.element
        }
        for (number, start) in stride(from: 0, to: voice.count, by: 320).enumerated() where number % 12 != 7 {
            let packet = Data(try encoder.encode(voice[start..<(start + 320)])).base64EncodedString()
            let event = #"{"type":"input_audio_buffer.append","audio":"\#(packet)","packet":\#(number)}"#
            try await conversation.receive(Array(event.utf8))
        }
        func isDone() -> Bool { told.withLock { $0.contains { $0["type"]?.string == "response.done" } } }
        let end = ContinuousClock.now + .seconds(20)
        while !isDone(), .now < end { try await Task.sleep(for: .milliseconds(20)) }
        await conversation.end()
        let events = told.withLock { $0 }
        #expect(!events.contains { $0["type"]?.string == "error" })
        #expect(events.contains { $0["transcript"]?.string == "What is the time?" })
        let decoder = try OpusDecoder(sampleRate: 24_000)
        let sound = try events.filter { $0["type"]?.string == "response.output_audio.delta" }.flatMap { event in
            let packet = try #require(event["delta"]?.string.flatMap { Data(base64Encoded: $0) })
            return try decoder.decode([UInt8](packet))
        }
        #expect(sound.count >= 7_200)
        #expect(level(sound) > 0.01)
        // Who has not asked for more than the protocol has is told no more.
        #expect(!events.contains { $0["type"]?.string?.hasPrefix("riposte.") == true })
    }
}
