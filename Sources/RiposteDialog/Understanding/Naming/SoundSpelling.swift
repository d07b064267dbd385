/// How English letters roughly sound: a byte for each sound, so that words that are taken for each other are near.
///
/// It is not a pronunciation: "cappuccino" and "capuchino" come out alike, "two" and "too" are the same. Sounds are
/// upper-case letters: C is ch, X is sh, 0 is th, J is the g of "gem".
enum SoundSpelling {
    static func sounds(of words: some Sequence<String>) -> [UInt8] {
        words.flatMap(sounds(of:))
    }

    static func sounds(of word: String) -> [UInt8] {
        if let known = irregular[word] { return Array(known.utf8) }
        let letters = Array(word.utf8)
        var sounds: [UInt8] = []
        var position = 0
        while position < letters.count {
            let (sound, length) = sound(letters, position)
            for byte in sound.utf8 where byte != sounds.last { sounds.append(byte) }
            position += length
        }
        return sounds
    }

    /// Words that the rules get wrong and that are heard for another.
    private static let irregular = [
        "two": "TU", "too": "TU", "to": "TU", "four": "FOR", "for": "FOR", "fore": "FOR", "one": "WAN", "won": "WAN",
        "eight": "ET", "ate": "ET", "hour": "AR", "hours": "ARZ", "our": "AR", "ours": "ARZ", "the": "0A", "a": "A",
        "of": "AV", "know": "NO", "no": "NO", "knew": "NU", "new": "NU", "write": "RIT", "right": "RIT", "by": "BI",
        "buy": "BI", "bye": "BI", "sea": "SI", "see": "SI", "sum": "SAM", "some": "SAM", "iced": "IST", "ice": "IS",
        "mocha": "MOKA",
    ]

    /// Groups of letters with a sound of their own, the longest first.
    private static let groups: [(letters: [UInt8], sound: String)] = [
        ("tion", "XN"), ("sion", "XN"), ("ture", "CR"), ("ough", "O"), ("augh", "A"), ("eigh", "E"), ("tch", "C"),
        ("igh", "I"), ("dge", "J"), ("cci", "CI"), ("cce", "CE"), ("sci", "SI"), ("sce", "SE"), ("sch", "SK"),
        ("que", "K"), ("ch", "C"), ("sh", "X"), ("ph", "F"), ("th", "0"), ("ck", "K"), ("gh", ""), ("wh", "W"),
        ("qu", "KW"), ("ng", "N"), ("ce", "SE"), ("ci", "SI"), ("cy", "SI"), ("ge", "JE"), ("gi", "JI"), ("gy", "JI"),
        ("ee", "I"), ("ea", "I"), ("ie", "I"), ("ei", "E"), ("ey", "I"), ("ai", "E"), ("ay", "E"), ("au", "O"),
        ("aw", "O"), ("oa", "O"), ("ow", "O"), ("oo", "U"), ("ou", "U"), ("oi", "OI"), ("oy", "OI"), ("ew", "U"),
        ("ue", "U"), ("x", "KS"), ("c", "K"), ("q", "K"), ("y", "I"),
    ].map { (Array($0.0.utf8), $0.1) }

    private static func sound(_ letters: [UInt8], _ position: Int) -> (sound: String, length: Int) {
        let rest = letters[position...]
        let isLast = position + 1 == letters.count
        if position == 0 {
            if rest.starts(with: "kn".utf8) || rest.starts(with: "gn".utf8) { return ("N", 2) }
            if rest.starts(with: "wr".utf8) { return ("R", 2) }
            if rest.starts(with: "gh".utf8) { return ("G", 2) }
            if rest.starts(with: "y".utf8) { return ("Y", 1) }
        }
        // "-ed" and a silent "-e" at the end.
        if rest.elementsEqual("ed".utf8), letters.count > 3 { return (endsVoiceless(letters, position) ? "T" : "D", 2) }
        if isLast, rest.first == UInt8(ascii: "e"), letters.count > 2 { return ("", 1) }
        if position + 2 == letters.count, rest.elementsEqual("mb".utf8) { return ("M", 2) }
        for (group, sound) in groups where rest.starts(with: group) {
            // The "e" of a soft "c" or "g" at the end is silent.
            let isSilent = position + group.count == letters.count && sound.count == 2 && sound.last == "E"
            return (isSilent ? String(sound.dropLast()) : sound, group.count)
        }
        let letter = letters[position]
        guard (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(letter) else {
            return (String(decoding: [letter], as: UTF8.self), 1)
        }
        return (String(decoding: [letter - 32], as: UTF8.self), 1)
    }

    private static func endsVoiceless(_ letters: [UInt8], _ end: Int) -> Bool {
        end > 0 && "ckpfsxh".utf8.contains(letters[end - 1])
    }
}
