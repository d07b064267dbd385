import COnnxRuntime
import RiposteCore

/// What a model says of one of its inputs or outputs.
public struct TensorDescription: Sendable, Equatable, CustomStringConvertible {
    /// One dimension of a shape.
    public enum Dimension: Sendable, Equatable {
        /// Always this many.
        case fixed(Int)
        /// As many as the caller gives; dimensions of the same name are equal.
        case symbolic(String)
        /// As many as the caller gives.
        case any

        /// The fixed size, or nil.
        public var size: Int? {
            if case .fixed(let size) = self { size } else { nil }
        }
    }

    public let name: String
    /// Nil if it is not a tensor (a sequence, a map) or of a type this binding does not know.
    public let elementType: ElementType?
    /// Empty for a scalar.
    public let shape: [Dimension]

    public init(name: String, elementType: ElementType?, shape: [Dimension]) {
        self.name = name
        self.elementType = elementType
        self.shape = shape
    }

    public var description: String {
        let dimensions = shape.map { dimension in
            switch dimension {
            case .fixed(let size): "\(size)"
            case .symbolic(let name): name
            case .any: "?"
            }
        }
        return "\(name): \(elementType.map { "\($0)" } ?? "no tensor") [\(dimensions.joined(separator: ", "))]"
    }

    /// Takes over a shape of the shim's, whose memory is given back by the caller.
    init(name: String, copying shape: OrtxShape) {
        self.name = name
        elementType = ElementType(rawValue: shape.element)
        self.shape = (0..<shape.rank).map { index in
            if let size = shape.dimensions?[index], size >= 0 { return .fixed(Int(size)) }
            if let symbol = shape.names?[index] { return .symbolic(String(cString: symbol)) }
            return .any
        }
    }
}
