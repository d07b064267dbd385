import Foundation
import RiposteCore

/// What Deepgram has understood of a stretch of a stream.
struct DeepgramResult: Decodable, Sendable {
    struct Word: Decodable {
        var word: String
        var start: Double
        var end: Double
        var confidence: Double?
        var punctuatedWord: String?
    }

    struct Alternative: Decodable {
        var transcript: String
        var confidence: Double?
        var words: [Word]?
        var languages: [String]?
    }

    struct Channel: Decodable {
        var alternatives: [Alternative]
    }

    /// Seconds of the stream.
    var start: Double
    var duration: Double
    /// Whether it stays as it is.
    var isFinal: Bool?
    /// Whether it answers the wish that everything be settled.
    var fromFinalize: Bool?
    var channel: Channel

    var best: Alternative? { channel.alternatives.first }

    /// - Returns: nil for messages of other kinds.
    /// - Throws: `.engineFailed` for what is no message of the protocol, or tells of an error.
    init?(_ text: String) throws {
        struct Kind: Decodable {
            var type: String
            var description: String?
        }
        let decoder = JSONDecoder()
        decoder.keyDecodingStrategy = .convertFromSnakeCase
        let data = Data(text.utf8)
        guard let kind = try? decoder.decode(Kind.self, from: data) else { throw Self.garbage }
        if kind.type == "Error" {
            throw RiposteError(
                .engineFailed, .transcription, "Deepgram failed: \(kind.description?.prefix(300) ?? "no reason given")."
            )
        }
        guard kind.type == "Results" else { return nil }
        guard let result = try? decoder.decode(Self.self, from: data) else { throw Self.garbage }
        self = result
    }

    private static var garbage: RiposteError {
        RiposteError(.engineFailed, .transcription, "What Deepgram says is not understood.")
    }
}
