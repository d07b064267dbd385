import COnnxRuntime
import RiposteCore

/// Numbers with a shape, as a model takes them and gives them.
///
/// A tensor never changes once it is made, so that it can be read by several runs at once, and an output can be fed
/// back as an input (a key-value cache) without a copy.
///
/// ```swift
/// let window = try Tensor([Float](repeating: 0, count: 576), shape: [1, 576])
/// let mel = try Tensor(of: Float.self, shape: [1, 80, 3000]) { buffer in features.write(into: buffer) }
/// let rate = try Tensor(Int64(16000))   // a scalar: its shape is []
/// ```
public final class Tensor: Sendable {
    /// Memory a tensor lies in and that it does not own by itself: given back, or let go, with the tensor.
    private final class Memory: Sendable {
        // The address of memory nobody writes to any more once the tensor is made.
        nonisolated(unsafe) let base: UnsafeMutableRawPointer
        let owner: (any Sendable)?

        init(byteCount: Int) {
            // 64 bytes: a cache line, and the widest vector there is.
            base = .allocate(byteCount: max(byteCount, 1), alignment: 64)
            owner = nil
        }

        init(borrowing base: UnsafeMutableRawPointer, of owner: any Sendable) {
            self.base = base
            self.owner = owner
        }

        deinit {
            if owner == nil { base.deallocate() }
        }
    }

    let library: OnnxRuntime
    let value: OnnxRuntime.Handle
    private let memory: Memory?
    // Where the elements are, valid as long as the value is; nobody writes there.
    private nonisolated(unsafe) let base: UnsafeMutableRawPointer

    /// Empty for a scalar.
    public let shape: [Int]
    public let elementType: ElementType
    /// How many elements it has: the product of the shape.
    public let count: Int

    private init(memory: Memory, elementType: ElementType, shape: [Int], library: OnnxRuntime) throws {
        let count = try Tensor.elementCount(of: shape)
        let dimensions = shape.map(Int64.init)
        var created: OpaquePointer?
        let status = ortx_value_create(
            library.handle.pointer, memory.base, count * elementType.byteCount, dimensions, dimensions.count,
            elementType.rawValue, &created)
        try OnnxRuntime.check(status, "A tensor of shape \(shape) could not be made")
        guard let created else { throw Tensor.noValue }
        self.library = library
        self.value = OnnxRuntime.Handle(pointer: created)
        self.memory = memory
        self.base = memory.base
        self.shape = shape
        self.elementType = elementType
        self.count = count
    }

    /// Takes over a value that a run gave out.
    init(adopting value: OpaquePointer, name: String, library: OnnxRuntime) throws {
        var description = OrtxShape()
        var memory: UnsafeMutableRawPointer?
        do {
            try OnnxRuntime.check(
                ortx_value_describe(library.handle.pointer, value, &description), "Output '\(name)' has no shape")
            guard let type = ElementType(rawValue: description.element), type != .string else {
                throw RiposteError(.engineFailed, .inference, "Output '\(name)' is not a tensor of numbers.")
            }
            try OnnxRuntime.check(
                ortx_value_memory(library.handle.pointer, value, &memory), "Output '\(name)' cannot be read")
            elementType = type
        } catch {
            ortx_shape_release(description)
            ortx_value_release(library.handle.pointer, value)
            throw error
        }
        shape = (0..<description.rank).map { Int(description.dimensions?[$0] ?? 0) }
        ortx_shape_release(description)
        count = shape.reduce(1, *)
        self.library = library
        self.value = OnnxRuntime.Handle(pointer: value)
        self.memory = nil
        // An empty tensor may have no memory at all; nothing is read through this address then.
        base = memory ?? UnsafeMutableRawPointer(bitPattern: 64) ?? UnsafeMutableRawPointer(value)
    }

    deinit {
        ortx_value_release(library.handle.pointer, value.pointer)
    }

    private static let noValue = RiposteError(.engineFailed, .inference, "ONNX Runtime gave no value back.")

    private static func elementCount(of shape: [Int]) throws -> Int {
        var count = 1
        for size in shape {
            let (product, overflow) = count.multipliedReportingOverflow(by: size)
            guard size >= 0, !overflow else {
                throw RiposteError(.badInput, .inference, "\(shape) is not a shape.")
            }
            count = product
        }
        return count
    }
}

// MARK: Making

