/// Transcribed pieces as subtitles.
public struct Subtitles: Sendable {
    /// A piece of text and when it is said, in seconds.
    public struct Line: Sendable {
        var start: Double
        var end: Double
        var text: String

        public init(start: Double, end: Double, text: String) {
            (self.start, self.end, self.text) = (start, end, text)
        }
    }

    private let lines: [Line]

    public init(_ lines: [Line]) { self.lines = lines }

    /// As SubRip has them: numbered, with a comma before the milliseconds.
    public var srt: String {
        lines.enumerated().map { "\($0 + 1)\n\(Self.cue($1, ","))" }.joined(separator: "\n")
    }

    /// As WebVTT has them, with its first line.
    public var vtt: String { (["WEBVTT\n"] + lines.map { Self.cue($0, ".") }).joined(separator: "\n") }

    private static func cue(_ line: Line, _ point: String) -> String {
        "\(time(line.start, point)) --> \(time(line.end, point))\n\(line.text)\n"
    }

    /// Hours, minutes, seconds and milliseconds.
    private static func time(_ seconds: Double, _ point: String) -> String {
        let milliseconds = Int((seconds * 1000).rounded())
        func padded(_ value: Int, _ length: Int) -> String {
            let digits = String(value)
            return String(repeating: "0", count: max(0, length - digits.count)) + digits
        }
        let clock = [milliseconds / 3_600_000, milliseconds / 60_000 % 60, milliseconds / 1000 % 60]
        return clock.map { padded($0, 2) }.joined(separator: ":") + point + padded(milliseconds % 1000, 3)
    }
}
