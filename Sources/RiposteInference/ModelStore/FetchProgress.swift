/// How far the fetching of a model is.
public struct FetchProgress: Sendable, Equatable {
    public enum Phase: Sendable, Equatable {
        /// Another process is fetching the same model.
        case waiting
        case downloading
        case unpacking
        /// The preparer is at work: `completed` of `total` are thousandths.
        case preparing
        case verifying
        /// It is there; `total` is 0 if it was there before.
        case finished
        /// One source failed, and the next is tried; why.
        case retrying(String)
    }

    public var model: String
    public var phase: Phase
    /// Bytes done, and how many there are; both 0 where nothing is counted.
    public var completed: Int
    public var total: Int

    public init(model: String, phase: Phase, completed: Int = 0, total: Int = 0) {
        self.model = model
        self.phase = phase
        self.completed = completed
        self.total = total
    }
}
