import RiposteCore

/// Gives the elements of speech markup their meaning.
struct MarkupBuilder {
    private(set) var parts: [SpeechMarkup.Part] = []
    private var elements: [Element] = []
    /// Pauses, all together, in seconds.
    private var silence = 0.0
    /// Each may be an engine in memory.
    private(set) var voices: [String: MarkupReader.Place] = [:]
    private var voiceNames: Set<String> = []

    private static let pauseLimit = 60.0
    private static let silenceLimit = 300.0
    private static let voiceLimit = 8

    private struct Element {
        var name: String
        var style: MarkupStyle
        /// What becomes of its text.
        var content = Content.text
        /// The text of an element that is read as a whole.
        var collected = ""
    }

    private enum Content {
        case text
        /// Left out: it has been said otherwise, or is not for the ear.
        case nothing
        case interpreted(as: String, format: String)
        case phonemes(String)
    }

    private static let known = [
        "speak", "p", "s", "break", "emphasis", "prosody", "say-as", "sub", "phoneme", "voice", "mark", "lang", "w",
        "token", "audio", "desc", "metadata", "meta", "lexicon", "lookup",
    ]

    mutating func start(_ name: String, _ attributes: [String: String], _ place: MarkupReader.Place) throws {
        guard !elements.isEmpty || name == "speak" else {
            throw MarkupReader.error(place, "the outermost element is <\(name)>, not <speak>.")
        }
        if let outer = elements.last, case .interpreted = outer.content {
            throw MarkupReader.error(place, "<\(outer.name)> may only have text.")
        }
        if let outer = elements.last, case .phonemes = outer.content {
            throw MarkupReader.error(place, "<\(outer.name)> may only have text.")
        }
        var element = Element(name: name, style: elements.last?.style ?? MarkupStyle())
        if let outer = elements.last, case .nothing = outer.content { element.content = .nothing }
        switch name {
        case "speak", "lang", "w", "token", "audio", "lookup": break
        case "p", "s": parts.append(.end(name == "p" ? .paragraph : .sentence))
        case "break": try addBreak(attributes, place)
        case "emphasis":
            let level = attributes["level"] ?? "moderate"
            try check(element.style.emphasize(level), "level", level, place)
        case "prosody": try prosody(attributes, &element.style, place)
        case "say-as":
            element.content = .interpreted(
                as: try required("interpret-as", of: name, attributes, place), format: attributes["format"] ?? "")
        case "sub":
            add(try required("alias", of: name, attributes, place), element.style)
            element.content = .nothing
        case "phoneme": element.content = .phonemes(try phonemes(attributes, place))
        case "voice": try voice(attributes, &element.style, place)
        case "mark": parts.append(.mark(try required("name", of: name, attributes, place)))
        case "desc", "metadata", "meta", "lexicon": element.content = .nothing
        default:
            guard name.contains(":") else {
                let near = Self.known.joined(separator: ", ")
                throw MarkupReader.error(place, "the element <\(name)> is not known; there are \(near).")
            }
        }
        elements.append(element)
    }

    mutating func add(_ text: String, _ place: MarkupReader.Place) throws {
        guard let last = elements.indices.last else { return }
        switch elements[last].content {
        case .nothing: return
        case .text: add(text, elements[last].style)
        case .interpreted, .phonemes: elements[last].collected += text
        }
    }

    mutating func end(_ name: String) {
        guard let element = elements.popLast() else { return }
        let text = element.collected.split(whereSeparator: \.isWhitespace).joined(separator: " ")
        switch element.content {
        case .interpreted(let kind, let format):
            add(SayAs.spoken(text, as: kind, format: format), element.style)
        case .phonemes(let phonemes):
            // Brackets would end the word early.
            let word = text.filter { !"[]()".contains($0) }
            add(phonemes.isEmpty ? text : "[\(word.isEmpty ? "?" : word)](/\(phonemes)/)", element.style)
        case .text, .nothing: break
        }
        if name == "p" || name == "s" { parts.append(.end(name == "p" ? .paragraph : .sentence)) }
    }

    /// Stretches in the same style are one.
    private mutating func add(_ text: String, _ style: MarkupStyle) {
        guard !text.isEmpty else { return }
        guard case .text(var whole, style)? = parts.last else { return parts.append(.text(text, style)) }
        // Taken out of the list, so that it grows in place.
        parts.removeLast()
        whole += text
        parts.append(.text(whole, style))
    }

    // MARK: Elements

