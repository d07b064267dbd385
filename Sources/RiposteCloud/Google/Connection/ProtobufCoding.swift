#if Cloud
    import GRPCCore
    import SwiftProtobuf

    /// Messages to bytes and back.
    struct ProtobufCoding<Message: SwiftProtobuf.Message & Sendable>: MessageSerializer, MessageDeserializer {
        func serialize<Bytes: GRPCContiguousBytes>(_ message: Message) throws -> Bytes {
            let bytes: [UInt8] = try message.serializedBytes()
            return Bytes(bytes)
        }

        func deserialize<Bytes: GRPCContiguousBytes>(_ bytes: Bytes) throws -> Message {
            try Message(serializedBytes: bytes.withUnsafeBytes { Array($0) })
        }
    }
#endif
