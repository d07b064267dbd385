import CEspeak
import Foundation
import RiposteCore

/// espeak-ng, if it is on this machine. The library has one state for the process; calls take turns.
///
/// It speaks in a process of its own, since some texts, of mixed scripts mostly, make it crash; nothing is said of these.
struct EspeakLibrary: Sendable {
    /// In hertz.
    let sampleRate: Int

    /// Opens the library: the file that `RIPOSTE_ESPEAK` names, or else where the system finds it.
    /// - Throws: `libraryMissing`.
    init() throws {
        var rate: Int32 = 0
        let path = ProcessInfo.processInfo.environment["RIPOSTE_ESPEAK"].flatMap { $0.isEmpty ? nil : $0 }
        try Self.check(espk_open(path, &rate), voice: "")
        sampleRate = Int(rate)
    }

    /// As the library tells it ("1.51"); empty if it does not.
    var version: String { String(cString: espk_version()) }

    /// A voice and the library's own name for it.
    struct Listing: Sendable {
        let voice: Voice
        let identifier: String
    }

    func voices() throws -> [Listing] {
        var list: UnsafeMutablePointer<EspkVoice>?
        var count = 0
        try Self.check(espk_voices(&list, &count), voice: "")
        defer { espk_free(list) }
        guard let list else { return [] }
        var voices: [Listing] = []
        var names: Set<String> = []
        for voice in UnsafeBufferPointer(start: list, count: count) {
            let language = String(cString: voice.language)
            // The language is what people ask for; several voices of one language keep their own names.
            let own = String(cString: voice.name).lowercased().replacingOccurrences(of: " ", with: "-")
            let name = names.contains(language) || language.isEmpty ? own : language
            guard names.insert(name).inserted else { continue }
            let genders: [Int32: String] = [1: "male", 2: "female"]
            let listed = Voice(
                name: name, engine: "espeak-ng", language: Self.tag(language), gender: genders[voice.gender],
                licence: "GPL-3.0-or-later")
            voices.append(Listing(voice: listed, identifier: String(cString: voice.identifier)))
        }
        return voices
    }

    /// "en-us" as BCP 47 writes it: "en-US".
    private static func tag(_ language: String) -> String {
        let parts = language.split(separator: "-").map(String.init)
        guard parts.count > 1 else { return language }
        let rest = parts.dropFirst().map { $0.count == 2 ? $0.uppercased() : $0 }
        return ([parts[0]] + rest).joined(separator: "-")
    }

    /// - Parameters:
    ///   - voice: a language ("de") or the library's own name for a voice.
    ///   - rate: words a minute, 80 to 450.
    ///   - pitch: 0 to 99; 50 is the voice's own.
    /// - Returns: the samples; none for a text that the library crashes of.
    func speak(_ text: String, voice: String, rate: Int, pitch: Int) throws -> [Float] {
        var samples: UnsafeMutablePointer<Int16>?
        var count = 0
        let status = espk_speak(text, voice, Int32(rate), Int32(pitch), &samples, &count)
        if status == Int32(ESPK_CRASHED) { return [] }
        try Self.check(status, voice: voice)
        defer { espk_free(samples) }
        return UnsafeBufferPointer(start: samples, count: samples == nil ? 0 : count).map { Float($0) / 32_768 }
    }

    /// The phonemes of a text, one line a clause, without punctuation; empty for a text that the library crashes of.
    func phonemes(of text: String, voice: String) throws -> String {
        var phonemes: UnsafeMutablePointer<CChar>?
        let status = espk_phonemes(text, voice, &phonemes)
        if status == Int32(ESPK_CRASHED) { return "" }
        try Self.check(status, voice: voice)
        defer { espk_free(phonemes) }
        return phonemes.map { String(cString: $0) } ?? ""
    }

    private static func check(_ status: Int32, voice: String) throws {
        switch status {
        case Int32(ESPK_OK): return
        case Int32(ESPK_NO_LIBRARY):
            throw RiposteError(
                .libraryMissing, .synthesis,
                "espeak-ng is not on this machine. Get it with: apt install libespeak-ng1")
        case Int32(ESPK_UNUSABLE):
            throw RiposteError(
                .libraryMissing, .synthesis,
                "espeak-ng is on this machine but without its data. Get it with: apt install libespeak-ng1 espeak-ng-data"
            )
        case Int32(ESPK_NO_VOICE):
            throw RiposteError(.badInput, .synthesis, "espeak-ng has no voice '\(voice)'.")
        default:
            throw RiposteError(.engineFailed, .synthesis, "espeak-ng failed to speak.")
        }
    }
}
