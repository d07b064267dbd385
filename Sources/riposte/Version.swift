/// Which Riposte this is; packages and the manual page take it from here.
enum Version {
    static let current = "0.1.0"
}
