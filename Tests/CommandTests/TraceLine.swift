import Foundation
import Testing

/// A turn as programs read it from `--trace`: by its fixed keys, not by the project's own type.
struct TraceLine: Decodable {
    struct Stage: Decodable {
        var name: String
        var ms: Double
    }

    var turn: Int
    var outcome: String
    var transcript: String
    var reply: String
    var heard: String
    var speechStartMs: Double?
    var speechEndMs: Double?
    var endpointMs: Double?
    var transcriptMs: Double?
    var replyMs: Double?
    var firstSoundMs: Double?
    var responseLatencyMs: Double?
    var stages: [Stage]

    /// The lines that are complete.
    static func read(_ file: URL) throws -> [TraceLine] {
        let text = (try? String(contentsOf: file, encoding: .utf8)) ?? ""
        return try text.split(separator: "\n", omittingEmptySubsequences: false).dropLast()
            .map { try JSONDecoder().decode(TraceLine.self, from: Data($0.utf8)) }
    }

    /// The parts add up, and nothing happens before its cause.
    func checkTimes() throws {
        let latency = try #require(responseLatencyMs)
        let (start, end, sound) = (
            try #require(speechStartMs), try #require(speechEndMs), try #require(firstSoundMs)
        )
        #expect(abs(sound - end - latency) < 0.1)
        #expect(abs(stages.map(\.ms).reduce(0, +) - latency) < 0.1)
        #expect(stages.allSatisfy { $0.ms >= 0 }, "\(stages)")
        let endpoint = try #require(endpointMs)
        #expect(start < end && end < endpoint && endpoint < sound)
        // What is prepared at a pause is there before the endpoint, but never after the sound.
        for time in [transcriptMs, replyMs] { #expect(try #require(time) <= sound) }
    }
}
