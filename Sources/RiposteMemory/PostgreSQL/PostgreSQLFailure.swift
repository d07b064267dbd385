import CPostgreSQL
import Foundation
import RiposteCore

/// Why the database did not do something.
struct PostgreSQLFailure: Error {
    enum Kind {
        /// It said no.
        case refused
        /// It could not be reached, or went away. What was asked for may have been done all the same.
        case lost
        case timedOut
    }

    var kind: Kind
    /// The SQLSTATE; empty where the server did not say.
    var state: String
    var message: String

    init?(_ status: Int32, _ failure: riposte_pq_failure) {
        switch Int(status) {
        case RIPOSTE_PQ_DONE: return nil
        case RIPOSTE_PQ_REFUSED: kind = .refused
        case RIPOSTE_PQ_TIMED_OUT: kind = .timedOut
        default: kind = .lost
        }
        state = Self.text(failure.state)
        // The library breaks its messages into lines.
        message = Self.text(failure.message).split(whereSeparator: \.isNewline)
            .map { $0.trimmingCharacters(in: .whitespaces) }.joined(separator: " ")
    }

    private static func text(_ characters: some Any) -> String {
        withUnsafeBytes(of: characters) { bytes in
            String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
        }
    }

    /// Whether the connection can be used for something else.
    var leavesConnection: Bool {
        // 57P01 … 57P05: the server closes it. 25: a transaction was left open in it, or it only reads.
        kind == .refused && !["08", "25", "57P"].contains { state.hasPrefix($0) }
    }

    /// What was to be written under a name is there already.
    var isDuplicate: Bool { state == "23505" }

    /// In words, with a code that says whether trying again may help.
    func error(_ what: String, place: String) -> RiposteError {
        let reason = "\(what): \(message) (\(place))."
        switch kind {
        case .timedOut: return RiposteError(.timedOut, .dialog, reason, underlying: self)
        case .lost: return RiposteError(.network, .dialog, reason, underlying: self)
        case .refused:
            // Connections and shutting down, too many, deadlocks, cancelled for its length, a transaction left open: it may
            // go better later.
            let passes = ["08", "25", "53", "57", "40", "55"].contains { state.hasPrefix($0) }
            // Data that it cannot take, or that is longer than it can take.
            let isUnusable = ["22", "54"].contains { state.hasPrefix($0) }
            let code: RiposteError.Code = passes ? .network : isUnusable ? .badInput : .storage
            return RiposteError(code, .dialog, reason, underlying: self)
        }
    }
}
