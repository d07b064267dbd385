import Foundation

/// A number as it is said in an answer: digits and words only, rounded to what can be taken in by ear.
///
/// A voice reads plain digits, so there are no thousands commas; large numbers end in a word ("2.5 million"),
/// a negative one begins with "minus".
struct SpokenNumber: Equatable {
    var text: String
    /// Whether rounding changed the value, so that "about" belongs before it.
    var isRounded: Bool
    /// Whether the noun after it stands in the singular.
    var isOne: Bool

    /// "about 6.2" where rounding changed the value.
    var withHedge: String { isRounded ? "about " + text : text }

    /// - Parameters:
    ///   - decimals: the most decimals an exact value may have.
    ///   - rounding: the decimals of a rounded value from 1 to 100; larger ones have one less.
    init(_ value: Double, decimals: Int = 3, rounding: Int = 1) {
        guard value.isFinite else {
            (text, isRounded, isOne) = ("too much to say", false, false)
            return
        }
        let magnitude = abs(value)
        let sign = value < 0 ? "minus " : ""
        if let exact = Self.exact(magnitude, decimals: decimals) {
            (text, isRounded, isOne) = ((exact == "0" ? "" : sign) + exact, false, exact == "1" && value > 0)
        } else if magnitude < 1e-6 {
            (text, isRounded, isOne) = ("almost zero", false, false)
        } else if magnitude >= 1e6 {
            (text, isRounded, isOne) = (sign + Self.scaled(magnitude), true, false)
        } else {
            let text = Self.rounded(magnitude, rounding)
            (self.text, isRounded, isOne) = (sign + text, true, text == "1" && value > 0)
        }
    }

    /// "3 apples", "about 6.2 miles", "1 mile".
    func counting(_ singular: String, _ plural: String) -> String { withHedge + " " + (isOne ? singular : plural) }

    /// A whole number of things: "1 timer", "3 timers".
    static func count(_ count: Int, _ singular: String, _ plural: String? = nil) -> String {
        "\(count) \(count == 1 ? singular : plural ?? singular + "s")"
    }

    private static func exact(_ value: Double, decimals: Int) -> String? {
        if value >= 1e9 { return exactScaled(value) }
        let step = pow(10, Double(decimals))
        let scaled = (value * step).rounded()
        // Sums of decimals are off by a few units in the last place; that is not rounding.
        guard abs(value * step - scaled) <= max(1e-9, value * step * 1e-12), value == 0 || scaled > 0 else {
            return nil
        }
        return decimal(scaled / step, decimals)
    }

    private static func exactScaled(_ value: Double) -> String? {
        guard value < 1e36, let scale = scales.last(where: { $0.value <= value }) else { return nil }
        let thousandths = value / scale.value * 1000
        guard abs(thousandths - thousandths.rounded()) < 1e-7 else { return nil }
        return decimal(thousandths.rounded() / 1000, 3) + " " + scale.name
    }

    private static func scaled(_ value: Double) -> String {
        guard value < 1e36, let scale = scales.last(where: { $0.value <= value }) else {
            return "more than I can count"
        }
        return decimal(value / scale.value, 2) + " " + scale.name
    }

    private static func rounded(_ value: Double, _ decimals: Int) -> String {
        if value >= 100 { return decimal(value, decimals - 1) }
        if value >= 1 { return decimal(value, decimals) }
        // Two significant digits.
        return decimal(value, Int(1 - log10(value).rounded(.down)))
    }

    /// Without zeros at the end.
    static func decimal(_ value: Double, _ decimals: Int) -> String {
        var text = String(format: "%.\(min(max(decimals, 0), 12))f", value)
        if text.contains(".") {
            while text.last == "0" { text.removeLast() }
            if text.last == "." { text.removeLast() }
        }
        return text
    }

    private static let scales: [(value: Double, name: String)] = [
        (1e6, "million"), (1e9, "billion"), (1e12, "trillion"), (1e15, "quadrillion"), (1e18, "quintillion"),
        (1e21, "sextillion"), (1e24, "septillion"), (1e27, "octillion"), (1e30, "nonillion"), (1e33, "decillion"),
    ]
}
