import Foundation
import RiposteInference

/// The standard input as text, as it comes. It is read as fast as it is used, so that an endless one needs no memory.
actor StandardInput {
    // Reading blocks, and must not do so on one of the few threads that tasks share.
    private let thread = InferenceThread(name: "input")
    private var decoder = TextDecoder()
    private var isOver = false

    nonisolated var unownedExecutor: UnownedSerialExecutor { thread.asUnownedSerialExecutor() }

    static func pieces() -> AsyncStream<String> {
        let input = StandardInput()
        return AsyncStream { await input.next() }
    }

    /// What has come; nothing at the end, and where it cannot be read: a directory, a closed one. (`FileHandle` ends the
    /// process there.)
    private static func read() -> Data {
        var buffer = [UInt8](repeating: 0, count: 1 << 16)
        while true {
            let count = Foundation.read(STDIN_FILENO, &buffer, buffer.count)
            if count >= 0 { return Data(buffer.prefix(count)) }
            guard errno == EINTR else { return Data() }
        }
    }

    private func next() -> String? {
        guard !isOver else { return nil }
        let data = Self.read()
        guard data.isEmpty else { return decoder.decode(data) }
        isOver = true
        return decoder.finish()
    }
}

/// Decodes UTF-8 that arrives in blocks, which may end within a character.
struct TextDecoder {
    private var rest = Data()

    mutating func decode(_ data: Data) -> String {
        rest.append(data)
        let whole = rest.count - Self.unfinished(rest)
        let text = String(decoding: rest.prefix(whole), as: UTF8.self)
        rest = Data(rest.dropFirst(whole))
        return text
    }

    mutating func finish() -> String {
        defer { rest = Data() }
        return String(decoding: rest, as: UTF8.self)
    }

    /// How many bytes at the end belong to a character that is not complete.
    private static func unfinished(_ data: Data) -> Int {
        for (back, byte) in data.suffix(3).reversed().enumerated() where byte & 0b1100_0000 != 0b1000_0000 {
            let length = byte >= 0xF0 ? 4 : byte >= 0xE0 ? 3 : byte >= 0xC0 ? 2 : 1
            return length > back + 1 ? back + 1 : 0
        }
        return 0
    }
}
