import Foundation
import RiposteCore

extension SessionRecording {
    /// Reads a recording.
    /// - Throws: `.badInput` when there is no such file or it is none, or one of a newer version; `.corrupt` when a
    ///   line is damaged. A last line that was cut off is left out.
    public init(reading url: URL) throws {
        guard let data = FileManager.default.contents(atPath: url.path) else {
            throw RiposteError(.badInput, .session, "\(url.path) cannot be read.")
        }
        try self.init(data, name: url.lastPathComponent)
    }

    /// - Parameter name: what to call it in an error.
    init(_ data: Data, name: String) throws {
        var rows = data.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)
        // A whole file ends with a line break; what stands behind the last one was cut off.
        if !rows.isEmpty { rows.removeLast() }
        guard let first = rows.first else {
            throw RiposteError(.badInput, .session, "\(name) is no recording of a session.")
        }
        header = try Self.header(first, name: name)
        let decoder = RecordingLine.decoder()
        var lines: [Line] = []
        var isComplete = false
        for (index, row) in rows.enumerated().dropFirst() {
            do {
                let line = try decoder.decode(RecordingLine.self, from: row)
                if line.end == true { isComplete = true }
                if let line = line.line { lines.append(line) }
            } catch {
                throw RiposteError(
                    .corrupt, .session, "\(name) is damaged in line \(index + 1).", underlying: error)
            }
        }
        self.lines = lines
        self.isComplete = isComplete
    }

    private static func header(_ row: Data, name: String) throws -> Header {
        let object = try? JSONSerialization.jsonObject(with: row) as? [String: Any]
        guard var object, object["format"] as? String == format, let version = object["version"] as? Int else {
            throw RiposteError(.badInput, .session, "\(name) is no recording of a session.")
        }
        guard version <= Self.version else {
            throw RiposteError(
                .badInput, .session,
                "\(name) was written by a newer Riposte (format \(version); this one reads up to \(Self.version)).")
        }
        let defaults = try JSONSerialization.jsonObject(with: RecordingLine.encoder().encode(Session.Configuration()))
        // A setting that the recording is too old to know takes its default.
        while true {
            do {
                let data = try JSONSerialization.data(withJSONObject: object)
                return try RecordingLine.decoder().decode(Header.self, from: data)
            } catch DecodingError.keyNotFound(let key, let context) {
                let path = (context.codingPath + [key]).map(\.stringValue)
                guard path.first == "configuration", let value = Self.value(at: path.dropFirst(), in: defaults),
                    Self.set(value, at: path[...], in: &object)
                else { throw damaged(name, context.debugDescription) }
            } catch let error as DecodingError {
                throw damaged(name, "\(error)")
            }
        }
    }

    private static func damaged(_ name: String, _ reason: String) -> RiposteError {
        RiposteError(.corrupt, .session, "\(name) is damaged in line 1: \(reason)")
    }

    private static func value(at path: ArraySlice<String>, in object: Any) -> Any? {
        guard let key = path.first else { return object }
        return (object as? [String: Any])?[key].flatMap { value(at: path.dropFirst(), in: $0) }
    }

    /// - Returns: whether there was a place for it.
    private static func set(_ value: Any, at path: ArraySlice<String>, in object: inout [String: Any]) -> Bool {
        guard let key = path.first else { return false }
        if path.count == 1 {
            object[key] = value
            return true
        }
        guard var inner = object[key] as? [String: Any] else { return false }
        defer { object[key] = inner }
        return set(value, at: path.dropFirst(), in: &inner)
    }
}
