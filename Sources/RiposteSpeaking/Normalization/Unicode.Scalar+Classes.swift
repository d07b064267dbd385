/// The character classes that reading aloud needs. They follow Unicode's general categories, so that letters with
/// accents and other scripts count as letters.
extension Unicode.Scalar {
    /// A letter of any script.
    var isLetter: Bool {
        if isASCII { return isASCIILetter }
        switch properties.generalCategory {
        case .uppercaseLetter, .lowercaseLetter, .titlecaseLetter, .modifierLetter, .otherLetter: return true
        default: return false
        }
    }

    var isASCIILetter: Bool { ("a"..."z").contains(self) || ("A"..."Z").contains(self) }

    var isASCIIDigit: Bool { ("0"..."9").contains(self) }

    /// A decimal digit of any script.
    var isDigit: Bool { isASCII ? isASCIIDigit : properties.generalCategory == .decimalNumber }

    /// A numeral that is not a decimal digit, such as ½ or ².
    var isOtherNumber: Bool {
        if isASCII { return false }
        let category = properties.generalCategory
        return category == .letterNumber || category == .otherNumber
    }

    /// ₀ to ₉.
    var isSubscript: Bool { ("₀"..."₉").contains(self) }

    /// Part of a word in the widest sense: letter, digit, other numeral or underscore.
    var isWordCharacter: Bool { isLetter || isDigit || isOtherNumber || self == "_" }

    /// A word character that is neither a digit nor an underscore.
    var isLetterLike: Bool { isLetter || isOtherNumber }

    /// A Latin capital (ASCII or Latin-1).
    var isLatinUppercase: Bool {
        ("A"..."Z").contains(self) || ("À"..."Ö").contains(self) || ("Ø"..."Þ").contains(self)
    }

    /// A Latin small letter (ASCII or Latin-1).
    var isLatinLowercase: Bool {
        ("a"..."z").contains(self) || ("ß"..."ö").contains(self) || ("ø"..."ÿ").contains(self)
    }

    var isSpace: Bool { isASCII ? self == " " || (9...13).contains(value) : properties.isWhitespace }

    /// A straight or curly single quotation mark: all three serve as apostrophes.
    var isApostrophe: Bool { self == "'" || self == "‘" || self == "’" }
}

extension String {
    init(_ scalars: some Sequence<Unicode.Scalar>) {
        var view = String.UnicodeScalarView()
        view.append(contentsOf: scalars)
        self.init(view)
    }

    /// Not empty and nothing but letters.
    var isAllLetters: Bool { !isEmpty && unicodeScalars.allSatisfy(\.isLetter) }

    /// Not empty and nothing but the digits 0 to 9.
    var isAllDigits: Bool { !isEmpty && utf8.allSatisfy { (48...57).contains($0) } }

    /// The first letter large, the others small.
    var capitalizedWord: String { prefix(1).uppercased() + dropFirst().lowercased() }
}
