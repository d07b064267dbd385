import Foundation
import Hummingbird
import NIOCore
import RiposteCore

/// Bodies in JSON, both ways.
enum JSONAnswer {
    static func encoded(_ value: some Encodable) -> Data {
        let encoder = JSONEncoder()
        encoder.keyEncodingStrategy = .convertToSnakeCase
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        // What is encoded here are texts and finite numbers.
        return (try? encoder.encode(value)) ?? Data("{}".utf8)
    }

    static func response(_ value: some Encodable, status: HTTPResponse.Status = .ok) -> Response {
        Response(
            status: status, headers: [.contentType: "application/json"],
            body: .init(byteBuffer: ByteBuffer(bytes: encoded(value))))
    }

    /// The body of a request.
    /// - Throws: 413 for one that is too large, 400 for one that is not what it should be.
    static func decoded<Value: Decodable>(_ type: Value.Type, from request: Request, limit: Int) async throws -> Value {
        let buffer = try await body(of: request, limit: limit)
        do {
            let decoder = JSONDecoder()
            decoder.keyDecodingStrategy = .convertFromSnakeCase
            return try decoder.decode(type, from: Data(buffer.readableBytesView))
        } catch let error as DecodingError {
            throw RequestFailure(.badRequest, reason(error))
        } catch {
            throw RequestFailure(.badRequest, "The body is no JSON.")
        }
    }

    static func body(of request: Request, limit: Int) async throws -> ByteBuffer {
        do {
            return try await request.body.collect(upTo: limit)
        } catch is NIOTooManyBytesError {
            throw RequestFailure(.contentTooLarge, "The body is larger than the \(limit) bytes allowed.")
        }
    }

    private static func reason(_ error: DecodingError) -> String {
        switch error {
        case .keyNotFound(let key, _): "'\(key.stringValue)' is missing."
        case .typeMismatch(_, let context), .valueNotFound(_, let context):
            "'\(context.codingPath.map(\.stringValue).joined(separator: "."))' is not what it should be."
        default: "The body is no JSON."
        }
    }
}

/// Why a request is refused, in OpenAI's form.
struct RequestFailure: Error, HTTPResponseError {
    var status: HTTPResponse.Status
    var message: String
    var headers: HTTPFields = [:]

    init(_ status: HTTPResponse.Status, _ message: String, headers: HTTPFields = [:]) {
        self.status = status
        self.message = message
        self.headers = headers
    }

    /// What an error of the project is to a client.
    init(_ error: RiposteError) {
        let status: HTTPResponse.Status =
            switch error.code {
            case .badInput, .libraryMissing: .badRequest
            case .modelMissing: .serviceUnavailable
            case .timedOut: .gatewayTimeout
            default: .internalServerError
            }
        self.init(status, error.message)
    }

    private struct Body: Encodable {
        struct Reason: Encodable {
            var message: String
            var type: String
            var code: String?
        }
        var error: Reason
    }

    func response(from request: Request, context: some RequestContext) -> Response {
        let kind = status.code < 500 ? "invalid_request_error" : "server_error"
        var response = JSONAnswer.response(Body(error: .init(message: message, type: kind)), status: status)
        for field in headers { response.headers[field.name] = field.value }
        return response
    }
}

/// Events as they come (text/event-stream).
enum ServerSentEvents {
    static let headers: HTTPFields = [.contentType: "text/event-stream", .cacheControl: "no-cache"]

    /// Why an answer that has begun does not go on.
    struct Fault: Encodable {
        private struct Reason: Encodable {
            var type = "server_error"
            var message: String
        }
        private var type = "error"
        private var error: Reason

        init(_ message: String) { error = Reason(message: message) }
    }

    static func event(_ value: some Encodable) -> ByteBuffer {
        ByteBuffer(string: "data: \(String(decoding: JSONAnswer.encoded(value), as: UTF8.self))\n\n")
    }
}
