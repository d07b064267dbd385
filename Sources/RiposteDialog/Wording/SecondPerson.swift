/// The user's words said back to them: "call my mom" becomes "call your mom".
enum SecondPerson {
    static func turned(_ words: String) -> String {
        words.split(separator: " ").map { word in
            let bare = word.lowercased().trimming(where: { $0.isPunctuation && $0 != "'" })
            guard let other = swaps[bare.replacing("’", with: "'")] else { return String(word) }
            return other + word.suffix(where: { $0.isPunctuation && $0 != "'" })
        }.joined(separator: " ")
    }

    private static let swaps = [
        "my": "your", "me": "you", "i": "you", "mine": "yours", "myself": "yourself", "i'm": "you're", "am": "are",
        "i've": "you've", "i'll": "you'll", "i'd": "you'd", "our": "your", "us": "you", "we": "you",
    ]
}

extension StringProtocol {
    fileprivate func trimming(where drop: (Character) -> Bool) -> String {
        var rest = self[...]
        while let first = rest.first, drop(first) { rest = rest.dropFirst() }
        while let last = rest.last, drop(last) { rest = rest.dropLast() }
        return String(rest)
    }

    fileprivate func suffix(where keep: (Character) -> Bool) -> String {
        var start = endIndex
        while start > startIndex, keep(self[index(before: start)]) { start = index(before: start) }
        return String(self[start...])
    }
}
