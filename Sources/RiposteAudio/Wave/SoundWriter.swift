/// Takes mono sound piece by piece and writes it somewhere.
public protocol SoundWriter: AnyObject {
    /// Of what is appended, in hertz.
    var sampleRate: Int { get }
    /// How many samples have been appended.
    var sampleCount: Int { get }

    /// Appends samples in −1 … 1; what lies outside is clipped.
    func append(_ samples: [Float]) throws
    /// Writes what is left and closes. Further calls do nothing.
    func finish() throws
}

extension WaveWriter: SoundWriter {
    public func append(_ samples: [Float]) throws { try append(samples[...]) }
}
