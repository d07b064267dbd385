import Foundation
import RiposteInference
import Testing

/// Models that tests of the voices need. Without them those tests are reported as skipped.
enum SynthesisModels {
    static let hint: Comment = "needs models; get them with: riposte models fetch onnxruntime hibari piper-joe"

    static var hibari: URL? { folder("hibari") }
    static var joe: URL? { folder("piper-joe")?.appendingPathComponent("en_US-joe-medium.onnx") }

    private static func folder(_ name: String) -> URL? {
        guard (try? OnnxRuntime.shared()) != nil else { return nil }
        return try? ModelStore.standard.folder(of: name)
    }
}
