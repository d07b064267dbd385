import Dispatch
import Foundation
import RiposteConversation
import RiposteCore

/// Runs a session to its end, or until Ctrl-C, showing and tracing what happens.
struct SessionRunner {
    let session: Session
    let trace: TraceWriter?
    /// Is finished when the session is over.
    var recorder: RecordingWriter?
    /// Told of everything; says whether the conversation goes on.
    var onEvent: @Sendable (SessionEvent) async throws -> Bool = { _ in true }

    /// - Returns: the display with its figures.
    func run(_ display: ConversationDisplay) async throws -> ConversationDisplay {
        let session = session
        let running = Task { try await session.run() }
        let interruption = Self.onInterrupt { running.cancel() }
        defer { interruption.cancel() }
        var display = display
        do {
            for await event in session.events {
                display.show(event)
                if case .turnEnded(let report) = event { try trace?.write(report) }
                if try await !onEvent(event) { running.cancel() }
            }
        } catch {
            running.cancel()
            _ = await running.result
            try await recorder?.finish()
            throw error
        }
        // Also of a session that failed: that is the one to be looked at.
        let result = await running.result
        try await recorder?.finish()
        do {
            try result.get()
        } catch is CancellationError {
            // Ctrl-C is the usual way to end a conversation; the display has seen all there was to see.
        }
        return display
    }

    /// Calls back at Ctrl-C, once; the second one ends the process.
    static func onInterrupt(_ action: @escaping @Sendable () -> Void) -> any DispatchSourceSignal {
        signal(SIGINT, SIG_IGN)
        let source = DispatchSource.makeSignalSource(signal: SIGINT, queue: .global())
        source.setEventHandler {
            action()
            // A second one ends what does not let itself be ended, as a pipe that gives nothing.
            signal(SIGINT, SIG_DFL)
        }
        source.resume()
        return source
    }
}
