import Foundation
import Hummingbird
import NIOCore
import RiposteAudio
import RiposteCore
import Synchronization

/// `POST /v1/audio/speech`: text to sound, sent as it is made.
struct SpeechRoute {
    let engines: SpeechEngines
    let admission: Admission
    let limit: Int

    private struct Body: Decodable {
        var input: String
        var voice: VoiceName?
        var responseFormat: String?
        var speed: Double?
        var streamFormat: String?
    }

    /// A name, or an object with an `id`.
    private struct VoiceName: Decodable {
        var name: String

        private struct Object: Decodable { var id: String }

        init(from decoder: any Decoder) throws {
            let container = try decoder.singleValueContainer()
            name = try (try? container.decode(String.self)) ?? container.decode(Object.self).id
        }
    }

    /// The voices that OpenAI's clients ask for; here they are the server's own.
    private static let foreignVoices: Set = [
        "alloy", "ash", "ballad", "cedar", "coral", "echo", "fable", "marin", "nova", "onyx", "sage", "shimmer",
        "verse",
    ]
    /// Of pcm, in hertz, as OpenAI's.
    private static let rate = 24_000
    private static let longestInput = 4096

    private enum Format: String {
        case wav, pcm, opus, flac, mp3, aac

        var type: String {
            switch self {
            case .wav: "audio/wav"
            case .pcm: "audio/pcm"
            case .opus: "audio/ogg"
            case .flac: "audio/flac"
            case .mp3: "audio/mpeg"
            case .aac: "audio/aac"
            }
        }
    }

    func add(to router: Router<ServerContext>) {
        router.post("/v1/audio/speech") { request, _ in try await respond(to: request) }
    }

    private func respond(to request: Request) async throws -> Response {
        let body = try await JSONAnswer.decoded(Body.self, from: request, limit: limit)
        guard body.input.count <= Self.longestInput else {
            throw RequestFailure(.badRequest, "'input' has more than \(Self.longestInput) characters.")
        }
        guard body.input.contains(where: { !$0.isWhitespace }) else {
            throw RequestFailure(.badRequest, "'input' is empty: there is nothing to say.")
        }
        let speed = body.speed ?? 1
        guard (0.25...4).contains(speed) else { throw RequestFailure(.badRequest, "'speed' takes 0.25 to 4.") }
        // OpenAI's default is mp3; here it is what every client plays without a library.
        guard let format = Format(rawValue: body.responseFormat ?? "wav") else {
            throw RequestFailure(
                .badRequest,
                "'response_format' takes wav, pcm, opus, flac, mp3 or aac, not '\(body.responseFormat ?? "")'.")
        }
        let place = try admission.enter()
        var voice = body.voice?.name ?? engines.defaultVoice
        if Self.foreignVoices.contains(voice) { voice = engines.defaultVoice }
        let synthesizer = try engines.queued().synthesizer(voice)
        try await synthesizer.load()
        var options = engines.session.speech
        options.voice = voice
        options.rate = SpeechOptions.normalRate * speed
        let isEvents = body.streamFormat == "sse"
        let frames = synthesizer.speak(body.input, options: options)
        // What is missing for the format is told before the answer begins.
        let encoding = Mutex<Encoding?>(try Encoding(format, inputRate: synthesizer.sampleRate))
        return Response(
            status: .ok, headers: isEvents ? ServerSentEvents.headers : [.contentType: format.type],
            body: .init { writer in
                defer { withExtendedLifetime(place) {} }
                guard let encoding = encoding.withLock({ $0.take() }) else { return }
                try await Self.write(frames, encoding, isEvents: isEvents, to: &writer)
            })
    }

    private struct Delta: Encodable {
        var type = "speech.audio.delta"
        var audio: String
    }

    private struct Done: Encodable {
        var type = "speech.audio.done"
    }

    private static func write(
        _ frames: AsyncThrowingStream<SpokenFrame, any Error>, _ encoding: Encoding, isEvents: Bool,
        to writer: inout any ResponseBodyWriter
    ) async throws {
        for try await frame in frames {
            let bytes = try encoding.bytes(frame.audio.samples)
            if bytes.isEmpty { continue }
            try await writer.write(
                isEvents ? ServerSentEvents.event(Delta(audio: bytes.base64EncodedString())) : ByteBuffer(bytes: bytes))
        }
        let rest = try encoding.finish()
        if !rest.isEmpty {
            try await writer.write(
                isEvents ? ServerSentEvents.event(Delta(audio: rest.base64EncodedString())) : ByteBuffer(bytes: rest))
        }
        if isEvents { try await writer.write(ServerSentEvents.event(Done())) }
        try await writer.finish(nil)
    }

    /// Samples to the bytes of a format, piece by piece.
    private final class Encoding {
        /// Bytes that wait to be sent.
        private final class Bytes {
            var data = Data()

            func take() -> Data {
                defer { data = Data() }
                return data
            }
        }

        private var resampler: Resampler
        private let bytes = Bytes()
        /// nil: samples are sent as they are.
        private let writer: (any SoundWriter)?

        init(_ format: Format, inputRate: Int) throws {
            let (rate, bytes) = (SpeechRoute.rate, bytes)
            resampler = Resampler(from: inputRate, to: rate)
            let sink: (Data) -> Void = { bytes.data += $0 }
            switch format {
            case .pcm: writer = nil
            case .wav:
                writer = nil
                // The length is not known yet: sizes are the largest, as streaming writers leave them.
                var header = WaveFile(samples: [], sampleRate: rate).encoded()
                for start in [4, header.count - 4] {
                    header.replaceSubrange(start..<start + 4, with: [0xFF, 0xFF, 0xFF, 0xFF])
                }
                bytes.data = header
            case .opus: writer = try OggOpusWriter(sampleRate: rate, sink: sink)
            case .flac: writer = try SoundFileWriter(.flac, sampleRate: rate, sink: sink)
            case .mp3: writer = try SoundFileWriter(.mp3, sampleRate: rate, sink: sink)
            case .aac: writer = try AACWriter(sampleRate: rate, sink: sink)
            }
        }

        func bytes(_ samples: [Float]) throws -> Data { try take(resampler.process(samples)) }

        func finish() throws -> Data {
            try add(resampler.finish())
            try writer?.finish()
            return bytes.take()
        }

        private func take(_ samples: [Float]) throws -> Data {
            try add(samples)
            return bytes.take()
        }

        private func add(_ samples: [Float]) throws {
            if let writer { try writer.append(samples) } else { bytes.data += SoundBytes.pcm(samples) }
        }
    }
}

/// Samples as they go over the wire.
enum SoundBytes {
    /// 16 bits, little endian; what lies outside −1 … 1 is clipped.
    static func pcm(_ samples: [Float]) -> Data {
        var data = Data(capacity: samples.count * 2)
        for sample in samples {
            let value = Int16((max(-1, min(1, sample.isFinite ? sample : 0)) * 32_767).rounded())
            data.append(UInt8(truncatingIfNeeded: value))
            data.append(UInt8(truncatingIfNeeded: value >> 8))
        }
        return data
    }
}
