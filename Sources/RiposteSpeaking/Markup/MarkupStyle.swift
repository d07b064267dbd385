import Foundation
import RiposteCore

/// How a stretch of marked-up text is spoken, relative to how everything is.
struct MarkupStyle: Sendable, Equatable {
    /// A voice's name; nil is the one that speaks everything.
    var voice: String?
    /// Factors on the rate, the volume and the pitch.
    var rate = 1.0
    var volume = 1.0
    var pitch = 1.0

    /// The options for a stretch in this style.
    func options(in base: SpeechOptions) -> SpeechOptions {
        var options = base
        options.rate = min(max(base.rate * rate, 80), 450)
        options.volume = min(base.volume * volume, 1)
        let raised = (base.pitch ?? 1) * pitch
        options.pitch = raised == 1 ? base.pitch : min(max(raised, 0.5), 2)
        return options
    }

    /// Emphasis as a reader gives it: slower, a little louder and higher; or less of everything.
    mutating func emphasize(_ level: String) -> Bool {
        switch level {
        case "strong": scale(rate: 0.85, volume: 1.3, pitch: 1.08)
        case "moderate": scale(rate: 0.92, volume: 1.15, pitch: 1.04)
        case "reduced": scale(rate: 1.08, volume: 0.75, pitch: 0.97)
        case "none": break
        default: return false
        }
        return true
    }

    private mutating func scale(rate: Double, volume: Double, pitch: Double) {
        self.rate *= rate
        self.volume *= volume
        self.pitch *= pitch
    }

    // MARK: Prosody

    private static let rates = [
        "x-slow": 0.5, "slow": 0.75, "medium": 1, "default": 1, "fast": 1.5, "x-fast": 2,
    ]
    /// In decibels: 6 is twice the amplitude.
    private static let volumes = [
        "x-soft": -12.0, "soft": -6, "medium": 0, "default": 0, "loud": 3, "x-loud": 6,
    ]
    private static let pitches = [
        "x-low": 0.7, "low": 0.85, "medium": 1, "default": 1, "high": 1.15, "x-high": 1.35,
    ]
    /// What a change in hertz is relative to: between a man's and a woman's voice.
    private static let meanPitch = 165.0

    /// "fast", "80%" (of the normal rate), "+10%", "1.2".
    mutating func setRate(_ value: String) -> Bool {
        guard let factor = Self.rates[value] ?? Self.percentage(value) ?? Self.number(value), factor > 0 else {
            return false
        }
        rate *= min(max(factor, 0.2), 5)
        return true
    }

    /// "soft", "+6dB", "80" (of 100), "+10" (of 100 more), "silent".
    mutating func setVolume(_ value: String) -> Bool {
        if value == "silent" {
            volume = 0
            return true
        }
        if let decibels = Self.volumes[value] ?? Self.number(value, unit: "dB") {
            volume *= pow(10, min(max(decibels, -60), 20) / 20)
        } else if let factor = Self.percentage(value) {
            volume *= factor
        } else if let change = Self.number(value), value.hasPrefix("+") || value.hasPrefix("-") {
            volume *= max(0, 1 + min(change, 100) / 100)
        } else if let level = Self.number(value), (0...100).contains(level) {
            volume = level / 100
        } else {
            return false
        }
        return true
    }

    /// "high", "+10%", "-2st", "+20Hz", "180Hz".
    mutating func setPitch(_ value: String) -> Bool {
        var factor = Self.pitches[value]
        if factor == nil, let semitones = Self.number(value, unit: "st") {
            factor = pow(2, min(max(semitones, -24), 24) / 12)
        }
        if factor == nil, let hertz = Self.number(value, unit: "Hz") {
            let isChange = value.hasPrefix("+") || value.hasPrefix("-")
            factor = (isChange ? Self.meanPitch + hertz : hertz) / Self.meanPitch
        }
        guard let factor = factor ?? Self.percentage(value), factor > 0 else { return false }
        pitch *= min(max(factor, 0.25), 4)
        return true
    }

    /// "80%" → 0.8, "+10%" → 1.1.
    private static func percentage(_ value: String) -> Double? {
        guard value.hasSuffix("%"), let number = number(String(value.dropLast())) else { return nil }
        let isChange = value.hasPrefix("+") || value.hasPrefix("-")
        return max(0, isChange ? 1 + number / 100 : number / 100)
    }

    private static func number(_ value: String, unit: String = "") -> Double? {
        guard value.hasSuffix(unit) else { return nil }
        let digits = value.dropLast(unit.count)
        // Not "nan", "inf" or "0x10".
        guard !digits.isEmpty, digits.allSatisfy({ $0.isASCII && ($0.isNumber || "+-.".contains($0)) }) else {
            return nil
        }
        return Double(digits)
    }
}
