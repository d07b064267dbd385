#if Cloud
    /// Languages as Google's recogniser names them.
    public enum GoogleLanguages {
        /// The region that is meant where only a language is named: the one with the most speakers in its list, or the
        /// standard of the language.
        public static let regions = [
            "ar": "ar-EG", "bg": "bg-BG", "ca": "ca-ES", "cs": "cs-CZ", "da": "da-DK", "de": "de-DE", "el": "el-GR",
            "en": "en-US", "es": "es-ES", "et": "et-EE", "fi": "fi-FI", "fr": "fr-FR", "he": "iw-IL", "hi": "hi-IN",
            "hr": "hr-HR", "hu": "hu-HU", "id": "id-ID", "it": "it-IT", "ja": "ja-JP", "ko": "ko-KR", "lt": "lt-LT",
            "lv": "lv-LV", "nl": "nl-NL", "no": "no-NO", "pl": "pl-PL", "pt": "pt-BR", "ro": "ro-RO", "ru": "ru-RU",
            "sk": "sk-SK", "sl": "sl-SI", "sv": "sv-SE", "th": "th-TH", "tr": "tr-TR", "uk": "uk-UA", "vi": "vi-VN",
            "zh": "cmn-Hans-CN",
        ]

        /// The ISO 639-1 code in one of Google's ("en-us" is "en").
        static func code(of name: String) -> String? {
            guard !name.isEmpty else { return nil }
            if let entry = regions.first(where: { $0.value.lowercased() == name.lowercased() }) { return entry.key }
            return name.split(separator: "-").first.map { $0.lowercased() }
        }
    }
#endif
