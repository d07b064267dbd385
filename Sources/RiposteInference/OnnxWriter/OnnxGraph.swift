/// The element types of ONNX tensors, by the numbers of `TensorProto.DataType`.
public enum OnnxElementType: Int, Sendable {
    case float = 1
    case uint8 = 2
    case int8 = 3
    case int32 = 6
    case int64 = 7
    case bool = 9
    case float16 = 10

    /// The size of one element in bytes.
    public var size: Int {
        switch self {
        case .uint8, .int8, .bool: 1
        case .float16: 2
        case .float, .int32: 4
        case .int64: 8
        }
    }
}

/// One dimension of a graph's input or output: a number, or a name where it may vary from run to run.
public enum OnnxDimension: Sendable, Equatable, ExpressibleByIntegerLiteral, ExpressibleByStringLiteral {
    case fixed(Int)
    case symbolic(String)

    public init(integerLiteral value: Int) { self = .fixed(value) }
    public init(stringLiteral value: String) { self = .symbolic(value) }
}

/// An ONNX graph under construction: nodes in the order they run, small constants inside it, large ones by
/// reference to a file beside it.
///
/// ```swift
/// var graph = OnnxGraph(name: "double")
/// let x = graph.input("x", .float, ["n"])
/// graph.output(graph.apply("Add", [x, x]), as: "y", .float, ["n"])
/// try graph.write(to: url)
/// ```
public struct OnnxGraph: Sendable {
    /// What a node is told besides its inputs.
    public enum Attribute: Sendable {
        case integer(Int)
        case number(Float)
        case text(String)
        case integers([Int])
        /// A body, for `If`. It may use every value of the graph around it by name.
        case graph(OnnxGraph)
    }

    /// The operators that ONNX Runtime adds to the standard.
    public static let contributed = "com.microsoft"

    struct Node: Sendable {
        var operation: String
        var domain: String
        var inputs: [String]
        var outputs: [String]
        var attributes: [(name: String, value: Attribute)]
    }

    struct Value: Sendable {
        var name: String
        var type: OnnxElementType
        var shape: [OnnxDimension]
    }

    struct Constant: Sendable {
        enum Content: Sendable {
            case inline([UInt8])
            case external(OnnxWeightFile.Region)
        }
        var name: String
        var type: OnnxElementType
        var shape: [Int]
        var content: Content
    }

    public let name: String
    private(set) var nodes: [Node] = []
    private(set) var inputs: [Value] = []
    private(set) var outputs: [Value] = []
    private(set) var constants: [Constant] = []
    private var known: Set<String> = []
    private var counter = 0

    /// - Parameter name: also the prefix of the names the graph makes up, so a body's differ from its surroundings'.
    public init(name: String) {
        self.name = name
    }

    /// Declares an input and returns its name.
    public mutating func input(_ name: String, _ type: OnnxElementType, _ shape: [OnnxDimension]) -> String {
        inputs.append(Value(name: name, type: type, shape: shape))
        return name
    }

    /// Declares a true or false that a run may leave out.
    public mutating func optionalInput(_ name: String, default value: Bool) -> String {
        constants.append(Constant(name: name, type: .bool, shape: [], content: .inline([value ? 1 : 0])))
        return input(name, .bool, [])
    }

    /// Declares the output `name`, with the content of `value`.
    public mutating func output(
        _ value: String, as name: String, _ type: OnnxElementType, _ shape: [OnnxDimension]
    ) {
        if value != name {
            add("Identity", [value], outputs: [name])
        }
        outputs.append(Value(name: name, type: type, shape: shape))
    }

    /// Adds a node with one output and returns that output's name. An empty input name is an input left out.
    public mutating func apply(
        _ operation: String, _ inputs: [String], domain: String = "",
        _ attributes: KeyValuePairs<String, Attribute> = [:]
    ) -> String {
        apply(operation, inputs, domain: domain, attributes, outputs: 1)[0]
    }

    /// Adds a node with several outputs and returns their names.
    public mutating func apply(
        _ operation: String, _ inputs: [String], domain: String = "",
        _ attributes: KeyValuePairs<String, Attribute> = [:], outputs count: Int
    ) -> [String] {
        counter += 1
        let names = (0..<count).map { "\(name)/\(counter)_\(operation)_\($0)" }
        add(operation, inputs, domain: domain, attributes, outputs: names)
        return names
    }

    /// Adds a node whose outputs are named by the caller.
    public mutating func add(
        _ operation: String, _ inputs: [String], domain: String = "",
        _ attributes: KeyValuePairs<String, Attribute> = [:], outputs: [String]
    ) {
        nodes.append(
            Node(
                operation: operation, domain: domain, inputs: inputs, outputs: outputs,
                attributes: attributes.map { ($0.key, $0.value) }))
    }

    /// A constant of integers (int64), made once however often it is asked for. No shape: a vector.
    public mutating func integers(_ values: [Int], shape: [Int]? = nil) -> String {
        let shape = shape ?? [values.count]
        return inline("int", values.map { Int64($0).littleEndian }, .int64, shape)
    }

    /// A constant of floats. No shape: a vector.
    public mutating func floats(_ values: [Float], shape: [Int]? = nil) -> String {
        inline("float", values.map { $0.bitPattern.littleEndian }, .float, shape ?? [values.count])
    }

    /// A constant that lies in a file beside the graph. Naming it a second time changes nothing.
    public mutating func external(
        _ name: String, _ type: OnnxElementType, _ shape: [Int], in region: OnnxWeightFile.Region
    ) -> String {
        if known.insert(name).inserted {
            constants.append(Constant(name: name, type: type, shape: shape, content: .external(region)))
        }
        return name
    }

    private mutating func inline<T: FixedWidthInteger>(
        _ prefix: String, _ values: [T], _ type: OnnxElementType, _ shape: [Int]
    ) -> String {
        let spelled = "\(prefix)\(shape):" + values.map { String($0) }.joined(separator: ",")
        // Long constants are told apart by their place, short ones by what they say.
        let key = "\(name)/" + (spelled.utf8.count <= 64 ? spelled : "\(prefix)\(constants.count)")
        if known.insert(key).inserted {
            let bytes = values.withUnsafeBytes { Array($0) }
            constants.append(Constant(name: key, type: type, shape: shape, content: .inline(bytes)))
        }
        return key
    }
}