extension Tensor {
    /// A tensor whose elements the closure writes, straight into the memory the model will read.
    ///
    /// - Parameters:
    ///   - shape: Sizes, outermost first; empty for a scalar.
    ///   - library: Where it will be used; the process's own by default.
    ///   - fill: Is given the elements in row-major order, all zero.
    public convenience init<Element: TensorElement>(
        of type: Element.Type = Element.self, shape: [Int], library: OnnxRuntime? = nil,
        fill: (UnsafeMutableBufferPointer<Element>) throws -> Void
    ) throws {
        let count = try Tensor.elementCount(of: shape)
        let byteCount = count * MemoryLayout<Element>.stride
        let memory = Memory(byteCount: byteCount)
        memory.base.initializeMemory(as: UInt8.self, repeating: 0, count: byteCount)
        let elements = memory.base.bindMemory(to: Element.self, capacity: count)
        try fill(UnsafeMutableBufferPointer(start: elements, count: count))
        try self.init(
            memory: memory, elementType: Element.elementType, shape: shape, library: library ?? OnnxRuntime.shared())
    }

    /// A tensor of the given elements, in row-major order.
    ///
    /// - Throws: `badInput` if there are not as many as the shape says.
    public convenience init<Element: TensorElement>(
        _ values: some Collection<Element>, shape: [Int], library: OnnxRuntime? = nil
    ) throws {
        let count = try Tensor.elementCount(of: shape)
        guard values.count == count else {
            throw RiposteError(
                .badInput, .inference,
                "\(values.count) values do not fill a tensor of shape \(shape), which has \(count).")
        }
        let memory = Memory(byteCount: count * MemoryLayout<Element>.stride)
        let elements = memory.base.bindMemory(to: Element.self, capacity: count)
        _ = UnsafeMutableBufferPointer(start: elements, count: count).initialize(fromContentsOf: values)
        try self.init(
            memory: memory, elementType: Element.elementType, shape: shape, library: library ?? OnnxRuntime.shared())
    }

    /// A tensor along one dimension.
    public convenience init<Element: TensorElement>(_ values: [Element], library: OnnxRuntime? = nil) throws {
        try self.init(values, shape: [values.count], library: library)
    }

    /// A scalar: its shape is empty.
    public convenience init<Element: TensorElement>(_ value: Element, library: OnnxRuntime? = nil) throws {
        try self.init(CollectionOfOne(value), shape: [], library: library)
    }

    /// A tensor over memory that somebody else keeps (a mapped file), without a copy.
    ///
    /// - Parameters:
    ///   - bytes: The elements in row-major order, aligned as their type asks. Nobody may write there any more.
    ///   - owner: Kept until the tensor is gone; the memory must stay as long as it does.
    /// - Throws: `badInput` if the size or the alignment does not fit.
    public convenience init(
        bytes: UnsafeRawBufferPointer, elementType: ElementType, shape: [Int], owner: any Sendable,
        library: OnnxRuntime? = nil
    ) throws {
        let count = try Tensor.elementCount(of: shape)
        let size = elementType.byteCount
        guard let base = bytes.baseAddress, size > 0, bytes.count == count * size,
            Int(bitPattern: base).isMultiple(of: size)
        else {
            throw RiposteError(
                .badInput, .inference,
                "\(bytes.count) bytes do not make a tensor of shape \(shape) of \(elementType), or are not aligned.")
        }
        try self.init(
            memory: Memory(borrowing: UnsafeMutableRawPointer(mutating: base), of: owner), elementType: elementType,
            shape: shape, library: library ?? OnnxRuntime.shared())
    }
}

// MARK: Reading

extension Tensor {
    /// The elements in row-major order, where they are, without a copy; valid only inside the closure.
    ///
    /// - Throws: `badInput` if the tensor holds elements of another type.
    public func withElements<Element: TensorElement, Result>(
        of type: Element.Type = Element.self, _ body: (UnsafeBufferPointer<Element>) throws -> Result
    ) throws -> Result {
        guard Element.elementType == elementType else {
            throw RiposteError(
                .badInput, .inference, "The tensor holds \(elementType), and was read as \(Element.elementType).")
        }
        let elements = base.assumingMemoryBound(to: Element.self)
        return try withExtendedLifetime(self) {
            try body(UnsafeBufferPointer(start: elements, count: count))
        }
    }

    /// `withElements(of: Float.self)`.
    public func withFloats<Result>(_ body: (UnsafeBufferPointer<Float>) throws -> Result) throws -> Result {
        try withElements(of: Float.self, body)
    }

    /// The bytes of the elements, whatever their type, without a copy; valid only inside the closure.
    public func withBytes<Result>(_ body: (UnsafeRawBufferPointer) throws -> Result) rethrows -> Result {
        try withExtendedLifetime(self) {
            try body(UnsafeRawBufferPointer(start: base, count: count * elementType.byteCount))
        }
    }

    /// A copy of the elements in row-major order.
    public func elements<Element: TensorElement>(of type: Element.Type = Element.self) throws -> [Element] {
        try withElements(of: type) { Array($0) }
    }

    public func floats() throws -> [Float] { try elements() }
    public func int64s() throws -> [Int64] { try elements() }
    public func int32s() throws -> [Int32] { try elements() }
}
