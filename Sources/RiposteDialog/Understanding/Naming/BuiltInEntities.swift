import Foundation

/// Finds the built-in entities in what was said.
struct BuiltInEntities: Sendable {
    static var extractor: String { BuiltInEntity.extractor }

    let kinds: Set<BuiltInEntity>
    let calendar: Calendar

    private typealias Found = (value: String, range: Range<Int>)

    /// - Parameters:
    ///   - expected: what the dialog waits for. A bare "seven" is then a time, and "too" a number.
    ///   - now: what "tomorrow" is counted from.
    func entities(in utterance: Utterance, expecting expected: [String] = [], now: Date) -> [ParsedEntity] {
        let places = ScalarPlaces(utterance.text)
        return BuiltInEntity.allCases.filter(kinds.contains).flatMap { kind in
            let found = found(kind, utterance, now)
            let bare = found.isEmpty && expected.contains(kind.rawValue) ? bare(kind, utterance, now) : nil
            return (found + [bare].compactMap { $0 }).map { found in
                ParsedEntity(
                    kind.rawValue, value: found.value, in: places.range(of: found.range, in: utterance),
                    extractor: Self.extractor)
            }
        }.sorted { ($0.start, $1.end) < ($1.start, $0.end) }
    }

    private func found(_ kind: BuiltInEntity, _ utterance: Utterance, _ now: Date) -> [Found] {
        func all<Extractor: EntityExtractor>(
            _ extractor: Extractor, _ write: (Extractor.Value) -> String?
        ) -> [Found] {
            extractor.all(in: utterance).compactMap { entity in write(entity.value).map { ($0, entity.range) } }
        }
        switch kind {
        case .number: return all(NumberExtractor(allowsSign: true), Self.plain)
        case .ordinal: return all(OrdinalExtractor()) { String($0) }
        case .time: return times(utterance, now)
        case .date: return dates(utterance, now)
        case .duration: return all(DurationExtractor(), Self.plain)
        case .interval: return intervals(utterance, now)
        case .money: return all(MoneyExtractor()) { "\(Self.plain($0.amount)) \($0.currency)" }
        case .temperature: return all(TemperatureExtractor()) { "\(Self.plain($0.degrees)) \($0.scale.rawValue)" }
        case .percentage: return all(PercentageExtractor(), Self.plain)
        case .email: return all(AddressExtractor(.email)) { $0 }
        case .url: return all(AddressExtractor(.url)) { $0 }
        case .phone: return all(PhoneExtractor()) { $0 }
        }
    }

    /// What an utterance of nothing else means when this very kind is waited for.
    private func bare(_ kind: BuiltInEntity, _ utterance: Utterance, _ now: Date) -> Found? {
        let request = utterance.request
        guard let first = request.tokens.first, let place = utterance.tokens.firstIndex(of: first) else { return nil }
        let range = place..<(place + request.count)
        switch kind {
        case .number where request.count == 1:
            return NumberWords.homophones[first.word].map { (Self.plain($0), range) }
        case .time:
            return ClockTimeExtractor(allowsBareHour: true).whole(request).map { (write($0, now), range) }
        case .percentage, .temperature:
            guard let number = NumberExtractor(allowsSign: true).whole(request) else { return nil }
            return (kind == .temperature ? "\(Self.plain(number)) degree" : Self.plain(number), range)
        default: return nil
        }
    }

    private static func plain(_ value: Double) -> String {
        Int(exactly: value).map(String.init) ?? String(format: "%.6g", value)
    }

    // MARK: Times and dates

    private func times(_ utterance: Utterance, _ now: Date) -> [Found] {
        var found: [Found] = []
        var index = 0
        while index < utterance.count {
            // "at seven" is a time, "seven" alone is not.
            let isAfterAt = index > 0 && ["at", "by", "around", "until"].contains(utterance.tokens[index - 1].word)
            let isCounted = DurationExtractor().extract(from: utterance, at: index) != nil
            if let entity = ClockTimeExtractor(allowsBareHour: isAfterAt && !isCounted)
                .extract(from: utterance, at: index)
            {
                found.append((write(entity.value, now), entity.range))
                index = entity.range.upperBound
            } else {
                index += 1
            }
        }
        return found
    }

    private func write(_ time: ClockTime, _ now: Date) -> String {
        var hour = time.hour
        if time.isAmbiguous, let next = time.next(after: now, calendar: calendar) {
            hour = calendar.component(.hour, from: next)
        }
        return String(format: "%02d:%02d", hour, time.minute)
    }

    private func dates(_ utterance: Utterance, _ now: Date) -> [Found] {
        let days = DayExtractor().all(in: utterance).compactMap { entity -> Found? in
            write(entity.value, now).map { ($0, entity.range) }
        }
        let years = YearExtractor().all(in: utterance).filter { year in
            !days.contains { $0.range.overlaps(year.range) }
        }
        return (days + years.map { (String($0.value), $0.range) }).sorted { $0.range.lowerBound < $1.range.lowerBound }
    }

    private func write(_ day: DayReference, _ now: Date) -> String? {
        guard let date = day.resolve(now: now, calendar: calendar) else { return nil }
        let parts = calendar.dateComponents([.year, .month, .day], from: date)
        return String(format: "%04d-%02d-%02d", parts.year ?? 0, parts.month ?? 0, parts.day ?? 0)
    }

    /// "from nine to five", "between Monday and Friday", "until" only with a beginning.
    private func intervals(_ utterance: Utterance, _ now: Date) -> [Found] {
        var found: [Found] = []
        for index in 0..<utterance.count {
            guard let opening = utterance.word(index), opening == "from" || opening == "between" else { continue }
            let joints: Set<String> = opening == "from" ? ["to", "until", "till", "through"] : ["and", "to"]
            if let (value, end) = interval(utterance, index + 1, joints, now) { found.append((value, index..<end)) }
        }
        return found
    }

    private func interval(
        _ utterance: Utterance, _ index: Int, _ joints: Set<String>, _ now: Date
    ) -> (value: String, end: Int)? {
        func joint(_ place: Int) -> Int? {
            utterance.word(place).map(joints.contains) == true ? place + 1 : nil
        }
        let days = DayExtractor()
        if let first = days.extract(from: utterance, at: index), let next = joint(first.range.upperBound),
            let second = days.extract(from: utterance, at: next), let from = write(first.value, now),
            let to = write(second.value, now)
        {
            return ("\(from)/\(to)", second.range.upperBound)
        }
        // "from nine to five": the hour before the joint must not be read as "five to nine".
        for end in stride(from: min(utterance.count, index + 6), to: index, by: -1) {
            guard let next = joint(end),
                let first = ClockTimeExtractor(allowsBareHour: true).whole(utterance, index..<end),
                let second = ClockTimeExtractor(allowsBareHour: true).extract(from: utterance, at: next)
            else { continue }
            return (Self.interval(first, second.value), second.range.upperBound)
        }
        return nil
    }

    /// Where a half of the day was not said, working hours are meant, and the end is after the start.
    private static func interval(_ first: ClockTime, _ second: ClockTime) -> String {
        var start = first.hour
        if first.isAmbiguous {
            start = first.hour % 12
            let endsInAfternoon = !second.isAmbiguous && second.hour >= 12
            if start < 7 || (endsInAfternoon && start + 12 < second.hour && start < 7) { start += 12 }
        }
        var end = second.hour
        if second.isAmbiguous {
            end = second.hour % 12
            if end * 60 + second.minute <= start * 60 + first.minute { end += 12 }
            end %= 24
        }
        return String(format: "%02d:%02d/%02d:%02d", start, first.minute, end, second.minute)
    }
}
