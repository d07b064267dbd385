import RiposteCore

// When the machine is busy, what is not needed goes first.
extension Session {
    /// A transcript was made: it tells how busy the machine is.
    func note(_ work: Workload.Work, _ timing: Happening.Timing?) {
        guard var known = workload, let timing else { return }
        let before = known.level
        known.finished(work, after: Double(timing.took) / Double(Waterfall.sampleRate))
        workload = known
        guard known.level != before else { return }
        eventOutput.yield(.workload(known.level))
        if (known.level == .noSpeculation) != (before == .noSpeculation) {
            apply(.speculation(known.level != .noSpeculation), at: clock.position)
        }
    }
}
