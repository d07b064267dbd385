import COnnxRuntime
import RiposteCore

extension OnnxRuntime {
    /// Takes the message out of a status and gives its memory back.
    static func takeMessage(_ status: OrtxStatus) -> String {
        guard let message = status.message else { return "unknown reason" }
        defer { ortx_free(message) }
        return String(cString: message)
    }

    /// Throws what the library says, in its own words, when a call did not succeed.
    ///
    /// The library's codes: 2 invalid argument, 3 no such file, 7 invalid protobuf, 10 invalid graph.
    /// - Parameter context: What was being done, put in front of the library's message.
    static func check(_ status: OrtxStatus, _ context: @autoclosure () -> String) throws(RiposteError) {
        guard status.code != 0 else { return }
        let code: RiposteError.Code =
            switch status.code {
            case 2: .badInput
            case 3: .storage
            case 7, 10: .corrupt
            default: .engineFailed
            }
        throw RiposteError(code, .inference, "\(context()): \(takeMessage(status))")
    }
}
