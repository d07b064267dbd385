import RiposteCore

/// What a scripted engine or device does when it is asked.
public enum ScriptedBehaviour: Sendable, Equatable, CaseIterable {
    case works
    case fails
    /// Never answers, until cancelled.
    case stalls
    /// Never answers, and does not let itself be cancelled.
    case hangs
    /// Answers with nothing.
    case isEmpty
    /// Answers late: after 50 ms.
    case isSlow
    /// Gives a part of its answer, then fails.
    case breaksOff
    /// Gives a part of its answer, then nothing more, until cancelled.
    case fallsSilent

    /// Does what comes before an answer.
    /// - Throws: when there is to be none.
    func begin(_ stage: RiposteError.Stage) async throws {
        switch self {
        case .works, .isEmpty, .breaksOff, .fallsSilent: return
        case .fails: throw Self.error(stage)
        case .isSlow: try await Task.sleep(for: .milliseconds(50))
        case .stalls: try await Task.sleep(for: .seconds(3600))
        // Unsafe, because a checked one that is never resumed complains.
        case .hangs: await withUnsafeContinuation { (_: UnsafeContinuation<Void, Never>) in }
        }
    }

    /// Does what comes in the middle of an answer.
    func goOn(_ stage: RiposteError.Stage) async throws {
        switch self {
        case .breaksOff: throw Self.error(stage)
        case .fallsSilent: try await Task.sleep(for: .seconds(3600))
        case .works, .isEmpty, .isSlow, .fails, .stalls, .hangs: return
        }
    }

    static func error(_ stage: RiposteError.Stage) -> RiposteError {
        RiposteError(stage == .audio ? .deviceUnavailable : .engineFailed, stage, "The script has it fail here.")
    }
}
