import RiposteCore

/// What holds up the sample clock in fast pace.
enum Charge: Hashable {
    /// A job, by its number.
    case job(Int)
    /// An answer that is being made.
    case answer(Revision)
}

// Work that runs beside the session, and how its results come back.
extension Session {
    /// Starts work that may be stopped.
    /// - Parameter charging: whether it holds up the sample clock in fast pace until it has ended.
    @discardableResult
    func start(charging: Bool, _ body: @escaping @Sendable () async -> Void) -> Job {
        started += 1
        let job = Job(charge: charging ? started : nil, body)
        // In a replay, what it would tell is told from the recording.
        if isReplay { return job }
        if charging { charges.insert(.job(started)) }
        jobOutput.yield(job)
        return job
    }

    /// Runs what is started, until there is no more to come.
    func work() async {
        await withDiscardingTaskGroup { workers in
            for await job in jobs {
                workers.addTask {
                    await job.run()
                    if let number = job.charge { await self.discharge(.job(number)) }
                }
            }
        }
    }

    func discharge(_ charge: Charge) {
        if charges.remove(charge) != nil, charges.isEmpty { goOn() }
    }

    /// Lets the hearing go on.
    func goOn() {
        whenUncharged?.resume()
        whenUncharged = nil
    }

    /// How long an answer may take, by the wall clock.
    var answerLimit: Duration {
        .seconds(Double(configuration.turn.answerLimit) / Double(Waterfall.sampleRate))
    }

    /// Waits until nothing holds up the sample clock any more.
    ///
    /// What takes longer than an answer may take is not waited for: the clock goes on, as it would in real pace, and
    /// the limits of the turn hold.
    func uncharged() async {
        let limit = answerLimit
        while !charges.isEmpty, machine.state != .ended, !isClosed {
            let waited = charges
            let patience = Task {
                try await Task.sleep(for: limit)
                charges.subtract(waited)
                goOn()
            }
            await withCheckedContinuation { whenUncharged = $0 }
            patience.cancel()
        }
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

    /// Does something with a job's result: now, or in fast pace when the sample clock has come to where it would be
    /// in real pace.
    func after(_ timing: Happening.Timing?, _ deed: @escaping Deed) {
        switch (configuration.pace, timing) {
        case (.real, _), (.fast, nil): deed(self)
        case (.fast, let timing?): deeds.append((position: timing.end, deed: deed))
        }
    }

    typealias Deed = @Sendable (isolated Session) -> Void

    /// Does what is due by now.
    func doDeeds(until position: Int) {
        while let index = deeds.firstIndex(where: { $0.position <= position }) {
            deeds.remove(at: index).deed(self)
        }
    }

    /// Holds the sample clock of fast pace for an answer, until `letGo`. Holding twice is holding once.
    func hold(for revision: Revision) {
        if !isReplay { charges.insert(.answer(revision)) }
    }

    func letGo(of revision: Revision) { discharge(.answer(revision)) }

    /// Lets time go on until the sample clock has come to a position, or the session ends.
    func reach(_ position: Int, for revision: Revision) async {
        guard clock.position < position, machine.state != .ended, !isClosed else { return }
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
