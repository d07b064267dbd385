#if Cloud
    import Foundation
    import RiposteCore

    /// What Google is shown to be let in.
    public enum GoogleCredentials: Sendable {
        case serviceAccount(GoogleServiceAccount)
        /// An API key of a project.
        case key(String)
        /// On a machine of Google's, its metadata server gives tokens.
        case metadataServer(URL)
        /// Nothing: for servers in the house and for tests.
        case none

        /// What the environment names: a service account's key file in GOOGLE_APPLICATION_CREDENTIALS, a key in
        /// RIPOSTE_GOOGLE_KEY, else the metadata server (GCE_METADATA_HOST, or its usual name).
        /// - Throws: `.badInput` for a key file that cannot be used.
        public init(
            environment: [String: String] = ProcessInfo.processInfo.environment
        ) throws {
            if let path = environment["GOOGLE_APPLICATION_CREDENTIALS"], !path.isEmpty {
                self = .serviceAccount(try GoogleServiceAccount(file: path))
            } else if let key = environment["RIPOSTE_GOOGLE_KEY"], !key.isEmpty {
                self = .key(key)
            } else {
                let named = environment["GCE_METADATA_HOST"].flatMap { $0.isEmpty ? nil : $0 }
                guard let url = URL(string: "http://" + (named ?? "metadata.google.internal")) else {
                    throw RiposteError(.badInput, .configuration, "GCE_METADATA_HOST names no machine.")
                }
                self = .metadataServer(url)
            }
        }
    }

    extension GoogleCredentials: CustomStringConvertible, CustomDebugStringConvertible {
        /// What kind they are; never the secret itself.
        public var description: String {
            switch self {
            case .serviceAccount(let account): "the service account \(account.email)"
            case .key: "an API key"
            case .metadataServer: "the metadata server"
            case .none: "no credentials"
            }
        }

        public var debugDescription: String { description }
    }
#endif
