import RiposteCore

// Work that runs beside the session, and how its results come back.
extension Session {
    /// Starts a job. A charged one holds up the sample clock in fast pace, until `discharge`.
    func start(_ job: Job, charging: Bool) {
        // What it would tell is told from the recording.
        if isReplay { return }
        if charging { charged += 1 }
        jobOutput.yield(job)
    }

    func discharge() {
        charged -= 1
        if charged == 0 { goOn() }
    }

    /// Lets the hearing go on.
    func goOn() {
        whenUncharged?.resume()
        whenUncharged = nil
    }

    /// Waits until no charged job is running.
    func uncharged() async {
        guard charged > 0, machine.state != .ended else { return }
        await withCheckedContinuation { whenUncharged = $0 }
    }

    /// A job's result: told to the machine now, or in fast pace when the sample clock has come to where it
    /// would be in real pace.
    func deliver(_ input: TurnStateMachine.Input, _ timing: Happening.Timing) {
        switch configuration.pace {
        case .real: apply(input, at: clock.position)
        case .fast: due.append((position: timing.end, input: input))
        }
    }

    /// When the work that is told of was done.
    func moment(_ timing: Happening.Timing) -> Int {
        configuration.pace == .fast ? timing.end : clock.position
    }

    /// Holds the sample clock of fast pace for an answer, until `letGo`. Holding twice is holding once.
    func hold(for revision: Revision) {
        if holders.insert(revision).inserted { charged += 1 }
    }

    func letGo(of revision: Revision) {
        if holders.remove(revision) != nil { discharge() }
    }

    /// Lets time go on until the sample clock has come to a position, or the session ends.
    func reach(_ position: Int, for revision: Revision) async {
        guard clock.position < position, machine.state != .ended else { return }
        letGo(of: revision)
        await withCheckedContinuation {
            waiting.append((position: position, revision: revision, continuation: $0))
        }
    }

    /// Wakes whoever waits for a position up to this one, and holds the clock for them.
    func wake(until position: Int) {
        let reached = waiting.filter { $0.position <= position }
        waiting.removeAll { $0.position <= position }
        for waiter in reached {
            hold(for: waiter.revision)
            waiter.continuation.resume()
        }
    }
}
