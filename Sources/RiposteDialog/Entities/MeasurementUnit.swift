/// A unit of measurement, with the names people use for it.
public struct MeasurementUnit: Sendable, Equatable {
    /// What a unit measures.
    public enum Dimension: String, Sendable, CaseIterable {
        case length, mass, volume, temperature, speed, time, area, data
    }

    /// As it is spoken of one ("mile per hour").
    public var singular: String
    /// As it is spoken of several ("miles per hour").
    public var plural: String
    public var dimension: Dimension
    /// How many base units one is: metre, kilogram, litre, kelvin, metre per second, second, square metre, byte.
    public var factor: Double
    /// The base units at zero; only temperatures have them.
    public var offset: Double

    init(_ singular: String, _ plural: String, _ dimension: Dimension, _ factor: Double, offset: Double = 0) {
        self.singular = singular
        self.plural = plural
        self.dimension = dimension
        self.factor = factor
        self.offset = offset
    }

    /// The same quantity in another unit; nil where they measure different things.
    public func convert(_ value: Double, to other: MeasurementUnit) -> Double? {
        guard dimension == other.dimension else { return nil }
        return (value * factor + offset - other.offset) / other.factor
    }
}

extension MeasurementUnit {
    typealias Row = (unit: MeasurementUnit, names: String)

