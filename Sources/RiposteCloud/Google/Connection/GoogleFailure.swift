#if Cloud
    import GRPCCore
    import RiposteCore

    /// What went wrong with a call, as the project says it.
    struct GoogleFailure {
        private let failure: any Error
        private let code: RPCError.Code?
        private let message: String

        init(_ error: any Error) {
            failure = error
            code = (error as? RPCError)?.code
            message = (error as? RPCError)?.message ?? ""
        }

        /// What a service tells in the middle of a stream, by the numbers of gRPC.
        init(code: Int, message: String) {
            let status = Status.Code(rawValue: code).map { Status(code: $0, message: message) }
            self.init(status.flatMap { RPCError(status: $0) } ?? RPCError(code: .unknown, message: message))
        }

        /// Whether the credentials were not accepted.
        var isRefused: Bool { code == .unauthenticated || code == .permissionDenied }

        /// Whether a stream has only reached its limits: it may be opened again.
        var isStreamLimit: Bool {
            code == .outOfRange
                || (code == .aborted || code == .invalidArgument) && message.lowercased().contains("duration")
        }

        /// In words. What the service wrote is quoted; credentials are in none of it, as they are sent in headers alone.
        func error(of host: String, _ stage: RiposteError.Stage) -> any Error {
            guard let code else {
                if failure is CancellationError || failure is RiposteError { return failure }
                return RiposteError(.network, stage, "\(host) cannot be reached.", underlying: failure)
            }
            let reason = message.isEmpty ? "" : " (\(message.prefix(300)))"
            let (kind, words): (RiposteError.Code, String) =
                switch code {
                case .unauthenticated:
                    (.badInput, "\(host) refuses the credentials: they are wrong or have expired\(reason).")
                case .permissionDenied: (.badInput, "\(host) does not allow this with these credentials\(reason).")
                case .invalidArgument, .notFound, .failedPrecondition, .unimplemented:
                    (.badInput, "\(host) does not take the request\(reason).")
                case .deadlineExceeded: (.timedOut, "\(host) took too long to answer.")
                case .resourceExhausted:
                    (.network, "\(host) takes no more now: the account's quota is used up\(reason).")
                case .unavailable: (.network, "\(host) cannot be reached, or stopped answering\(reason).")
                default: (.network, "\(host) failed\(reason).")
                }
            // A key that is not one is told as an argument, too.
            let isOfOneRequest =
                code == .invalidArgument && !isStreamLimit && !message.lowercased().contains("api key")
            // Whoever cancelled a call is not told that it failed.
            if code == .cancelled, Task.isCancelled { return CancellationError() }
            return RiposteError(
                kind, stage, words, underlying: isOfOneRequest ? RequestRefusal(reason: failure) : failure)
        }
    }
#endif
