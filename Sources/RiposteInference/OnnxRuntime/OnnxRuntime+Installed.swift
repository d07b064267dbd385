import Foundation

extension OnnxRuntime {
    /// The library in the model store, if it is there.
    static func installedLibrary() -> URL? {
        nil
    }
}
