import ArgumentParser
import Foundation
import RiposteCore
import RiposteInference
import RiposteListening

/// Which wake words are listened for and how; the same for every command that does.
struct WakeOptions: ParsableArguments {
    @Option(
        parsing: .singleValue,
        help: ArgumentHelp(
            "A wake word; several times for several words.",
            discussion: """
                A keyword of Porcupine's (computer, jarvis, alexa, …), a word of openWakeWord's (hey jarvis, …), a \
                .ppn or .onnx file of your own, or any other phrase.
                """),
        transform: { $0.trimmingCharacters(in: .whitespaces) })
    var wake: [String] = []

    @Option(help: "What hears it: auto (whichever knows the word), porcupine, openwakeword, or phrase (any word).")
    var wakeEngine = WakeEngine.auto

    @Option(help: "How readily it hears a word, 0 to 1: the higher, the fewer are missed and the more are false.")
    var sensitivity: Double?

    @Flag(
        help: ArgumentHelp(
            "Porcupine or openWakeWord, together with the recogniser: fewest missed.",
            discussion: """
                The engine listens as readily as it can; the recogniser confirms what it hears, and looks for the word \
                itself.
                """))
    var verify = false

    func validate() throws {
        if let sensitivity, !(0...1).contains(sensitivity) { throw ValidationError("--sensitivity takes 0 to 1.") }
        guard wake.allSatisfy({ !$0.isEmpty }) else { throw ValidationError("--wake takes a word.") }
        guard Set(wake.map { $0.lowercased() }).count == wake.count else {
            throw ValidationError("--wake names a word twice.")
        }
    }
}
