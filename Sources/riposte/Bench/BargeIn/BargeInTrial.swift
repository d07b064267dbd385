import Foundation
import RiposteAudio
import RiposteConversation
import RiposteCore

/// What one conversation in a simulated room shows: the assistant says something by itself, and somebody is heard.
struct BargeInTrial {
    /// What is heard over the assistant.
    struct Sound {
        /// What it is called in the figures.
        var name: String
        var samples: [Float]
        /// Where in it it can be heard first.
        var start: Int
    }

    struct Result {
        /// From when the voice can be heard to silence, in seconds; nil when the assistant was not silent.
        var silenceAfter: Double?
        var duckedAfter: Double?
        /// Whether it stopped for good.
        var isInterrupted: Bool
        /// Whether it said all it had to say in the end.
        var isWhole: Bool
        /// How long it was silent before it went on, in seconds.
        var heldFor: Double?
        /// What was understood of the one who interrupted.
        var transcript: String?
        /// All that made the assistant softer, and what stopped it.
        var ducks: Int
        var stops: Int
    }

    /// In dBFS while they sound.
    static let personLevel: Float = -26

    let parts: Session.Parts
    let configuration: Session.Configuration
    let text: String
    /// What the assistant will say, at 16 kHz: to set the echo's level.
    let speech: [Float]
    /// Of the echo beside the person, in decibels.
    let echo: Float
    let seed: Int

    /// - Parameter sound: nil: nobody says anything.
    func run(_ sound: Sound?) async throws -> Result {
        var room = SimulatedRoom(seed: seed)
        room.calibrate(with: speech, level: Self.personLevel + echo)
        var chance = SeededChance(seed &+ 77)
        let device = RoomDevice(room: room)
        let cancelled = EchoCancelledDevice(device)
        let begins = Int(0.3 * 16_000)
        let at = begins + Int(chance.uniform(2...4) * 16_000)
        if let sound { device.say(sound.samples, at: at) }
        var configuration = configuration
        configuration.pace = .fast
        configuration.turn.quietLimit = nil
        configuration.inputEnd = at + (sound?.samples.count ?? 0) + 8_000
        let now = Date(timeIntervalSince1970: 0)
        let alarm = Alarm(id: "1", due: now.addingTimeInterval(0.3), text: text, duration: 0.3)
        var parts = parts
        parts.source = { cancelled }
        parts.sink = cancelled
        parts.echoExcess = { cancelled.report.hasEcho ? Double(cancelled.report.excess) : nil }
        let session = Session(
            parts: parts, configuration: configuration, conversation: Conversation(alarms: [alarm], now: now))
        let running = Task { try await session.run() }
        var reports: [TurnReport] = []
        for await event in session.events {
            if case .turnEnded(let report) = event { reports.append(report) }
        }
        try await running.value
        return result(reports, device.log, voice: sound.map { at + $0.start })
    }

    private func result(
        _ reports: [TurnReport], _ log: (starts: [Int], stops: [Int], ducks: [Int]), voice: Int?
    ) -> Result {
        let first = reports.first { $0.reply == text.trimmingCharacters(in: .whitespaces) }
        let from = voice ?? 0
        let stop = log.stops.first { $0 >= from }
        let goesOn = stop.flatMap { stop in log.starts.first { $0 >= stop } }
        func seconds(_ samples: Int) -> Double { Double(samples) / 16_000 }
        return Result(
            silenceAfter: stop.map { seconds($0 - from) },
            duckedAfter: log.ducks.first { $0 >= from }.map { seconds($0 - from) },
            isInterrupted: first?.outcome == .interrupted,
            isWhole: first.map { Self.words($0.heard) == Self.words($0.reply) } ?? false,
            heldFor: stop.flatMap { stop in goesOn.map { seconds($0 - stop) } },
            transcript: reports.last.flatMap { $0.reply == first?.reply ? nil : $0.transcript },
            ducks: log.ducks.count, stops: log.stops.count)
    }

    private static func words(_ text: String) -> [Substring] { text.split(whereSeparator: \.isWhitespace) }
}
