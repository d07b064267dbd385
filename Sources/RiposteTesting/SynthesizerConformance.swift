import RiposteCore

/// What every speech engine must do, whatever it sounds like.
///
/// ```swift
/// @Test func conforms() async {
///     let violations = await SynthesizerConformance(voice).violations()
///     #expect(violations == [], "\(violations)")
/// }
/// ```
public struct SynthesizerConformance: Sendable {
    private let synthesizer: any Synthesizer

    public init(_ synthesizer: any Synthesizer) {
        self.synthesizer = synthesizer
    }

    /// Runs the whole suite.
    /// - Returns: what the engine did wrong, in words; empty for one that conforms.
    public func violations() async -> [String] {
        var found: [String] = []
        let checks: [(String, @Sendable () async throws -> [String])] = [
            ("loading", loading), ("frames", frames), ("pieces", pieces), ("silence", silence), ("volume", volume),
            ("rate", rate), ("empty text", emptyText), ("unknown voice", unknownVoice), ("repetition", repetition),
            ("leaving", leaving), ("several at once", severalAtOnce),
            ("unloading", unloading),
        ]
        for (name, check) in checks {
            do {
                found += try await check().map { "\(name): \($0)" }
            } catch {
                found.append("\(name): \(error)")
            }
        }
        return found
    }

    private static let text = "The kettle is on. Would you like some tea?"

    private func speak(_ text: String, _ options: SpeechOptions = .init()) async throws -> [SpokenFrame] {
        var frames: [SpokenFrame] = []
        for try await frame in synthesizer.speak(text, options: options) { frames.append(frame) }
        return frames
    }

    private func samples(_ text: String, _ options: SpeechOptions = .init()) async throws -> [Float] {
        try await speak(text, options).flatMap(\.audio.samples)
    }

    private func level(_ samples: [Float]) -> Double {
        let power = samples.reduce(0.0) { $0 + Double($1 * $1) } / Double(max(samples.count, 1))
        return power.squareRoot()
    }

    /// Collects what is wrong.
    private struct Findings {
        var list: [String] = []
        mutating func expect(_ condition: Bool, _ otherwise: @autoclosure () -> String) {
            if !condition { list.append(otherwise()) }
        }
    }

    // MARK: The checks

    @Sendable private func loading() async throws -> [String] {
        try await synthesizer.load()
        try await synthesizer.load()
        var findings = Findings()
        findings.expect(!synthesizer.name.isEmpty, "has no name")
        findings.expect(!synthesizer.voices.isEmpty, "has no voices")
        findings.expect((8000...48_000).contains(synthesizer.sampleRate), "speaks at \(synthesizer.sampleRate) Hz")
        let names = synthesizer.voices.map(\.name)
        findings.expect(Set(names).count == names.count, "two voices have the same name")
        return findings.list
    }

    @Sendable private func unloading() async throws -> [String] {
        let before = try await samples(Self.text)
        await synthesizer.unload()
        return likeness(before, try await samples(Self.text)).map { ["after it was unloaded \($0)"] } ?? []
    }

    /// What is wrong if the same text takes another time; engines may vary a little, as people do.
    private func likeness(_ one: [Float], _ two: [Float]) -> String? {
        let ratio = Double(one.count) / Double(max(two.count, 1))
        return (0.8...1.25).contains(ratio) ? nil : "the same text took \(ratio) times as long"
    }

    @Sendable private func frames() async throws -> [String] {
        var findings = Findings()
        var position = 0
        var texts: [String] = []
        for frame in try await speak(Self.text) {
            let audio = frame.audio
            findings.expect(audio.position == position, "a frame at \(audio.position) follows the sample \(position)")
            findings.expect(audio.sampleRate == synthesizer.sampleRate, "a frame at \(audio.sampleRate) Hz")
            findings.expect(!audio.samples.isEmpty, "an empty frame")
            findings.expect(audio.duration < 0.05, "a frame of \(audio.duration) s")
            findings.expect(audio.samples.allSatisfy { abs($0) <= 1 }, "a sample beyond full scale")
            position = audio.end
            if texts.last != frame.text { texts.append(frame.text) }
        }
        findings.expect(texts == ["The kettle is on.", "Would you like some tea?"], "frames name \(texts)")
        let seconds = Double(position) / Double(synthesizer.sampleRate)
        findings.expect((1.2...6).contains(seconds), "ten words take \(seconds) s")
        return findings.list
    }

    @Sendable private func pieces() async throws -> [String] {
        let pieces = AsyncStream<String> { continuation in
            for character in Self.text { continuation.yield(String(character)) }
            continuation.finish()
        }
        var texts: Set<String> = []
        var sounds = false
        for try await frame in synthesizer.speak(pieces, options: .init()) {
            texts.insert(frame.text)
            sounds = sounds || frame.audio.samples.contains { abs($0) > 0.05 }
        }
        var findings = Findings()
        findings.expect(texts == ["The kettle is on.", "Would you like some tea?"], "pieces were spoken as \(texts)")
        findings.expect(sounds, "pieces made no sound")
        return findings.list
    }

