import RiposteCore

/// Goes on as the stories do: exactly where one fits, else as the most similar ones, if these agree.
struct StoryPolicy: DialogPolicy {
    /// A moment as stories see it.
    struct Key: Sendable, Hashable {
        var previousAction: String
        var intent: String?
        var form: String?
        var entities: Set<String>
        /// Only those with something in them.
        var slots: [String: SlotValue]

        init(_ moment: DialogMoment, _ domain: Domain) {
            previousAction = moment.previousAction
            intent = moment.message?.intent?.name.baseIntent
            form = moment.form
            let properties = intent.flatMap { domain.intents[$0] }
            let names = moment.message?.entities.map(\.entity) ?? []
            entities = Set(names.filter { properties?.counts($0) ?? true })
            slots = [:]
            for name in moment.slots.keys where name != Tracker.requestedSlot {
                let feature = domain.feature(of: name, in: moment.slots)
                if feature.isSet { slots[name] = feature }
            }
        }

        /// What has to be the same in any case.
        var core: String { "\(previousAction)|\(intent ?? "")|\(form ?? "")" }
    }

    struct Line: Sendable {
        var keys: [Key]
        var actions: [String]
        var places: [SourcePlace]
        var name: String
    }

    private let domain: Domain
    private let settings: ProjectSettings
    private(set) var lines: [Line] = []
    /// Where each core occurs: line and position.
    private var index: [String: [(line: Int, position: Int)]] = [:]

    /// - Parameter paths: without alternatives and checkpoints.
    init(_ paths: [Story], domain: Domain, settings: ProjectSettings) {
        self.domain = domain
        self.settings = settings
        for path in paths {
            let told = StoryTelling(path, domain: domain)
            let kept = told.decisions.indices.filter { !told.decisions[$0].isFormTurn }
            lines.append(
                Line(
                    keys: kept.map { Key(told.decisions[$0].moment, domain) },
                    actions: kept.map { told.decisions[$0].action }, places: kept.map { told.places[$0] },
                    name: path.name))
        }
        for (number, line) in lines.enumerated() {
            for (position, key) in line.keys.enumerated() { index[key.core, default: []].append((number, position)) }
        }
    }

    /// Whether a story begins with this intent.
    func begins(with intent: String) -> Bool { lines.contains { $0.keys.first?.intent == intent.baseIntent } }

    func decide(_ tracker: Tracker) -> PolicyDecision? {
        let moments = tracker.relevantDecisions(withFormTurns: false).map(\.moment) + [tracker.moment]
        let now = moments.suffix(4 * settings.history).map { Key($0, domain) }
        guard let last = now.last else { return nil }
        var best: (score: Double, decision: PolicyDecision)?
        for (number, position) in index[last.core] ?? [] {
            let line = lines[number]
            let fit = Self.fit(now, line.keys[...position])
            guard settings.generalizes || fit.isExact else { continue }
            if fit.score > best?.score ?? -.infinity {
                let confidence = fit.isExact ? 1 : fit.share
                best = (
                    fit.score,
                    .init(action: line.actions[position], confidence: confidence, source: line.places[position])
                )
            }
        }
        guard let decision = best?.decision, decision.confidence >= settings.actionThreshold else { return nil }
        return decision
    }

    private struct Fit {
        /// The higher, the more alike.
        var score: Double
        var isExact: Bool
        /// Of all that might be the same, how much is.
        var share: Double
    }

    /// Compares backwards from the present moment; the nearer, the more it counts.
    private static func fit(_ now: [Key], _ story: ArraySlice<Key>) -> Fit {
        var (score, possible, weight, isExact) = (0.0, 0.0, 1.0, true)
        let length = min(now.count, story.count)
        var hasEnded = false
        for (one, other) in zip(now.reversed(), story.reversed()) {
            possible += weight * 2
            if hasEnded || one.core != other.core {
                hasEnded = true
                isExact = false
            } else {
                let conflicts = other.slots.filter { $0.value != one.slots[$0.key] }.count
                let surplus = one.slots.keys.filter { other.slots[$0] == nil }.count
                let entities = one.entities.symmetricDifference(other.entities).count
                if conflicts + surplus + entities > 0 { isExact = false }
                score += weight * (2 - Double(conflicts) - 0.25 * Double(surplus) - 0.25 * Double(entities))
            }
            weight *= 0.7
        }
        // A story that has begun with the conversation says more than one that happened to come to the same place.
        if story.count != length || now.count != length { isExact = isExact && now.count > story.count }
        return Fit(
            score: score + (isExact ? 1 : 0), isExact: isExact, share: possible > 0 ? max(0, score / possible) : 0)
    }
}

extension Domain.Intent {
    func counts(_ entity: String) -> Bool {
        (usedEntities?.contains(entity) ?? true) && !ignoredEntities.contains(entity)
    }
}
