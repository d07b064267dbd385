import Foundation
import RiposteAudio
import RiposteCore

/// Takes the echo out of each scene of a folder and says what it cost.
@main struct Cancel {
    private struct Scene: Decodable {
        var name: String
        var length: Int
    }

    static func main() throws {
        guard CommandLine.arguments.count == 3 else {
            FileHandle.standardError.write(Data("usage: cancel SCENES RESULTS\n".utf8))
            exit(2)
        }
        let folders = CommandLine.arguments.dropFirst().map { URL(fileURLWithPath: $0) }
        let index = try Data(contentsOf: folders[0].appendingPathComponent("scenes.json"))
        var (spent, heard) = (0.0, 0.0)
        for scene in try JSONDecoder().decode([Scene].self, from: index) {
            let data = try Data(contentsOf: folders[0].appendingPathComponent("\(scene.name).f32"))
            let rows = data.withUnsafeBytes { Array($0.bindMemory(to: Float.self)) }
            let started = clock()
            let result = cancel(rows, length: scene.length)
            spent += Double(clock() - started) / Double(CLOCKS_PER_SEC)
            heard += Double(scene.length) / Double(EchoCanceller.sampleRate)
            try result.withUnsafeBytes { Data($0) }
                .write(to: folders[1].appendingPathComponent("\(scene.name).f32"))
        }
        print(String(format: "%.0f s of sound, %.2f %% of a core", heard, 100 * spent / heard))
    }

    /// - Parameter rows: the microphone's samples, then the reference's, each of the length; more is left alone.
    private static func cancel(_ rows: [Float], length: Int) -> [Float] {
        var canceller = EchoCanceller()
        var result: [Float] = []
        for start in stride(from: 0, to: length - 511, by: 512) {
            let frame = AudioFrame(
                samples: Array(rows[start..<(start + 512)]), sampleRate: EchoCanceller.sampleRate, position: start)
            let reference = Array(rows[(length + start)..<(length + start + 512)])
            result += canceller.process(microphone: frame, reference: reference).samples
        }
        return result
    }
}
