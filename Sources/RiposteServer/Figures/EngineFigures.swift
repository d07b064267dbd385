/// What the shared engines do and have done.
struct EngineFigures: Sendable {
    /// Work that waits now.
    var waiting: [EngineWork.Urgency: Int] = [:]
    /// Seconds that work waited for its turn.
    private(set) var waits: [EngineWork.Urgency: Histogram] = [:]
    /// Seconds that work took.
    private(set) var durations: [EngineWork.Urgency: Histogram] = [:]
    /// Work that was not done, or was stopped, for what was more urgent.
    private(set) var left: [EngineWork.Urgency: Int] = [:]
    /// Sound that final transcripts were made of, and the time it took, in seconds.
    private(set) var soundSeconds = 0.0
    private(set) var transcriptionSeconds = 0.0
    /// Of the recogniser lately: seconds of work for a second of sound, weighing the latest utterances most.
    private(set) var realTimeFactor: Double?

    mutating func waited(_ urgency: EngineWork.Urgency, for seconds: Double) {
        waits[urgency, default: Histogram()].add(seconds)
    }

    mutating func worked(_ urgency: EngineWork.Urgency, for seconds: Double, wasStopped: Bool) {
        durations[urgency, default: Histogram()].add(seconds)
        if wasStopped { left[urgency, default: 0] += 1 }
    }

    mutating func gaveUp(_ urgency: EngineWork.Urgency) { left[urgency, default: 0] += 1 }

    mutating func transcribed(soundSeconds: Double, in seconds: Double) {
        guard soundSeconds > 0 else { return }
        self.soundSeconds += soundSeconds
        transcriptionSeconds += seconds
        let factor = seconds / soundSeconds
        realTimeFactor = realTimeFactor.map { $0 + 0.2 * (factor - $0) } ?? factor
    }

    /// In the text form that Prometheus reads.
    var prometheus: [String] {
        var lines = ["# TYPE riposte_engine_waiting gauge"]
        for urgency in EngineWork.Urgency.allCases {
            lines.append("riposte_engine_waiting{work=\"\(urgency.rawValue)\"} \(waiting[urgency] ?? 0)")
        }
        for (name, histograms) in [
            ("riposte_engine_wait_seconds", waits), ("riposte_engine_work_seconds", durations),
        ] {
            lines.append("# TYPE \(name) histogram")
            for urgency in EngineWork.Urgency.allCases {
                lines += (histograms[urgency] ?? Histogram()).lines(name, "work=\"\(urgency.rawValue)\"")
            }
        }
        lines.append("# TYPE riposte_engine_left_total counter")
        for urgency in EngineWork.Urgency.allCases {
            lines.append("riposte_engine_left_total{work=\"\(urgency.rawValue)\"} \(left[urgency] ?? 0)")
        }
        lines += [
            "# TYPE riposte_transcription_sound_seconds_total counter",
            "riposte_transcription_sound_seconds_total \(soundSeconds)",
            "# TYPE riposte_transcription_work_seconds_total counter",
            "riposte_transcription_work_seconds_total \(transcriptionSeconds)",
        ]
        if let realTimeFactor {
            lines += [
                "# TYPE riposte_transcription_real_time_factor gauge",
                "riposte_transcription_real_time_factor \(realTimeFactor)",
            ]
        }
        return lines
    }
}
