import Foundation
import RiposteAudio
import RiposteCore

/// Writes a session to a file as it goes, and its sound to a WAV file beside it.
///
/// ```swift
/// let recorder = try RecordingWriter(url, keepsSound: true)
/// parts.recorder = recorder
/// let session = Session(parts: parts, configuration: configuration)
/// try recorder.begin(session, versions: ["riposte": "0.1"])
/// try await session.run()
/// try await recorder.finish()
/// ```
public final class RecordingWriter: SessionRecorder {
    private let sound: URL?
    private let entries: AsyncStream<RecordedEntry>.Continuation
    private let files: RecordingFiles
    private let writing: Task<Void, any Error>

    /// - Parameters:
    ///   - url: the file; with `keepsSound`, one of its name that ends in `.wav` lies beside it.
    ///   - keepsSound: whether the voice is kept too. Words that were understood are in the recording in any case.
    /// - Throws: `.storage` when a file cannot be made.
    public init(_ url: URL, keepsSound: Bool) throws {
        let sound = keepsSound ? url.deletingPathExtension().appendingPathExtension("wav") : nil
        self.sound = sound
        let files = try RecordingFiles(url, sound: sound)
        self.files = files
        let (stream, entries) = AsyncStream.makeStream(of: RecordedEntry.self)
        self.entries = entries
        writing = Task {
            for await entry in stream { try await files.write(entry) }
            try await files.finish()
        }
    }

    /// Writes the first line: what the session is made with. To be called before the session runs.
    /// - Parameter versions: names and versions of whatever the session is made of.
    /// - Throws: `.storage`.
    public func begin(_ session: Session, versions: [String: String]) async throws {
        var header = await SessionRecording.Header(
            contains: ["what was understood and said, as text"], sound: sound?.lastPathComponent, versions: versions,
            configuration: session.configuration, conversation: session.conversation,
            hasTurnDetector: session.parts.turnDetector != nil)
        if sound != nil { header.contains.append("the sound of the microphone") }
        try await files.write(header)
    }

    public func record(_ entry: RecordedEntry) { entries.yield(entry) }

    /// Writes what is still to be written, and closes the files.
    /// - Throws: `.storage` when something could not be written.
    public func finish() async throws {
        entries.finish()
        try await writing.value
    }
}

/// The files of a recording, written one entry after the other.
private actor RecordingFiles {
    private let file: FileHandle
    private let wave: WaveWriter?
    private let encoder = RecordingLine.encoder()

    init(_ url: URL, sound: URL?) throws {
        guard FileManager.default.createFile(atPath: url.path, contents: nil),
            let file = FileHandle(forWritingAtPath: url.path)
        else { throw RiposteError(.storage, .session, "The recording \(url.path) cannot be written.") }
        self.file = file
        wave = try sound.map { try WaveWriter($0, sampleRate: Waterfall.sampleRate) }
    }

    func write(_ entry: RecordedEntry) throws {
        switch entry {
        case .sound(let frame):
            try wave?.append(frame.samples)
        case .told(let happening, let position):
            try write(RecordingLine(.told(happening, at: position)))
        case .decided(let decision):
            try write(RecordingLine(decision))
        }
    }

    func write(_ line: some Encodable) throws {
        do {
            try file.write(contentsOf: encoder.encode(line) + Data([UInt8(ascii: "\n")]))
        } catch {
            throw RiposteError(.storage, .session, "The recording could not be written: \(error).", underlying: error)
        }
    }

    func finish() throws {
        try write(RecordingLine.end)
        try wave?.finish()
        try file.close()
    }
}
