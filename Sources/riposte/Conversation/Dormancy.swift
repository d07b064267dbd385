import RiposteConversation
import RiposteCore
import RiposteInference

/// Lets go of the engines of a conversation that has been asleep for a while, and gets them back when it wakes: while
/// the user still says what is wanted, so that nobody waits for it.
actor Dormancy {
    private let transcriber: any Transcriber
    private let synthesizer: any Synthesizer
    private let turnDetector: (any TurnDetector)?
    private let delay: Duration
    private var falling: Task<Void, Never>?
    private var isUnloaded = false

    init(_ parts: Session.Parts) {
        self.init(parts.transcriber, parts.synthesizer, parts.turnDetector)
    }

    /// - Parameter delay: how long it is asleep before that. Default 30 s: somebody may have only thought about it.
    init(
        _ transcriber: any Transcriber, _ synthesizer: any Synthesizer, _ turnDetector: (any TurnDetector)? = nil,
        delay: Duration = .seconds(30)
    ) {
        (self.transcriber, self.synthesizer, self.turnDetector) = (transcriber, synthesizer, turnDetector)
        self.delay = delay
    }

    func told(_ event: SessionEvent) {
        switch event {
        case .asleep: fallAsleep()
        case .woke: wake()
        // It rings in its sleep, and has loaded the voice for that.
        case .alarm where falling != nil: fallAsleep()
        default: break
        }
    }

    /// Also for a session that begins asleep.
    func fallAsleep() {
        falling?.cancel()
        falling = Task { [delay] in
            try? await Task.sleep(for: delay)
            if !Task.isCancelled { await unload() }
        }
    }

    private func unload() async {
        isUnloaded = true
        await transcriber.unload()
        await synthesizer.unload()
        await turnDetector?.unload()
        ProcessMemory.trim()
    }

    private func wake() {
        falling?.cancel()
        falling = nil
        guard isUnloaded else { return }
        isUnloaded = false
        // In the order they are needed in. What fails here fails again when it is used, and is told then.
        Task { [transcriber, synthesizer, turnDetector] in
            try? await transcriber.load()
            try? await turnDetector?.load()
            try? await synthesizer.load()
        }
    }
}
