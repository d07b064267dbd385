import Foundation
import RiposteCore

/// The words that abbreviations, units, symbols and months stand for: `normalize.json` of the voice's package.
struct ReadingTables: Sendable {
    /// "jan" → "January".
    let months: [String: String]
    /// "St" → "Saint"; only before a capital.
    let titles: [String: String]
    /// "approx." → "approximately".
    let abbreviations: [String: String]
    /// "km" → one kilometer, several kilometers.
    let units: [String: Plural]
    /// "¥" → one yen, several yen.
    let currencies: [String: Plural]
    /// In the order of reading.
    let symbols: [(symbol: Unicode.Scalar, word: String)]

    /// Longest first, so that "km/h" is tried before "km".
    let monthNames: [String]
    let titleNames: [String]
    let abbreviationNames: [String]
    let unitNames: [String]
    /// "kilometer", "kilometers".
    let unitWords: [String]
    /// Names after which a Roman numeral is a number: "Chapter".
    let romanCardinalNames: [String]
    /// Names after which it is an ordinal: "Henry".
    let romanOrdinalNames: [String]

    struct Plural: Sendable {
        let one: String
        let many: String

        /// The form that goes with a number as written.
        func form(for number: String) -> String {
            ["1", "1.0", "-1"].contains(number.replacing(",", with: "")) ? one : many
        }
    }

    /// - Throws: `.modelMissing` if the file is not there, `.corrupt` if it is not the table it should be.
    init(contentsOf url: URL) throws {
        guard let data = try? Data(contentsOf: url) else {
            throw RiposteError(
                .modelMissing, .synthesis, "The reading tables are missing. Run: riposte models fetch hibari")
        }
        let file: File
        do {
            file = try JSONDecoder().decode(File.self, from: data)
        } catch {
            throw RiposteError(
                .corrupt, .synthesis, "The reading tables are damaged. Run: riposte models fetch hibari",
                underlying: error)
        }
        self.init(file)
    }

    private init(_ file: File) {
        func plurals(_ table: [String: [String]]) -> [String: Plural] {
            table.compactMapValues { $0.count == 2 ? Plural(one: $0[0], many: $0[1]) : nil }
        }
        months = file.months
        titles = file.titles
        abbreviations = file.abbreviations
        units = plurals(file.units).merging(Self.moreUnits) { given, _ in given }
        currencies = plurals(file.currency)
        symbols = file.symbols.merging(Self.moreSymbols) { given, _ in given }
            .compactMap { entry in entry.key.unicodeScalars.first.map { (symbol: $0, word: entry.value) } }
            .sorted { Self.rank($0.symbol) < Self.rank($1.symbol) }
        monthNames = Self.longestFirst(
            Array(file.months.values) + file.months.keys.map(\.capitalizedWord) + ["Sept"])
        titleNames = Self.longestFirst(file.titles.keys)
        abbreviationNames = Self.longestFirst(file.abbreviations.keys)
        unitNames = Self.longestFirst(units.keys)
        unitWords = Self.longestFirst(
            Set(units.values.flatMap { [$0.one, $0.many] }).union(["inch", "inches", "cup", "cups"]))
        romanCardinalNames = Self.longestFirst(file.romanCardinal)
        romanOrdinalNames = Self.longestFirst(file.romanOrdinal + Self.moreMonarchs)
    }

    /// "Sept" and "September" → "September".
    func month(named name: String) -> String { months[String(name.prefix(3)).lowercased()] ?? name }

    /// "January" for 1.
    func month(number: Int) -> String? {
        let keys = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"]
        return keys.indices.contains(number - 1) ? months[keys[number - 1]] : nil
    }

    /// Units of everyday answers that the package's table lacks.
    private static let moreUnits: [String: Plural] = [
        "g": Plural(one: "gram", many: "grams"),
        "m": Plural(one: "meter", many: "meters"),
        "L": Plural(one: "liter", many: "liters"),
        "W": Plural(one: "watt", many: "watts"),
        "V": Plural(one: "volt", many: "volts"),
        "hp": Plural(one: "horsepower", many: "horsepower"),
        "tbsp": Plural(one: "tablespoon", many: "tablespoons"),
        "tsp": Plural(one: "teaspoon", many: "teaspoons"),
        "l": Plural(one: "liter", many: "liters"),
        "mL": Plural(one: "milliliter", many: "milliliters"),
        "dL": Plural(one: "deciliter", many: "deciliters"),
        "gal": Plural(one: "gallon", many: "gallons"),
        "kcal": Plural(one: "kilocalorie", many: "kilocalories"),
        "dB": Plural(one: "decibel", many: "decibels"),
        "hPa": Plural(one: "hectopascal", many: "hectopascals"),
        "bpm": Plural(one: "beat per minute", many: "beats per minute"),
        "m/s": Plural(one: "meter per second", many: "meters per second"),
        "m/s²": Plural(one: "meter per second squared", many: "meters per second squared"),
    ]

    /// Names of monarchs and popes that the package's table lacks.
    private static let moreMonarchs = [
        "Francis", "Gregory", "Clement", "Innocent", "Urban", "Otto", "Haakon", "Harald", "Juan Carlos", "Felipe",
        "Alfonso", "Wilhelm", "Friedrich", "Ludwig", "Franz", "Sixtus", "Xerxes", "Darius", "Ptolemy", "Rama", "Mary",
        "Margrethe", "Robert", "Conrad", "Stephen", "Henri", "Karl", "Philippe", "John", "Paul",
    ]

    private static let moreSymbols = [
        "≈": "about", "≤": "less than or equal to", "≥": "greater than or equal to", "≠": "not equal to",
        "√": "square root of", "∞": "infinity",
    ]

    private static func longestFirst(_ names: some Sequence<String>) -> [String] {
        names.sorted { ($1.unicodeScalars.count, $0) < ($0.unicodeScalars.count, $1) }
    }

    /// Symbols that only make sense between two things come before those that are replaced wherever they stand.
    private static func rank(_ symbol: Unicode.Scalar) -> (Int, UInt32) {
        ("=<>~".unicodeScalars.contains(symbol) ? 0 : 1, symbol.value)
    }

    private struct File: Decodable {
        let months: [String: String]
        let titles: [String: String]
        let abbreviations: [String: String]
        let units: [String: [String]]
        let symbols: [String: String]
        let currency: [String: [String]]
        let romanCardinal: [String]
        let romanOrdinal: [String]

        enum CodingKeys: String, CodingKey {
            case months, titles, abbreviations, units, symbols, currency
            case romanCardinal = "roman_cardinal"
            case romanOrdinal = "roman_ordinal"
        }
    }
}
