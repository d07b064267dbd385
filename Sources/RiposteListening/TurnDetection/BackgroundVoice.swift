/// Tells a voice in the background, a television, from the speaker's own, so that it doesn't hold their turn open.
///
/// Voice activity says "speech" of both. But the speaker is near: when the loud windows of the latest sound stay well
/// below the loud windows of what was said before, the speaker has stopped and something else goes on. Like is compared
/// with like, because a soft syllable alone says nothing. Where voice activity says silence, nothing is compared across
/// it: that is an ordinary pause.
///
///     level   ▇▆▇▅▇▆▇▂▁▂▃▂▁▂▃▂▂▁▂▂▁▇▆▇
///             └speaker┘└faintFor┘  └ the speaker again
///
/// A sound of any level can also be set aside from outside (``setAside(at:)``), where the words have stopped growing.
/// A pure value; the windows' positions are the time.
public struct BackgroundVoice: Sendable, Equatable {
    public struct Configuration: Sendable, Equatable, Codable {
        /// So many decibels below the speaker it is somebody else. Default 9: inside 120 spoken orders the loud
        /// windows never fall by 9 within `faintFor`; other voices 12 dB lower are told after 0.6 s in the median.
        public var faintBy = 9.0
        /// For so long, in seconds of voice without a pause. Default 0.8.
        public var faintFor = 0.8
        /// At least so much of the speaker must have been heard before, in seconds. Default 0.32.
        public var leastSpeech = 0.32
        /// A voice whose words are whole and have not grown for so long is set aside, in seconds. Default 1: partial
        /// transcripts of a speaker grow every 0.3 to 0.6 s.
        public var wordsStandFor = 1.0
        /// Silence after which it is forgotten, in seconds: any voice is a speaker again. Default 3.
        public var forgottenAfter = 3.0
        /// After so long it is forgotten in any case, in seconds, lest a softer speaker is never heard. Default 60.
        public var longest = 60.0

        public init() {}
    }

    public let configuration: Configuration
    /// Whether the voice that is heard is in the background.
    public private(set) var isBackground = false

    private struct Window: Equatable {
        var end: Int
        var level: Double
    }

    /// The voice of the turn so far.
    private var windows: [Window] = []
    /// Where in `windows` the voice without a pause began.
    private var runStart = 0
    /// Samples of silence up to now.
    private var silence = 0
    /// The speaker's level while something is set aside, in decibels, and when that began.
    private var speaker: Double?
    private var since = 0
    /// Where windows as loud as the speaker's were last heard.
    private var loudEnds: [Int] = []

    public init(configuration: Configuration = .init()) { self.configuration = configuration }

    /// Takes the next window of sound.
    /// - Parameters:
    ///   - level: in decibels; nil when there is no voice in it.
    ///   - window: its samples, counted from the start of the stream.
    ///   - isTurn: whether a speaker has the turn.
    /// - Returns: where the speaker stopped, when it just turned out that what sounds is not theirs.
    public mutating func hear(_ level: Double?, window: Range<Int>, isTurn: Bool) -> Int? {
        silence = level == nil ? silence + window.count : 0
        if speaker != nil,
            silence >= samples(configuration.forgottenAfter)
                || window.upperBound - since >= samples(configuration.longest)
        {
            self = BackgroundVoice(configuration: configuration)
        }
        if isBackground {
            if let level { comeForward(level, at: window.upperBound) }
            return nil
        }
        guard isTurn else {
            (windows, runStart) = ([], 0)
            return nil
        }
        guard let level else {
            // Three windows of Silero are a pause.
            if silence >= 3 * window.count { runStart = windows.count }
            return nil
        }
        windows.append(Window(end: window.upperBound, level: level))
        return faintSince(window.count)
    }

    /// The sound that goes on, whatever its level, is not the speaker's: only what is louder is heard from now on.
    public mutating func setAside(at position: Int) {
        let latest = windows.suffix(25)
        guard !latest.isEmpty else { return }
        isBackground = true
        speaker = Self.loud(latest) + configuration.faintBy
        since = position
        (windows, runStart, loudEnds) = ([], 0, [])
    }

    /// Where the speaker stopped, if the latest voice is too faint to be theirs.
    private mutating func faintSince(_ length: Int) -> Int? {
        let count = max(1, samples(configuration.faintFor) / length)
        guard windows.count - runStart >= count else { return nil }
        let (before, latest) = (windows.dropLast(count), windows.suffix(count))
        let isEnough = before.count * length >= samples(configuration.leastSpeech)
        guard let usual = [isEnough ? Self.loud(before) : nil, speaker].compactMap({ $0 }).max(),
            Self.loud(latest) < usual - configuration.faintBy
        else { return nil }
        // A tenth of the latest windows may still be the speaker's last.
        let end = latest.last { $0.level >= usual - configuration.faintBy }?.end ?? (latest.first?.end ?? 0) - length
        isBackground = true
        speaker = usual
        since = latest.last?.end ?? end
        (windows, runStart, loudEnds) = ([], 0, [])
        return end
    }

    /// Two windows about as loud as the speaker's within a third of a second: it is them.
    private mutating func comeForward(_ level: Double, at end: Int) {
        guard let speaker, level >= speaker - configuration.faintBy / 2 else { return }
        loudEnds = loudEnds.filter { end - $0 <= samples(0.32) } + [end]
        if loudEnds.count >= 2 { (isBackground, loudEnds) = (false, []) }
    }

    /// The level that a tenth of the windows exceed.
    private static func loud(_ windows: ArraySlice<Window>) -> Double {
        let levels = windows.map(\.level).sorted()
        return levels.isEmpty ? -120 : levels[Int(Double(levels.count - 1) * 0.9)]
    }

    private func samples(_ seconds: Double) -> Int { Int((seconds * 16_000).rounded()) }
}
