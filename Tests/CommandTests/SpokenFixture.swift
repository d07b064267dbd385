import Foundation
import RiposteAudio
import RiposteInference
import RiposteTesting
import Testing

@testable import riposte

/// Something spoken, and a word that is in it.
struct SpokenFixture {
    /// Mono, 16 kHz.
    let samples: [Float]
    let word: String

    /// Whether the command can hear, answer and speak.
    static let canConverse: Bool = {
        let store = ModelsCommand.store
        return CommandRun.executable != nil
            && ["onnxruntime", "silero-vad", "whisper-base", "hibari", "piper-joe"].allSatisfy {
                store.status(of: $0) == .ready
            }
    }()
    static let hint: Comment = "needs the command and its models; get them with: riposte models fetch"

    /// A person's order, or without the recordings a neural voice's question.
    static func order() async throws -> SpokenFixture {
        if let file = TestResources.spokenOrders.first {
            return SpokenFixture(samples: try WaveFile(reading: file).samples, word: "coffee")
        }
        return SpokenFixture(samples: try await say("What is twelve times seven?"), word: "times")
    }

    /// A text in the voice that plays the user in the demo. Mono, 16 kHz.
    static func say(_ text: String) async throws -> [Float] {
        let folder = try TemporaryFolder()
        let file = folder.url.appending(path: "said.wav")
        let run = try CommandRun(["say", "--voice", "joe", text, "-o", file.path], in: folder.url)
        try await run.wait()
        #expect(run.status == 0, "\(run.standardError)")
        return try WaveFile(reading: file).samples
    }
}

/// Ways to write a sound as a WAVE file, made here by hand so that the project's own writer is not what is tested.
enum WaveKind: String, CaseIterable {
    case pcm8, pcm16, pcm24, float32, stereo48000, truncated

    func data(_ samples: [Float]) -> Data {
        switch self {
        case .pcm8: Self.wave(samples, tag: 1, bits: 8) { [UInt8(max(0, min(255, ($0 * 128).rounded() + 128)))] }
        case .pcm16: Self.wave(samples, tag: 1, bits: 16) { Self.bytes(Int16($0 * 32767)) }
        case .pcm24: Self.wave(samples, tag: 1, bits: 24) { Array(Self.bytes(Int32($0 * 8_388_607)).prefix(3)) }
        case .float32: Self.wave(samples, tag: 3, bits: 32) { Self.bytes($0.bitPattern) }
        case .stereo48000:
            Self.wave(
                Resampler.resample(samples, from: 16_000, to: 48_000), tag: 1, bits: 16, rate: 48_000, channels: 2
            ) {
                Self.bytes(Int16(max(-1, min(1, $0)) * 32767))
            }
        case .truncated:
            // The header promises a minute more.
            Self.wave(samples, tag: 1, bits: 16, missing: 60 * 32_000) { Self.bytes(Int16($0 * 32767)) }
        }
    }

    private static func wave(
        _ samples: [Float], tag: UInt16, bits: Int, rate: Int = 16_000, channels: Int = 1, missing: Int = 0,
        encode: (Float) -> [UInt8]
    ) -> Data {
        let sound = samples.flatMap { sample in (0..<channels).flatMap { _ in encode(sample) } }
        let frame = channels * bits / 8
        var data = Data("RIFF".utf8) + bytes(UInt32(sound.count + missing + 36)) + Data("WAVEfmt ".utf8)
        data += bytes(UInt32(16)) + bytes(tag) + bytes(UInt16(channels))
        data += bytes(UInt32(rate)) + bytes(UInt32(rate * frame)) + bytes(UInt16(frame)) + bytes(UInt16(bits))
        return data + Data("data".utf8) + bytes(UInt32(sound.count + missing)) + sound
    }

    private static func bytes(_ value: some FixedWidthInteger) -> [UInt8] {
        withUnsafeBytes(of: value.littleEndian) { Array($0) }
    }
}
