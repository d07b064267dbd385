/// A name as it is said: "delivery_address" and "deliveryAddress" are "delivery address".
enum SpokenName {
    static func words(of name: String) -> String {
        var words = ""
        for character in name {
            if character == "_" || character == "-" {
                words += " "
            } else if character.isUppercase, let last = words.last, last.isLowercase {
                words += " " + character.lowercased()
            } else {
                words.append(character)
            }
        }
        return words.split(separator: " ").joined(separator: " ")
    }
}
