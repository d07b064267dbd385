/// An actor with tasks that wait until its state has changed.
protocol WaitingActor: Actor {
    var waiting: [CheckedContinuation<Void, Never>] { get set }
}

extension WaitingActor {
    /// Waits for the next `wake`; no longer than until the task is cancelled.
    func pause() async {
        await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                if Task.isCancelled { return continuation.resume() }
                waiting.append(continuation)
            }
        } onCancel: {
            Task { await self.wake() }
        }
    }

    /// Lets whoever waits look again.
    func wake() {
        for continuation in waiting { continuation.resume() }
        waiting = []
    }

    /// Wakes at these moments, in their order, until it is cancelled.
    func alarm(at moments: ContinuousClock.Instant...) -> Task<Void, any Error> {
        Task {
            for moment in moments {
                try await Task.sleep(until: moment, clock: .continuous)
                wake()
            }
        }
    }
}
