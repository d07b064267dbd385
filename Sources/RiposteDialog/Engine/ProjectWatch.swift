import RiposteCore

/// Reads a project anew while it is talked with, whenever its files have changed.
public struct ProjectWatch: Sendable {
    private let responder: DialogResponder
    private let interval: Duration

    /// - Parameter interval: how often the files are looked at. Default: a second.
    public init(_ responder: DialogResponder, interval: Duration = .seconds(1)) {
        self.responder = responder
        self.interval = interval
    }

    /// Watches until it is cancelled.
    /// - Parameter report: is told of each new reading: nil when the project is in use, else what is wrong with it;
    ///   then the conversation goes on with the project as it was.
    public func run(_ report: @Sendable (RiposteError?) -> Void) async {
        while (try? await Task.sleep(for: interval)) != nil {
            do {
                if try await responder.refresh() { report(nil) }
            } catch is CancellationError {
                return
            } catch {
                report(error as? RiposteError ?? RiposteError(.badInput, .dialog, "\(error)", underlying: error))
            }
        }
    }
}
