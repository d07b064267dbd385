/// Numbers as they are said in English.
public enum SpokenNumber {
    /// "one thousand two hundred and thirty-four". Digits beyond the named scales are read one by one.
    public static func cardinal(_ digits: String) -> String { NumberWords.cardinal(digits) }

    /// "twenty-third".
    public static func ordinal(_ digits: String) -> String { NumberWords.ordinal(digits) }

    /// "nineteen eighty-four".
    public static func year(_ number: Int) -> String { NumberWords.year(number) }
}
