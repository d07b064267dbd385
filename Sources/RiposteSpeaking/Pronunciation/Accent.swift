/// Whose English is spoken.
public enum Accent: String, Sendable, CaseIterable {
    case american = "us"
    case british = "gb"
}
