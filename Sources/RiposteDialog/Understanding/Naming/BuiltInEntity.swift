/// Entities that need no example: how English says numbers, times and the like.
///
/// The names are those of Duckling's dimensions, where it has one, as Rasa's projects use them.
public enum BuiltInEntity: String, Sendable, Codable, CaseIterable {
    /// "21", "2.5".
    case number
    /// "3" for "third".
    case ordinal
    /// 24 hours: "22:30". Where the half of the day was not said, the next one to come.
    case time
    /// "2026-11-27"; a year alone is "2026".
    case date
    /// Seconds: "5400".
    case duration
    /// Two times or dates: "09:00/17:00", "2026-11-25/2026-11-27".
    case interval
    /// "12.5 USD".
    case money = "amount-of-money"
    /// "20 celsius", "68 fahrenheit", "20 degree".
    case temperature
    /// "15" for "15 %".
    case percentage
    case email
    case url
    /// Digits, with "+" before a country's code.
    case phone = "phone-number"

    /// Who finds them, as `ParsedEntity.extractor` says.
    public static let extractor = "built-in"
}
