import Foundation

/// The fields of a multipart/form-data body (RFC 7578).
struct MultipartForm {
    struct Field {
        var name: String
        var fileName: String?
        var value: Data

        var text: String { String(decoding: value, as: UTF8.self) }
    }

    private(set) var fields: [Field] = []

    /// So many fields are read; OpenAI's forms have a dozen.
    private static let mostFields = 64

    /// - Parameter contentType: the header, with its boundary.
    /// - Returns: nil for what is no such body.
    init?(_ body: Data, contentType: String) {
        guard contentType.lowercased().hasPrefix("multipart/form-data"),
            let boundary = Self.parameter("boundary", of: contentType), (1...200).contains(boundary.utf8.count)
        else { return nil }
        let delimiter = Data("--\(boundary)".utf8)
        guard var found = body.range(of: delimiter) else { return nil }
        while fields.count < Self.mostFields {
            let rest = body[found.upperBound...]
            if rest.starts(with: Data("--".utf8)) { return }
            guard let next = rest.range(of: Data("\r\n".utf8) + delimiter) else { return nil }
            guard let field = Self.field(rest[rest.startIndex..<next.lowerBound]) else { return nil }
            fields.append(field)
            found = next
        }
        return nil
    }

    /// The last field of a name.
    subscript(_ name: String) -> Field? { fields.last { $0.name == name } }

    func all(_ name: String) -> [String] { fields.filter { $0.name == name }.map(\.text) }

    private static func field(_ part: Data) -> Field? {
        guard let end = part.range(of: Data("\r\n\r\n".utf8)) else { return nil }
        let headers = String(decoding: part[part.startIndex..<end.lowerBound], as: UTF8.self)
        for line in headers.split(whereSeparator: \.isNewline) {
            guard line.lowercased().hasPrefix("content-disposition:"), let name = parameter("name", of: String(line))
            else { continue }
            return Field(
                name: name, fileName: parameter("filename", of: String(line)), value: Data(part[end.upperBound...]))
        }
        return nil
    }

    private static func parameter(_ name: String, of header: String) -> String? {
        for part in header.split(separator: ";").dropFirst() {
            let pair = part.split(separator: "=", maxSplits: 1).map { $0.trimmingCharacters(in: .whitespaces) }
            guard pair.count == 2, pair[0].lowercased() == name else { continue }
            return pair[1].trimmingCharacters(in: CharacterSet(charactersIn: "\""))
        }
        return nil
    }
}
