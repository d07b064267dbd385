import Foundation
import RiposteCore
import RiposteTesting
import Testing

@testable import RiposteDialog

/// What a project's files say, and what is said about files that say something wrong.
@Suite struct ProjectReadingTests {
    private static let domain = """
        version: "3.1"
        intents:
          - greet
          - order:
              use_entities: [size]
          - faq
        entities:
          - size
          - city:
              roles: [from, to]
        slots:
          size:
            type: categorical
            values: [small, large]
            mappings:
              - type: from_entity
                entity: size
          count:
            type: float
            min_value: 1
            max_value: 10
            initial_value: 2
            mappings:
              - type: from_text
                conditions:
                  - active_loop: order_form
                    requested_slot: count
        forms:
          order_form:
            ignored_intents: [faq]
            required_slots: [size]
        responses:
          utter_greet:
            - text: "Hello."
            - text: "Hi there."
              channel: voice
          utter_ask_size:
            - text: "What size?"
              buttons:
                - title: Small
                  payload: '/order{"size": "small"}'
          utter_done:
            - text: "A {size} one."
              condition:
                - type: slot
                  name: size
                  value: large
            - text: "Done."
        session_config:
          session_expiration_time: 30
          carry_over_slots_to_new_session: false
        """

    private static let rules = """
        version: "3.1"
        rules:
          - rule: greeting
            steps:
              - intent: greet
              - action: utter_greet
          - rule: order
            steps:
              - intent: order
              - action: order_form
              - active_loop: order_form
        """

    private func fixture(_ more: [String: String] = [:]) throws -> ProjectFixture {
        try ProjectFixture(["domain.yml": Self.domain, "data/rules.yml": Self.rules].merging(more) { $1 })
    }

    @Test func readsADomain() throws {
        let domain = try fixture().project().domain
        #expect(domain.intents["order"]?.usedEntities == ["size"])
        #expect(domain.slots["size"]?.kind == .category(["small", "large"]))
        #expect(domain.slots["count"]?.kind == .number(least: 1, most: 10))
        #expect(domain.slots["count"]?.initialValue == .number(2))
        #expect(domain.slots["count"]?.mappings.first?.conditions.first?.requestedSlot == "count")
        #expect(domain.forms["order_form"]?.ignoredIntents == ["faq"])
        #expect(domain.responses["utter_greet"]?.map(\.channel) == [nil, "voice"])
        #expect(domain.responses["utter_done"]?.first?.conditions == [.init(slot: "size", value: .text("large"))])
        #expect(domain.responses["utter_ask_size"]?.first?.buttons.first?.title == "Small")
        #expect(domain.session == .init(expiration: 30, carriesOverSlots: false))
    }