    /// The first sound comes at once, and the end is not cut off nor followed by much silence.
    @Sendable private func silence() async throws -> [String] {
        let samples = try await samples("Hello.")
        var findings = Findings()
        guard let first = samples.firstIndex(where: { abs($0) >= 0.01 }),
            let last = samples.lastIndex(where: { abs($0) >= 0.01 })
        else { return ["nothing to be heard"] }
        let rate = Double(synthesizer.sampleRate)
        findings.expect(Double(first) / rate < 0.02, "the first sound comes after \(Double(first) / rate) s")
        findings.expect(
            Double(samples.count - last) / rate < 0.3, "silence of \(Double(samples.count - last) / rate) s")
        findings.expect(abs(samples.first ?? 0) < 0.02 && abs(samples.last ?? 0) < 0.02, "a click at an end")
        return findings.list
    }

    @Sendable private func volume() async throws -> [String] {
        let full = level(try await samples(Self.text, .init(volume: 1)))
        let half = level(try await samples(Self.text, .init(volume: 0.5)))
        let none = level(try await samples(Self.text, .init(volume: 0)))
        var findings = Findings()
        findings.expect((0.03...0.3).contains(full), "full volume is a level of \(full)")
        // A voice with chance in it is not quite as loud twice.
        findings.expect((0.4...0.62).contains(half / full), "half the volume is \(half / full) of the full one")
        findings.expect(none == 0, "volume 0 is not silent")
        return findings.list
    }

    @Sendable private func rate() async throws -> [String] {
        let normal = Double(try await samples(Self.text).count)
        let fast = Double(try await samples(Self.text, .init(rate: 300)).count)
        let slow = Double(try await samples(Self.text, .init(rate: 110)).count)
        let twice = Double(try await samples(Self.text, .init(rate: 350)).count)
        let half = Double(try await samples(Self.text, .init(rate: 87.5)).count)
        let high = Double(try await samples(Self.text, .init(pitch: 1.2)).count)
        var findings = Findings()
        findings.expect((0.4...0.8).contains(fast / normal), "300 words a minute take \(fast / normal) of 175's time")
        findings.expect((1.2...2.2).contains(slow / normal), "110 words a minute take \(slow / normal) of 175's time")
        findings.expect((0.35...0.7).contains(twice / normal), "twice the rate takes \(twice / normal) of the time")
        findings.expect((1.6...2.8).contains(half / normal), "half the rate takes \(half / normal) of the time")
        findings.expect((0.8...1.25).contains(high / normal), "a higher voice takes \(high / normal) of the time")
        return findings.list
    }

    @Sendable private func emptyText() async throws -> [String] {
        for text in ["", " \n ", "…", "* — *"] where !(try await samples(text).isEmpty) {
            return ["'\(text)' made a sound"]
        }
        return []
    }

    @Sendable private func unknownVoice() async throws -> [String] {
        do {
            _ = try await samples("Hello.", .init(voice: "nobody of that name"))
            return ["an unknown voice spoke"]
        } catch let error as RiposteError {
            return error.code == .badInput ? [] : ["an unknown voice is '\(error.code)', not 'badInput'"]
        }
    }

    /// The voices speak again what they spoke before: the same length at least.
    @Sendable private func repetition() async throws -> [String] {
        likeness(try await samples(Self.text), try await samples(Self.text)).map { [$0] } ?? []
    }

    /// When the listener goes away, the engine stops asking for text.
    @Sendable private func leaving() async throws -> [String] {
        let (text, writer) = AsyncStream<String>.makeStream()
        let (gone, goneWriter) = AsyncStream<Void>.makeStream()
        writer.onTermination = { _ in goneWriter.finish() }
        writer.yield("One. Two. Three. And now")
        do {
            let speech = synthesizer.speak(text, options: .init())
            for try await _ in speech { break }
        }
        let hasEnded = await withTaskGroup(of: Bool.self) { group in
            group.addTask {
                for await _ in gone {}
                return !Task.isCancelled
            }
            group.addTask {
                try? await Task.sleep(for: .seconds(10))
                return false
            }
            defer { group.cancelAll() }
            return await group.next() ?? false
        }
        return hasEnded ? [] : ["still waits for text ten seconds after the listener left"]
    }

    @Sendable private func severalAtOnce() async throws -> [String] {
        let alone = try await samples("Hello there.").count
        let together = try await withThrowingTaskGroup(of: Int.self) { group in
            for _ in 0..<4 { group.addTask { try await samples("Hello there.").count } }
            return try await group.reduce(into: []) { $0.append($1) }
        }
        let areAlike = together.allSatisfy { (0.7...1.4).contains(Double($0) / Double(max(alone, 1))) }
        return areAlike ? [] : ["\(alone) samples alone, \(together) at once"]
    }
}
