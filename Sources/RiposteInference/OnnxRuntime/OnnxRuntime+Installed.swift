import Foundation
import RiposteCore

extension OnnxRuntime {
    /// The library in the model store; nil if it is not there.
    ///
    /// - Throws: `corrupt` if it is there and damaged: opening it could end the process.
    static func installedLibrary() throws -> URL? {
        do {
            return try ModelStore.standard.folder(of: "onnxruntime").appending(path: "libonnxruntime.so")
        } catch let error as RiposteError where error.code == .modelMissing {
            return nil
        }
    }
}
