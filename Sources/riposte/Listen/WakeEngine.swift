import ArgumentParser

/// What hears wake words.
enum WakeEngine: String, ExpressibleByArgument, CaseIterable {
    /// The first of the others that knows the word.
    case auto
    case porcupine, openwakeword
    /// Any phrase, by the recogniser.
    case phrase
}
