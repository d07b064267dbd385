/// A language that Whisper knows, by its code and its English name.
struct WhisperLanguage: Sendable, Equatable {
    /// ISO 639-1, where there is such a code.
    let code: String
    let name: String

    /// All of them, in the order of their tokens. Models before large-v3 know all but the last.
    static let all: [WhisperLanguage] =
        table.split(whereSeparator: \.isNewline).flatMap { $0.split(separator: ",") }.map { entry in
            let parts = entry.split(separator: " ", maxSplits: 1).map(String.init)
            return WhisperLanguage(code: parts[0], name: parts.count > 1 ? parts[1] : parts[0])
        }

    /// Those whose code or name is most like what somebody wrote, best first; those that are nothing like it are left
    /// out.
    static func near(_ text: String, among codes: some Collection<String>) -> [WhisperLanguage] {
        let wanted = text.lowercased()
        let ranked = all.filter { codes.contains($0.code) }.map { language in
            (language: language, distance: language.distance(from: wanted))
        }
        // The order of the tokens is about that of how much each language is spoken in Whisper's training.
        return ranked.enumerated().filter { $0.element.distance <= 2 }
            .sorted { ($0.element.distance, $0.offset) < ($1.element.distance, $1.offset) }
            .prefix(3).map(\.element.language)
    }

    /// 0 where it is this language's name or how it begins, or a code with a region behind it; else letters to change.
    private func distance(from wanted: String) -> Int {
        let names = name.lowercased().split(separator: " ").map(String.init)
        if wanted.count >= 3, names.contains(where: { $0.hasPrefix(wanted) }) { return 0 }
        if wanted.split(whereSeparator: { $0 == "-" || $0 == "_" }).first.map(String.init) == code { return 0 }
        let byName = names.map { Self.changes($0, wanted) }.min() ?? Int.max
        // Of two letters a single one that fits says nothing unless it is the first.
        let byCode = wanted.first == code.first ? Self.changes(code, wanted) : Int.max
        return min(byName, byCode)
    }

    /// The number of letters to put in, take out or replace.
    private static func changes(_ first: String, _ second: String) -> Int {
        let (first, second) = (Array(first), Array(second))
        var row = Array(0...second.count)
        for (index, letter) in first.enumerated() {
            var diagonal = row[0]
            row[0] = index + 1
            for (column, other) in second.enumerated() {
                let replaced = diagonal + (letter == other ? 0 : 1)
                diagonal = row[column + 1]
                row[column + 1] = min(replaced, row[column] + 1, diagonal + 1)
            }
        }
        return row[second.count]
    }

    private static let table = """
        en English,zh Chinese,de German,es Spanish,ru Russian,ko Korean,fr French,ja Japanese,pt Portuguese
        tr Turkish,pl Polish,ca Catalan,nl Dutch,ar Arabic,sv Swedish,it Italian,id Indonesian,hi Hindi,fi Finnish
        vi Vietnamese,he Hebrew,uk Ukrainian,el Greek,ms Malay,cs Czech,ro Romanian,da Danish,hu Hungarian,ta Tamil
        no Norwegian,th Thai,ur Urdu,hr Croatian,bg Bulgarian,lt Lithuanian,la Latin,mi Maori,ml Malayalam,cy Welsh
        sk Slovak,te Telugu,fa Persian,lv Latvian,bn Bengali,sr Serbian,az Azerbaijani,sl Slovenian,kn Kannada
        et Estonian,mk Macedonian,br Breton,eu Basque,is Icelandic,hy Armenian,ne Nepali,mn Mongolian,bs Bosnian
        kk Kazakh,sq Albanian,sw Swahili,gl Galician,mr Marathi,pa Punjabi,si Sinhala,km Khmer,sn Shona,yo Yoruba
        so Somali,af Afrikaans,oc Occitan,ka Georgian,be Belarusian,tg Tajik,sd Sindhi,gu Gujarati,am Amharic
        yi Yiddish,lo Lao,uz Uzbek,fo Faroese,ht Haitian Creole,ps Pashto,tk Turkmen,nn Nynorsk,mt Maltese
        sa Sanskrit,lb Luxembourgish,my Myanmar Burmese,bo Tibetan,tl Tagalog,mg Malagasy,as Assamese,tt Tatar
        haw Hawaiian,ln Lingala,ha Hausa,ba Bashkir,jw Javanese,su Sundanese,yue Cantonese
        """
}
