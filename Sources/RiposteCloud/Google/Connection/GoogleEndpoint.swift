#if Cloud
    import Foundation
    import RiposteCore

    /// Where one of Google's services is, or what stands in its place.
    public struct GoogleEndpoint: Sendable, Equatable {
        public var host: String
        public var port: Int
        /// Whether the connection is encrypted. Unencrypted ones are for this machine alone.
        public var isEncrypted: Bool
        /// A PEM file with the certificates that are trusted instead of the system's; nil: the system's.
        public var rootCertificates: String?

        public static let speech = GoogleEndpoint(host: "speech.googleapis.com")
        public static let voice = GoogleEndpoint(host: "texttospeech.googleapis.com")

        public init(host: String, port: Int = 443, isEncrypted: Bool = true, rootCertificates: String? = nil) {
            self.host = host
            self.port = port
            self.isEncrypted = isEncrypted
            self.rootCertificates = rootCertificates
        }

        /// - Parameter url: of https, or of http for this machine.
        /// - Throws: `.badInput` for an address of another kind: keys and sound are not sent in the clear.
        public init(_ url: URL, rootCertificates: String? = nil) throws {
            guard let host = url.host(), ["http", "https"].contains(url.scheme) else {
                throw RiposteError(.badInput, .configuration, "\(url) is no address of a service.")
            }
            guard url.scheme == "https" || Self.isLoopback(host) else {
                throw RiposteError(
                    .badInput, .configuration, "\(host) is another machine: give its address with https, not http.")
            }
            self.init(
                host: host, port: url.port ?? (url.scheme == "https" ? 443 : 80), isEncrypted: url.scheme == "https",
                rootCertificates: rootCertificates)
        }

        static func isLoopback(_ host: String?) -> Bool {
            guard let host = host?.trimmingCharacters(in: CharacterSet(charactersIn: "[]")) else { return false }
            return host == "localhost" || host == "::1"
                || host.range(of: #"^127(\.\d+){3}$"#, options: .regularExpression) != nil
        }
    }
#endif
