import Foundation

/// The body of a form (RFC 7578).
struct MultipartBody {
    private let boundary = "riposte-\(UUID().uuidString)"
    private var content = Data()

    var type: String { "multipart/form-data; boundary=\(boundary)" }
    var data: Data { content + Data("--\(boundary)--\r\n".utf8) }

    mutating func add(_ name: String, _ value: String) {
        add(header: "name=\"\(name)\"", Data(value.utf8))
    }

    mutating func add(_ name: String, file: String, type: String, _ bytes: Data) {
        add(header: "name=\"\(name)\"; filename=\"\(file)\"\r\nContent-Type: \(type)", bytes)
    }

    private mutating func add(header: String, _ bytes: Data) {
        content += Data("--\(boundary)\r\nContent-Disposition: form-data; \(header)\r\n\r\n".utf8)
        content += bytes
        content += Data("\r\n".utf8)
    }
}
