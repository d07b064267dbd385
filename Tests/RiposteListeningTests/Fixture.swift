import Foundation

/// Reference values beside the tests.
enum Fixture {
    static func decode<Value: Decodable>(_ type: Value.Type, from name: String) throws -> Value {
        let file = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
            .appendingPathComponent("Fixtures/\(name)")
        return try JSONDecoder().decode(type, from: Data(contentsOf: file))
    }
}
