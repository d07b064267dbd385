import RiposteCore

/// Makes of stories with alternatives and checkpoints plain ones, each a row of steps.
struct StoryExpansion {
    /// More paths than these are no stories any more but a program.
    static let mostPaths = 10_000
    /// Steps in one path.
    static let mostSteps = 1_000

    private let beginnings: [String: [Story]]
    private var paths: [Story] = []
    /// Where the stories stand that a path has come to.
    private var reached: Set<String> = []

    /// - Throws: where checkpoints go round in a circle, lead nowhere, or make too many paths.
    static func paths(of stories: [Story]) throws -> [Story] {
        var expansion = try StoryExpansion(stories)
        for story in stories where Self.entrance(of: story) == nil {
            try expansion.follow(story, story.steps[...], told: [], passed: [])
        }
        for story in stories where Self.entrance(of: story) != nil && !expansion.reached.contains("\(story.place)") {
            throw story.place.error(
                "story \u{201C}\(story.name)\u{201D} is never come to: checkpoints go round in a circle before it.",
                suggestion: "Let a story that begins without a checkpoint lead to it.")
        }
        return expansion.paths
    }

    private init(_ stories: [Story]) throws {
        var beginnings: [String: [Story]] = [:]
        var ends: [String: SourcePlace] = [:]
        var middles: Set<String> = []
        for story in stories {
            for (index, step) in story.steps.enumerated() {
                guard case .checkpoint(let name, _) = step.kind else { continue }
                if index == 0 { beginnings[name, default: []].append(story) } else { ends[name] = step.place }
                // In the middle it is both.
                if index > 0, index < story.steps.count - 1 { middles.insert(name) }
            }
        }
        for (name, place) in ends.sorted(by: { $0.value < $1.value })
        where beginnings[name] == nil && !middles.contains(name) {
            throw place.error(
                "no story begins with the checkpoint \u{201C}\(name)\u{201D}.",
                suggestion: NearestName.suggestion(for: name, among: beginnings.keys))
        }
        for (name, stories) in beginnings.sorted(by: { $0.key < $1.key }) where ends[name] == nil {
            guard let place = stories.first?.steps.first?.place else { continue }
            throw place.error(
                "no story leads to the checkpoint \u{201C}\(name)\u{201D}.",
                suggestion: NearestName.suggestion(for: name, among: ends.keys))
        }
        self.beginnings = beginnings
    }

    private static func entrance(of story: Story) -> String? {
        if case .checkpoint(let name, _) = story.steps.first?.kind { name } else { nil }
    }

    /// - Parameters:
    ///   - told: the steps before.
    ///   - passed: the checkpoints on the way here.
    private mutating func follow(
        _ story: Story, _ steps: ArraySlice<Story.Step>, told: [Story.Step], passed: [String]
    ) throws {
        guard let step = steps.first else { return try finish(story, told) }
        guard told.count < Self.mostSteps else {
            throw story.place.error("with its checkpoints story \u{201C}\(story.name)\u{201D} has too many steps.")
        }
        let rest = steps.dropFirst()
        switch step.kind {
        case .either(let ways):
            for way in ways { try follow(story, rest, told: told + [way], passed: passed) }
        case .checkpoint(let name, let needs):
            let entered = needs.isEmpty ? told : told + [Story.Step(kind: .slots(needs), place: step.place)]
            guard !passed.contains(name) else {
                throw step.place.error(
                    "checkpoints go round in a circle: \((passed + [name]).joined(separator: " → ")).",
                    suggestion: "Tell what comes again as a story or rule of its own.")
            }
            for next in beginnings[name] ?? [] {
                guard case .checkpoint(_, let needs) = next.steps.first?.kind else { continue }
                reached.insert("\(next.place)")
                let conditions = needs.isEmpty ? [] : [Story.Step(kind: .slots(needs), place: next.place)]
                try follow(next, next.steps.dropFirst(), told: entered + conditions, passed: passed + [name])
            }
            // What stands behind a checkpoint goes on in the same story too.
            if !rest.isEmpty { try follow(story, rest, told: entered, passed: passed) }
        default:
            try follow(story, rest, told: told + [step], passed: passed)
        }
    }

    private mutating func finish(_ story: Story, _ told: [Story.Step]) throws {
        guard paths.count < Self.mostPaths else {
            throw story.place.error(
                "with their checkpoints and alternatives the stories are more than \(Self.mostPaths) paths.")
        }
        var path = story
        path.steps = told
        paths.append(path)
    }
}
