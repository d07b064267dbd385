import Foundation
import RiposteCore
import RiposteInference

@testable import RiposteDialog

/// What the tests of understanding share.
enum UnderstandingFixture {
    /// The sentence model; nil if it is not there (`riposte models fetch minilm`).
    static let model = try? ModelStore.standard.folder(of: "minilm")

    static func embedder() throws -> MiniLMEmbedder {
        var configuration = MiniLMEmbedder.Configuration()
        configuration.threads = 2
        return MiniLMEmbedder(folder: try ModelStore.standard.folder(of: "minilm"), configuration: configuration)
    }

    /// An example with its marks: "put [milk](item) on the list".
    static func example(_ marked: String, _ intent: String) -> TrainingData.Example {
        var text = ""
        var entities: [ParsedEntity] = []
        var rest = marked[...]
        while let open = rest.firstIndex(of: "["), let close = rest.firstIndex(of: ")"),
            let middle = rest.range(of: "](")
        {
            text += rest[..<open]
            let value = String(rest[rest.index(after: open)..<middle.lowerBound])
            let names = rest[middle.upperBound..<close].split(separator: "#").map(String.init)
            let start = text.unicodeScalars.count
            text += value
            entities.append(
                ParsedEntity(
                    names[0], value: value, in: start..<text.unicodeScalars.count,
                    role: names.count > 1 ? names[1] : nil))
            rest = rest[rest.index(after: close)...]
        }
        return TrainingData.Example(text + rest, intent: intent, entities: entities)
    }

    static var lights: TrainingData {
        let sentences: [(String, String)] = [
            ("turn on the lights", "lightsOn"), ("switch the lamp on", "lightsOn"), ("lights on please", "lightsOn"),
            ("make it bright", "lightsOn"), ("it is too dark in here", "lightsOn"), ("i need some light", "lightsOn"),
            ("turn off the lights", "lightsOff"), ("switch the lamp off", "lightsOff"), ("lights out", "lightsOff"),
            ("make it dark", "lightsOff"), ("no more light please", "lightsOff"),
            ("remind me to [call mum](task)", "remind"), ("remind me to [take the bins out](task)", "remind"),
            ("i must not forget to [pay the rent](task)", "remind"),
            ("remind me that i have to [feed the cat](task)", "remind"),
            ("don't let me forget to [lock the door](task)", "remind"), ("remind me to [buy flowers](task)", "remind"),
            ("remind me to [write to the bank](task) tomorrow", "remind"),
            ("a [small](size) coffee please", "order"), ("i want a [large](size) coffee", "order"),
            ("bring me a [medium](size) [cappuccino](drink)", "order"), ("one [latte](drink)", "order"),
            ("can i have an [espresso](drink)", "order"), ("i would like a [large](size) [latte](drink)", "order"),
            ("a train from [paris](city#from) to [rome](city#to)", "travel"),
            ("i want to go from [london](city#from) to [paris](city#to)", "travel"),
            ("book a train to [rome](city#to)", "travel"), ("when is the next train from [rome](city#from)", "travel"),
            ("from [rome](city#from) to [london](city#to) please", "travel"),
        ]
        return TrainingData(
            examples: sentences.map { example($0.0, $0.1) }, synonyms: ["big": "large", "tiny": "small"],
            lookups: [
                "size": ["small", "medium", "large"], "drink": ["cappuccino", "latte", "espresso", "coffee"],
                "city": ["paris", "rome", "london", "berlin"],
            ],
            patterns: [.init(name: "ticket", expressions: [#"\b[a-z]{2}[0-9]{4}\b"#])])
    }
}