    @Test func readsTrainingData() throws {
        let nlu = """
            nlu:
              - intent: order
                examples: |
                  - a [large](size) one
                  - a [big]{"entity": "size", "value": "large"} one
                  - from [Zürich]{"entity": "city", "role": "from"} to [Rome]{"entity": "city", "role": "to", "group": "1"}
              - intent: faq/opening
                examples:
                  - text: when are you open
                    metadata: {source: mail}
                  - when do you close
              - synonym: small
                examples: |
                  - tiny
                  - Little
              - regex: zip
                examples: |
                  - \\d{5}
                  - (?P<area>[A-Z]+)
              - lookup: size
                examples: |
                  - small
                  - large
            """
        let data = try fixture(["data/nlu/all.yml": nlu]).project().training
        #expect(data.examples.map(\.text).prefix(3) == ["a large one", "a big one", "from Zürich to Rome"])
        #expect(data.examples[1].entities == [ParsedEntity("size", value: "large", in: 2..<5)])
        #expect(data.examples[2].entities[0] == ParsedEntity("city", value: "Zürich", in: 5..<11, role: "from"))
        #expect(
            data.examples[2].entities[1] == ParsedEntity("city", value: "Rome", in: 15..<19, role: "to", group: "1"))
        #expect(data.examples.filter { $0.intent == "faq/opening" }.count == 2)
        #expect(data.synonyms == ["big": "large", "tiny": "small", "little": "small"])
        #expect(data.patterns == [.init(name: "zip", expressions: ["\\d{5}", "(?P<area>[A-Z]+)"])])
        #expect(data.lookups == ["size": ["small", "large"]])
    }

    @Test func readsThresholds() throws {
        let config = """
            recipe: default.v1
            language: en
            pipeline:
              - name: WhitespaceTokenizer
              - name: FallbackClassifier
                threshold: 0.4
                ambiguity_threshold: 0.05
            policies:
              - name: RulePolicy
                core_fallback_threshold: 0.5
                core_fallback_action_name: utter_greet
              - name: MemoizationPolicy
                max_history: 3
            """
        let settings = try fixture(["config.yml": config]).project().settings
        #expect(settings.threshold == 0.4 && settings.ambiguity == 0.05 && settings.history == 3)
        #expect(settings.actionThreshold == 0.5 && settings.fallbackAction == "utter_greet")
    }

    @Test func joinsStoriesAtCheckpoints() throws {
        let stories = """
            stories:
              - story: beginning
                steps:
                  - intent: greet
                  - action: utter_greet
                  - checkpoint: greeted
              - story: end
                steps:
                  - checkpoint: greeted
                  - or:
                      - intent: faq
                      - intent: order
                        entities:
                          - size: large
                  - action: utter_done
            """
        // Without the rule for orders, which says otherwise.
        let paths = try fixture(["data/stories.yml": stories, "data/rules.yml": "rules: []"]).project().paths
        #expect(paths.count == 2)
        #expect(paths.allSatisfy { $0.steps.count == 4 })
    }

    @Test(arguments: [
        ("domain.yml", "intents: [greet]\nslotz: {}", "domain.yml:2", "slots"),
        ("domain.yml", "slots:\n  a:\n    type: categorial\n", "domain.yml:3", "categorical"),
        ("domain.yml", "slots:\n  a:\n    type: float\n    values: [1]\n", "domain.yml:4", "categorical"),
        ("domain.yml", "slots:\n  a:\n    type: text\n    initial: x\n", "domain.yml:4", "initial_value"),
        (
            "domain.yml", "slots:\n  a:\n    type: text\n    mappings:\n    - type: from_entty\n", "domain.yml:5",
            "from_entity"
        ),
        (
            "domain.yml", "forms:\n  f:\n    required_slots: [siz]\nslots:\n  size: {type: text}\n", "domain.yml:2",
            "size"
        ),
        ("domain.yml", "responses:\n  greet:\n  - text: hi\n", "domain.yml:2", "utter_greet"),
        ("domain.yml", "intents: [a]\nintents: [b]\n", "domain.yml", "twice"),
        ("domain.yml", "intents: [a\n", "domain.yml", "no YAML"),
        ("domain.yml", "version: \"2.0\"\n", "domain.yml:1", "3.1"),
        (
            "data/x.yml", "rules:\n- rule: r\n  steps:\n  - intent: gret\n  - action: utter_greet\n", "data/x.yml:4",
            "greet"
        ),
        (
            "data/x.yml", "rules:\n- rule: r\n  steps:\n  - intent: greet\n  - action: uter_greet\n", "data/x.yml:5",
            "utter_greet"
        ),
        ("data/x.yml", "rules:\n- rule: r\n  stepps: []\n", "data/x.yml:3", "steps"),
        ("data/x.yml", "nlu:\n- intent: greet\n  examples: |\n    - hi\n    hello\n", "data/x.yml:5", "- "),
        (
            "data/x.yml", "nlu:\n- intent: greet\n  examples: |\n    - hi [you]{\"entity\" \"x\"}\n", "data/x.yml:4",
            "entity"
        ),
        ("data/x.yml", "nlu:\n- regex: r\n  examples: |\n    - (\n", "data/x.yml:4", "regular"),
        ("data/x.yml", "nlu:\n- lookup: size\n- intent: a\n", "data/x.yml:2", "examples"),
        ("data/x.yml", "storys: []\n", "data/x.yml:1", "stories"),
        (
            "data/x.yml", "rules:\n- rule: r\n  steps:\n  - intent: greet\n  - action: utter_done\n", "data/x.yml:5",
            "data/rules.yml:6"
        ),
        (
            "data/x.yml", "stories:\n- story: s\n  steps:\n  - intent: greet\n  - action: utter_done\n", "data/x.yml:5",
            "data/rules.yml:6"
        ),
        (
            "data/x.yml",
            """
            stories:
            - story: a
              steps: [{intent: faq}, {action: utter_greet}]
            - story: b
              steps: [{intent: faq}, {action: utter_done}]
            """, "data/x.yml:5", "data/x.yml:3"
        ),
        (
            "data/x.yml",
            """
            stories:
            - story: a
              steps: [{intent: faq}, {action: utter_greet}, {checkpoint: one}]
            - story: b
              steps: [{checkpoint: one}, {intent: order}, {action: utter_done}, {checkpoint: one}]
            """, "data/x.yml:5", "circle"
        ),
        (
            "data/x.yml",
            """
            stories:
            - story: a
              steps: [{checkpoint: one}, {intent: faq}, {action: utter_greet}, {checkpoint: two}]
            - story: b
              steps: [{checkpoint: two}, {intent: order}, {action: utter_done}, {checkpoint: one}]
            """, "data/x.yml:2", "never come to"
        ),
        ("config.yml", "pipelin: []\n", "config.yml:1", "pipeline"),
    ])
    func saysWhatIsWrongAndWhere(_ file: String, _ text: String, _ place: String, _ suggestion: String) throws {
        let fixture = try fixture()
        try fixture.write(text, to: file)
        let problem = fixture.problem()
        #expect(problem.hasPrefix(place), "\(problem)")
        #expect(problem.contains(suggestion), "\(problem)")
    }

    @Test func isSilentAboutWhatIsRight() throws { #expect(try fixture().problem() == "") }

    @Test func missingProjectsAreNamed() {
        #expect(throws: RiposteError.self) { try DialogProject(reading: URL(fileURLWithPath: "/nowhere/project")) }
    }

    // MARK: - Bounds

    @Test func yamlBombsAreRefused() throws {
        var bomb = "responses:\n  utter_a0: &a0 [{text: x}]\n"
        for level in 1...12 {
            let aliases = Array(repeating: "*a\(level - 1)", count: 10).joined(separator: ", ")
            bomb += "  utter_a\(level): &a\(level) [\(aliases)]\n"
        }
        let fixture = try ProjectFixture(["domain.yml": bomb])
        #expect(fixture.problem().contains("aliases"))
        // As a key it would have to be compared before anybody can count.
        try fixture.write(bomb + "  ? *a12\n  : x\n", to: "domain.yml")
        #expect(fixture.problem().contains("plain names"))
        try fixture.write(bomb + "  *a12 : x\n", to: "domain.yml")
        #expect(fixture.problem().contains("plain names"))
    }

    @Test func deepNestingIsRefused() throws {
        let fixture = try ProjectFixture(["domain.yml": "intents: " + String(repeating: "[", count: 100_000)])
        #expect(fixture.problem().hasPrefix("domain.yml"))
        try fixture.write(
            "intents: " + String(repeating: "[", count: 60) + String(repeating: "]", count: 60), to: "domain.yml")
        #expect(fixture.problem().contains("deep"))
        try fixture.write("intents:\n" + String(repeating: "- ", count: 5_000) + "a\n", to: "domain.yml")
        #expect(fixture.problem().contains("indented"))
    }

    @Test func longFilesAreRefusedUnread() throws {
        let fixture = try fixture()
        let file = fixture.folder.appendingPathComponent("data/nlu.yml")
        _ = FileManager.default.createFile(atPath: file.path, contents: nil)
        let handle = try FileHandle(forWritingTo: file)
        try handle.truncate(atOffset: 50_000_000)
        try handle.close()
        #expect(fixture.problem().contains("50 MB"))
    }

    @Test func aliasesMayBeUsedWithinReason() throws {
        let text = """
            responses:
              utter_a: &greeting
                - text: Hello.
              utter_b: *greeting
            """
        #expect(try ProjectFixture(["domain.yml": text]).project().domain.responses["utter_b"]?.first?.text == "Hello.")
    }
}