    private static let strengths = [
        "none": 0.0, "x-weak": 0.1, "weak": 0.2, "medium": 0.4, "strong": 0.7, "x-strong": 1.2,
    ]

    private mutating func addBreak(_ attributes: [String: String], _ place: MarkupReader.Place) throws {
        var seconds = Self.strengths["medium"] ?? 0
        if let strength = attributes["strength"] {
            guard let known = Self.strengths[strength] else { throw bad("strength", strength, place) }
            seconds = known
        }
        if let time = attributes["time"] {
            guard let given = Self.seconds(time) else { throw bad("time", time, place) }
            seconds = given
        }
        guard seconds <= Self.pauseLimit else {
            throw MarkupReader.error(place, "a break may last \(Int(Self.pauseLimit)) s at most.")
        }
        silence += seconds
        guard silence <= Self.silenceLimit else {
            throw MarkupReader.error(place, "the breaks together last longer than \(Int(Self.silenceLimit)) s.")
        }
        parts.append(.pause(seconds))
    }

    /// "300ms", "1.5s".
    private static func seconds(_ time: String) -> Double? {
        let isMilliseconds = time.hasSuffix("ms")
        guard isMilliseconds || time.hasSuffix("s") else { return nil }
        let digits = time.dropLast(isMilliseconds ? 2 : 1)
        guard !digits.isEmpty, digits.allSatisfy({ $0.isASCII && ($0.isNumber || $0 == "." || $0 == "+") }),
            let value = Double(digits)
        else { return nil }
        return isMilliseconds ? value / 1000 : value
    }

    private func prosody(
        _ attributes: [String: String], _ style: inout MarkupStyle, _ place: MarkupReader.Place
    ) throws {
        if let rate = attributes["rate"] { try check(style.setRate(rate), "rate", rate, place) }
        if let pitch = attributes["pitch"] { try check(style.setPitch(pitch), "pitch", pitch, place) }
        if let volume = attributes["volume"] { try check(style.setVolume(volume), "volume", volume, place) }
    }

    private mutating func voice(
        _ attributes: [String: String], _ style: inout MarkupStyle, _ place: MarkupReader.Place
    ) throws {
        let names = attributes["name"]?.split(whereSeparator: \.isWhitespace).map(String.init) ?? []
        if !names.isEmpty {
            guard !names.contains(where: VoiceCatalogue.isFile) else {
                throw MarkupReader.error(place, "a voice in markup goes by its name, not by a path.")
            }
            voiceNames.formUnion(names)
            guard voiceNames.count <= Self.voiceLimit else {
                throw MarkupReader.error(place, "there are more than \(Self.voiceLimit) voices.")
            }
            let wish = names.joined(separator: " ")
            style.voice = wish
            if voices[wish] == nil { voices[wish] = place }
        } else if let gender = attributes["gender"] {
            guard ["male", "female", "neutral"].contains(gender) else { throw bad("gender", gender, place) }
            style.voice = gender
            if voices[gender] == nil { voices[gender] = place }
        } else if attributes["languages"] == nil, attributes["xml:lang"] == nil {
            throw MarkupReader.error(place, "<voice> has neither name nor gender.")
        }
    }

    private func phonemes(_ attributes: [String: String], _ place: MarkupReader.Place) throws -> String {
        let phonemes = try required("ph", of: "phoneme", attributes, place)
        guard !phonemes.contains(where: { "[]()/".contains($0) }), phonemes.count <= 200 else {
            throw bad("ph", phonemes, place)
        }
        switch attributes["alphabet"] ?? "ipa" {
        case "ipa", "misaki": return PhonemeAlphabet.misaki(fromInternational: phonemes)
        case "x-sampa": return PhonemeAlphabet.misaki(fromXSampa: phonemes)
        case let other: throw bad("alphabet", other, place)
        }
    }

    private func required(
        _ attribute: String, of element: String, _ attributes: [String: String], _ place: MarkupReader.Place
    ) throws -> String {
        guard let value = attributes[attribute] else {
            throw MarkupReader.error(place, "<\(element)> lacks the attribute \(attribute).")
        }
        return value
    }

    private func check(_ isFine: Bool, _ attribute: String, _ value: String, _ place: MarkupReader.Place) throws {
        if !isFine { throw bad(attribute, value, place) }
    }

    private func bad(_ attribute: String, _ value: String, _ place: MarkupReader.Place) -> RiposteError {
        MarkupReader.error(place, "\(attribute)=\"\(value.prefix(60))\" is no value for it.")
    }
}
