/// A loudness that changes smoothly: straight from one gain to the next.
public struct GainRamp: Sendable, Equatable {
    /// In samples.
    public let length: Int
    public private(set) var current: Float = 1
    public private(set) var target: Float = 1
    private var step: Float = 0

    public init(length: Int) { self.length = max(1, length) }

    /// Moves towards a gain from the next sample on.
    public mutating func set(_ gain: Float) {
        target = gain
        step = (gain - current) / Float(length)
    }

    /// At a gain at once.
    public mutating func reset(to gain: Float = 1) {
        (current, target, step) = (gain, gain, 0)
    }

    /// Applies the next gains to samples.
    public mutating func apply(to samples: inout [Float]) {
        if current == target {
            if current != 1 { for index in samples.indices { samples[index] *= current } }
            return
        }
        for index in samples.indices {
            if current != target {
                current += step
                // Rounding must not carry it past its end.
                if (target - current) * step <= 0 { current = target }
            }
            samples[index] *= current
        }
    }
}
