import Foundation

/// Finds the time zone of a city or a country by its English name.
struct PlaceExtractor: Sendable {
    enum Place: Equatable {
        case zone(TimeZone, name: String)
        /// A country with more than one.
        case several(name: String)
    }

    private let cities: [String: String]

    /// Cities with a time zone of their own are known by the system's list; this adds the others that people
    /// ask for.
    init() {
        var cities: [String: String] = [:]
        for identifier in TimeZone.knownTimeZoneIdentifiers {
            guard identifier.contains("/"), !identifier.hasPrefix("Etc/"),
                let city = identifier.split(separator: "/").last
            else { continue }
            cities[city.replacing("_", with: " ").replacing("-", with: " ").lowercased()] = identifier
        }
        for (identifier, names) in Self.others {
            for name in names.split(separator: "|") { cities[String(name)] = identifier }
        }
        self.cities = cities
    }

    func find(_ utterance: Utterance) -> Place? {
        let words = utterance.tokens.map(\.word)
        // "london england": the longest known beginning counts.
        let start = words.first == "the" ? 1 : 0
        for end in stride(from: words.count, to: start, by: -1) {
            let name = words[start..<end].joined(separator: " ")
            let spoken = Self.spoken(utterance, start..<end, article: start == 1)
            if Self.wide.contains(name) { return .several(name: spoken.prefix(1).uppercased() + spoken.dropFirst()) }
            if let zone = cities[name].flatMap(TimeZone.init(identifier:)) { return .zone(zone, name: spoken) }
        }
        return nil
    }

    private static func spoken(_ utterance: Utterance, _ range: Range<Int>, article: Bool) -> String {
        let names = range.map { index -> String in
            let word = utterance.tokens[index].word
            if ["of", "de", "and"].contains(word) { return word }
            return ["uk", "us", "usa", "uae", "dc"].contains(word) ? word.uppercased() : word.capitalized
        }
        return (article ? "the " : "") + names.joined(separator: " ")
    }

    private static let wide: Set<String> = [
        "america", "usa", "us", "united states", "united states of america", "states", "canada", "australia", "russia",
        "brazil", "mexico", "europe", "asia", "africa", "south america", "indonesia",
    ]

    private static let others: [String: String] = [
        "America/Los_Angeles": """
        california|san francisco|san diego|seattle|portland|las vegas|sacramento|san jose|oakland|washington \
        state|nevada|oregon|l a|la
        """,
        "America/Denver": "colorado|salt lake city|utah|albuquerque|new mexico|montana",
        "America/Phoenix": "arizona",
        "America/Chicago": """
        texas|houston|dallas|austin|san antonio|new orleans|memphis|nashville|minneapolis|milwaukee|st louis|\
        kansas city|illinois|oklahoma
        """,
        "America/New_York": """
        boston|washington|washington dc|washington d c|miami|atlanta|philadelphia|florida|georgia usa|cleveland|\
        pittsburgh|baltimore|charlotte|new york city|nyc|orlando|ohio|manhattan|brooklyn
        """,
        "America/Toronto": "ottawa|montreal|quebec",
        "America/Edmonton": "calgary|alberta",
        "America/Sao_Paulo": "rio de janeiro|rio|brasilia",
        "America/Argentina/Buenos_Aires": "argentina|buenos aires",
        "America/Santiago": "chile", "America/Bogota": "colombia", "America/Lima": "peru",
        "Pacific/Honolulu": "hawaii", "America/Anchorage": "alaska", "Pacific/Auckland": "new zealand|wellington",
        "Europe/London": """
        england|united kingdom|uk|britain|great britain|scotland|wales|manchester|liverpool|birmingham|\
        edinburgh|glasgow|cardiff|oxford|cambridge
        """,
        "Europe/Dublin": "ireland", "Europe/Paris": "france|lyon|marseille|nice",
        "Europe/Berlin": "germany|munich|hamburg|frankfurt|cologne|stuttgart|dusseldorf|leipzig",
        "Europe/Madrid": "spain|barcelona|valencia|seville", "Europe/Rome": "italy|milan|naples|venice|florence|turin",
        "Europe/Lisbon": "portugal|porto", "Europe/Amsterdam": "netherlands|holland|rotterdam|hague",
        "Europe/Brussels": "belgium", "Europe/Zurich": "switzerland|geneva|bern|basel",
        "Europe/Vienna": "austria|salzburg",
        "Europe/Stockholm": "sweden|gothenburg", "Europe/Oslo": "norway", "Europe/Copenhagen": "denmark",
        "Europe/Helsinki": "finland", "Atlantic/Reykjavik": "iceland", "Europe/Warsaw": "poland|krakow",
        "Europe/Prague": "czech republic", "Europe/Budapest": "hungary", "Europe/Athens": "greece",
        "Europe/Istanbul": "turkey|ankara", "Europe/Kyiv": "ukraine|kiev|kyiv", "Europe/Moscow": "st petersburg",
        "Europe/Bucharest": "romania", "Europe/Sofia": "bulgaria", "Europe/Belgrade": "serbia",
        "Europe/Zagreb": "croatia",
        "Africa/Cairo": "egypt", "Africa/Johannesburg": "south africa|cape town|pretoria", "Africa/Lagos": "nigeria",
        "Africa/Nairobi": "kenya", "Africa/Casablanca": "morocco", "Asia/Jerusalem": "israel|tel aviv",
        "Asia/Dubai": "united arab emirates|uae|abu dhabi|emirates", "Asia/Riyadh": "saudi arabia",
        "Asia/Tehran": "iran",
        "Asia/Karachi": "pakistan|islamabad|lahore",
        "Asia/Kolkata": "india|mumbai|bombay|delhi|new delhi|bangalore|chennai|hyderabad|calcutta|kolkata",
        "Asia/Kathmandu": "nepal", "Asia/Dhaka": "bangladesh", "Asia/Bangkok": "thailand",
        "Asia/Ho_Chi_Minh": "vietnam|hanoi|saigon", "Asia/Manila": "philippines", "Asia/Kuala_Lumpur": "malaysia",
        "Asia/Shanghai": "china|beijing|shenzhen|guangzhou", "Asia/Taipei": "taiwan",
        "Asia/Seoul": "south korea|korea|busan",
        "Asia/Tokyo": "japan|osaka|kyoto|yokohama", "Australia/Sydney": "canberra|new south wales",
    ]
}