    // The factors are exact by definition: the international yard and pound (1959), the US gallon of 231 cubic
    // inches and its parts, SI prefixes, and the Gregorian mean year.
    static let length: [Row] = [
        (.init("millimeter", "millimeters", .length, 0.001), "mm"),
        (.init("centimeter", "centimeters", .length, 0.01), "cm"),
        (.init("meter", "meters", .length, 1), "m"),
        (.init("kilometer", "kilometers", .length, 1000), "km|kms|k|klick|klicks"),
        (.init("inch", "inches", .length, 0.0254), ""),
        (.init("foot", "feet", .length, 0.3048), "ft"),
        (.init("yard", "yards", .length, 0.9144), "yd|yds"),
        (.init("mile", "miles", .length, 1609.344), "mi"),
        (.init("nautical mile", "nautical miles", .length, 1852), ""),
        (.init("light year", "light years", .length, 9_460_730_472_580_800), "lightyear|lightyears"),
    ]
    static let mass: [Row] = [
        (.init("milligram", "milligrams", .mass, 1e-6), "mg"),
        (.init("gram", "grams", .mass, 0.001), "g|gm|gramme|grammes"),
        (.init("kilogram", "kilograms", .mass, 1), "kg|kgs|kilo|kilos|kilogramme|kilogrammes"),
        (.init("ounce", "ounces", .mass, 0.028349523125), "oz"),
        (.init("pound", "pounds", .mass, 0.45359237), "lb|lbs"),
        (.init("stone", "stone", .mass, 6.35029318), "stones"),
        (.init("ton", "tons", .mass, 907.18474), "short ton|short tons"),
        (.init("metric ton", "metric tons", .mass, 1000), "tonne|tonnes"),
    ]
    static let volume: [Row] = [
        (.init("milliliter", "milliliters", .volume, 0.001), "ml|mls"),
        (.init("centiliter", "centiliters", .volume, 0.01), "cl"),
        (.init("deciliter", "deciliters", .volume, 0.1), "dl"),
        (.init("liter", "liters", .volume, 1), "l"),
        (.init("teaspoon", "teaspoons", .volume, 0.00492892159375), "tsp|tea spoon|tea spoons"),
        (.init("tablespoon", "tablespoons", .volume, 0.01478676478125), "tbsp|table spoon|table spoons"),
        (.init("fluid ounce", "fluid ounces", .volume, 0.0295735295625), "fl oz"),
        (.init("cup", "cups", .volume, 0.2365882365), ""),
        (.init("pint", "pints", .volume, 0.473176473), ""),
        (.init("quart", "quarts", .volume, 0.946352946), ""),
        (.init("gallon", "gallons", .volume, 3.785411784), "gal"),
        (.init("cubic centimeter", "cubic centimeters", .volume, 0.001), "cc"),
        (.init("cubic meter", "cubic meters", .volume, 1000), ""),
        (.init("cubic inch", "cubic inches", .volume, 0.016387064), ""),
        (.init("cubic foot", "cubic feet", .volume, 28.316846592), ""),
    ]
    static let temperature: [Row] = [
        (
            .init("degree Celsius", "degrees Celsius", .temperature, 1, offset: 273.15),
            "celsius|centigrade|degree centigrade|degrees centigrade|degrees c|degree c|c"
        ),
        (
            .init("degree Fahrenheit", "degrees Fahrenheit", .temperature, 5.0 / 9, offset: 459.67 * 5 / 9),
            "fahrenheit|farenheit|fahrenheits|degrees f|degree f|f"
        ),
        (.init("kelvin", "kelvins", .temperature, 1), "degrees kelvin"),
    ]
    static let speed: [Row] = [
        (
            .init("kilometer per hour", "kilometers per hour", .speed, 1 / 3.6),
            "kph|kmh|km / h|km per hour|kilometers an hour"
        ),
        (.init("mile per hour", "miles per hour", .speed, 0.44704), "mph|miles an hour|mile an hour"),
        (.init("meter per second", "meters per second", .speed, 1), "m / s|meters a second"),
        (.init("foot per second", "feet per second", .speed, 0.3048), "feet a second"),
        (.init("knot", "knots", .speed, 1852 / 3600), ""),
    ]
    static let time: [Row] = [
        (.init("millisecond", "milliseconds", .time, 0.001), "ms"),
        (.init("second", "seconds", .time, 1), "s"),
        (.init("minute", "minutes", .time, 60), ""),
        (.init("hour", "hours", .time, 3600), "h"),
        (.init("day", "days", .time, 86_400), ""),
        (.init("week", "weeks", .time, 604_800), ""),
        (.init("month", "months", .time, 31_556_952 / 12), ""),
        (.init("year", "years", .time, 31_556_952), ""),
        (.init("decade", "decades", .time, 315_569_520), ""),
        (.init("century", "centuries", .time, 3_155_695_200), ""),
    ]
    static let area: [Row] = [
        (.init("square centimeter", "square centimeters", .area, 0.0001), ""),
        (.init("square meter", "square meters", .area, 1), ""),
        (.init("square kilometer", "square kilometers", .area, 1e6), ""),
        (.init("square inch", "square inches", .area, 0.00064516), ""),
        (.init("square foot", "square feet", .area, 0.09290304), ""),
        (.init("square yard", "square yards", .area, 0.83612736), ""),
        (.init("square mile", "square miles", .area, 2_589_988.110336), ""),
        (.init("acre", "acres", .area, 4046.8564224), ""),
        (.init("hectare", "hectares", .area, 10_000), "ha"),
    ]
    static let data: [Row] = [
        (.init("bit", "bits", .data, 0.125), ""),
        (.init("byte", "bytes", .data, 1), ""),
        (.init("kilobyte", "kilobytes", .data, 1e3), "kb"),
        (.init("megabyte", "megabytes", .data, 1e6), "mb|megs|meg"),
        (.init("gigabyte", "gigabytes", .data, 1e9), "gb|gigs|gig"),
        (.init("terabyte", "terabytes", .data, 1e12), "tb"),
        (.init("petabyte", "petabytes", .data, 1e15), "pb"),
        (.init("kibibyte", "kibibytes", .data, 1024), "kib"),
        (.init("mebibyte", "mebibytes", .data, 1_048_576), "mib"),
        (.init("gibibyte", "gibibytes", .data, 1_073_741_824), "gib"),
    ]

    static let all: [Row] = length + mass + volume + temperature + speed + time + area + data
}
