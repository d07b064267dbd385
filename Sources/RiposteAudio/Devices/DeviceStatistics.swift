/// What went wrong between a device and the program, in counts that only grow.
public struct DeviceStatistics: Sendable, Equatable {
    /// Samples of input lost because nobody took them in time, at 16 kHz. Positions jump by as many.
    public var droppedSamples = 0
    /// How often a speech that had begun ran dry before its end.
    public var underruns = 0
    /// The silence those gaps put into speech, in samples at the sink's rate.
    public var underrunSamples = 0

    public init() {}
}
